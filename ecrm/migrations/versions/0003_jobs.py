"""The worker's periodic jobs and how they went."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('job',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('started_at', MOMENT, nullable=True),
        sa.Column('seconds', sa.Double(), nullable=True),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('worked_at', MOMENT, nullable=True),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('failed_at', MOMENT, nullable=True),
        sa.Column('last_error', sa.String(length=500), nullable=True),
        sa.Column('next_at', MOMENT, nullable=True),
        sa.Column('lease_owner', sa.String(length=64), nullable=True),
        sa.Column('lease_until', MOMENT, nullable=True),
        sa.CheckConstraint('failures >= 0', name=op.f('ck_job_failures_not_negative')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
        sa.UniqueConstraint('name', name=op.f('uq_job_name')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )


def downgrade():
    op.drop_table('job')
