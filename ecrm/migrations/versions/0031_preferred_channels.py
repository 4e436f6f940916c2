"""How customers want to be written to, and how each letter goes."""

import sqlalchemy as sa
from alembic import op

CHANNELS = ('email', 'whatsapp', 'telegram')
TABLES = {'customer': ('preferred_channel', 'contact_channel'), 'letter': ('channel', 'letter_channel')}

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade():
    for name, (column, kind) in TABLES.items():
        words = sa.Enum(*CHANNELS, name=kind, native_enum=False, create_constraint=True, length=20)
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column(column, words, nullable=False, server_default='email'))
        with op.batch_alter_table(name) as table:
            table.alter_column(column, existing_type=sa.String(length=20), existing_nullable=False, server_default=None)


def downgrade():
    for name, (column, kind) in TABLES.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f'ck_{name}_{kind}'), type_='check')
            table.drop_column(column)
