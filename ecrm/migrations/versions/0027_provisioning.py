"""Calls to provisioning."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('provision_call',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('grant_id', sa.Integer(), nullable=False),
        sa.Column('event', sa.Enum('started', 'expired', 'revoked', name='provision_event', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('queued_at', MOMENT, nullable=False),
        sa.Column('sent_at', MOMENT, nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('next_try_at', MOMENT, nullable=False),
        sa.Column('last_error', sa.String(length=500), nullable=True),
        sa.CheckConstraint('tries >= 0', name=op.f('ck_provision_call_tries_not_negative')),
        sa.ForeignKeyConstraint(['grant_id'], ['bandwidth_grant.id'], name=op.f('fk_provision_call_grant_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_provision_call')),
        sa.UniqueConstraint('grant_id', 'event', name=op.f('uq_provision_call_grant_id_event')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_provision_call_sent_at_next_try_at', 'provision_call', ['sent_at', 'next_try_at'])
    op.create_index('ix_provision_call_queued_at', 'provision_call', ['queued_at'])


def downgrade():
    op.drop_table('provision_call')
