"""How many unsolved complaints a technician should have at a time."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('user') as table:
        table.add_column(sa.Column('most_jobs', sa.Integer(), nullable=True))
        table.create_check_constraint(op.f('ck_user_most_jobs_positive'), 'most_jobs > 0')


def downgrade():
    with op.batch_alter_table('user') as table:
        table.drop_constraint(op.f('ck_user_most_jobs_positive'), type_='check')
        table.drop_column('most_jobs')
