"""Days whose finished complaints are counted; the worker counts them from the newest on."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('counted_day',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('hours', sa.Integer(), nullable=False),
        sa.Column('once', sa.String(length=20), nullable=True),
        sa.Column('moves', sa.JSON(), nullable=True),
        sa.Column('figures', sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_counted_day')),
        sa.UniqueConstraint('once', name=op.f('uq_counted_day_once')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_counted_day_hours_day', 'counted_day', ['hours', 'day'])
    op.create_index('ix_counted_day_day_id', 'counted_day', ['day', 'id'])
    op.create_index('ix_complaint_closed_at', 'complaint', ['closed_at'])


def downgrade():
    op.drop_index('ix_complaint_closed_at', 'complaint')
    op.drop_table('counted_day')
