"""Indexes for the orders of three lists that grow with the customers."""

from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

ORDERS = (('promo_request', 'requested_at'), ('outage_follower', 'since'), ('risk_score', 'at'))


def upgrade():
    for table, column in ORDERS:
        op.create_index(f'ix_{table}_{column}', table, [column])


def downgrade():
    for table, column in ORDERS:
        op.drop_index(f'ix_{table}_{column}', table)
