"""Which customers saw which promos."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('promo_seen',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('promo_id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('seen_at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_promo_seen_customer_id')),
        sa.ForeignKeyConstraint(['promo_id'], ['promo.id'], name=op.f('fk_promo_seen_promo_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promo_seen')),
        sa.UniqueConstraint('promo_id', 'customer_id', name=op.f('uq_promo_seen_promo_id_customer_id')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_promo_seen_customer_id', 'promo_seen', ['customer_id'])
    op.create_index('ix_promo_seen_seen_at', 'promo_seen', ['seen_at'])
    op.create_index('ix_promo_seen_promo_id_seen_at', 'promo_seen', ['promo_id', 'seen_at'])


def downgrade():
    op.drop_table('promo_seen')
