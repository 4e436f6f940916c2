"""Signs that a customer may leave: what each weighs, and the scores."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")
SIGNS = ('complaints', 'overdue', 'reopened', 'low_rating', 'unsolved', 'suspended', 'young', 'years')

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('risk_weight',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sign', sa.Enum(*SIGNS, name='risk_sign', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('most', sa.Integer(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('most > 0', name=op.f('ck_risk_weight_most_positive')),
        sa.CheckConstraint('points BETWEEN -100 AND 100', name=op.f('ck_risk_weight_points_in_bounds')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_weight')),
        sa.UniqueConstraint('sign', name=op.f('uq_risk_weight_sign')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('risk_score',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subscription_id', sa.Integer(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('signs', sa.JSON(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_risk_score_subscription_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_score')),
        sa.UniqueConstraint('subscription_id', name=op.f('uq_risk_score_subscription_id')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_risk_score_score_id', 'risk_score', ['score', 'id'])


def downgrade():
    op.drop_table('risk_score')
    op.drop_table('risk_weight')
