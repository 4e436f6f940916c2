"""Applications come from the portal too: with a promo, preferred times, the applicant's language, and what they agreed to."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def word(name, *members):
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade():
    with op.batch_alter_table('installation') as table:
        table.add_column(sa.Column('promo_id', sa.Integer(), nullable=True))
        table.add_column(sa.Column('visit_times', sa.String(length=100), nullable=True))
        table.add_column(sa.Column('channel', word('installation_channel', 'portal', 'phone', 'email', 'whatsapp', 'counter'), nullable=True))
        table.add_column(sa.Column('language', word('installation_language', 'id', 'en'), nullable=False, server_default='id'))
        table.add_column(sa.Column('agreed_wording', sa.String(length=20), nullable=True))
        table.create_foreign_key(op.f('fk_installation_promo_id'), 'promo', ['promo_id'], ['id'])
        table.create_index('ix_installation_promo_id', ['promo_id'])
    with op.batch_alter_table('installation') as table:
        table.alter_column('language', existing_type=sa.String(20), existing_nullable=False, server_default=None)


def downgrade():
    with op.batch_alter_table('installation') as table:
        table.drop_constraint(op.f('fk_installation_promo_id'), type_='foreignkey')
        table.drop_index('ix_installation_promo_id')
        table.drop_constraint(op.f('ck_installation_installation_channel'), type_='check')
        table.drop_constraint(op.f('ck_installation_installation_language'), type_='check')
        for name in ('agreed_wording', 'language', 'channel', 'visit_times', 'promo_id'):
            table.drop_column(name)
