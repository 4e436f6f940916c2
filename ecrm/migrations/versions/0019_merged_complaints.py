"""A complaint that was entered twice points to the one that is kept."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('complaint') as table:
        table.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f('fk_complaint_merged_into_id'), 'complaint', ['merged_into_id'], ['id'], ondelete='SET NULL')
        table.create_index('ix_complaint_merged_into_id', ['merged_into_id'])


def downgrade():
    with op.batch_alter_table('complaint') as table:
        table.drop_constraint(op.f('fk_complaint_merged_into_id'), type_='foreignkey')
        table.drop_index('ix_complaint_merged_into_id')
        table.drop_column('merged_into_id')
