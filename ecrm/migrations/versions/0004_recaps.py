"""Frozen recaps, and the standards of service that they are held against."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('recap',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False),
        sa.Column('last_day', sa.Date(), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=True),
        sa.Column('category_id', sa.Integer(), nullable=True),
        sa.Column('figures', sa.JSON(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('because', sa.Enum('kept', 'printed', 'sent', name='frozen_because', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('once', sa.String(length=40), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint('last_day >= first_day', name=op.f('ck_recap_days_in_order')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_recap_branch_id')),
        sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_recap_by_id')),
        sa.ForeignKeyConstraint(['category_id'], ['complaint_category.id'], name=op.f('fk_recap_category_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recap')),
        sa.UniqueConstraint('once', name=op.f('uq_recap_once')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_recap_at', 'recap', ['at'])
    op.create_index('ix_recap_kind_first_day', 'recap', ['kind', 'first_day'])
    op.create_index('ix_recap_sha256', 'recap', ['sha256'])
    op.create_table('service_standard',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('measure', sa.Enum('answered', 'handled', 'restored', 'billing', 'installed', 'disturbances', name='measure', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('name_en', sa.String(length=150), nullable=False),
        sa.Column('within', sa.Integer(), nullable=True),
        sa.Column('unit', sa.Enum('hour', 'day', 'working_day', name='unit', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('goal_percent', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=300), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('goal_percent BETWEEN 0 AND 100', name=op.f('ck_service_standard_goal_is_a_share')),
        sa.CheckConstraint('within IS NULL OR within > 0', name=op.f('ck_service_standard_within_positive')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_service_standard')),
        sa.UniqueConstraint('measure', name=op.f('uq_service_standard_measure')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )


def downgrade():
    op.drop_table('service_standard')
    op.drop_table('recap')
