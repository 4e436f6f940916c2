"""The key of a reply that the sending device made."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('reply') as table:
        table.add_column(sa.Column('client_key', sa.String(length=36), nullable=True))
        table.create_unique_constraint(op.f('uq_reply_author_id_client_key'), ['author_id', 'client_key'])


def downgrade():
    with op.batch_alter_table('reply') as table:
        table.drop_constraint(op.f('uq_reply_author_id_client_key'), type_='unique')
        table.drop_column('client_key')
