"""Customers' requests for promos."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('promo_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('promo_id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('remark', sa.String(length=500), nullable=True),
        sa.Column('status', sa.Enum('requested', 'accepted', 'declined', 'withdrawn', name='promo_request_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('requested_at', MOMENT, nullable=False),
        sa.Column('answered_at', MOMENT, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_promo_request_customer_id')),
        sa.ForeignKeyConstraint(['promo_id'], ['promo.id'], name=op.f('fk_promo_request_promo_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promo_request')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_promo_request_customer_id', 'promo_request', ['customer_id'])
    op.create_index('ix_promo_request_promo_id_requested_at', 'promo_request', ['promo_id', 'requested_at'])
    op.create_index('ix_promo_request_status_requested_at', 'promo_request', ['status', 'requested_at'])


def downgrade():
    op.drop_table('promo_request')
