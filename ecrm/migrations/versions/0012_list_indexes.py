"""Each list, in each order and narrowed by what people narrow it by, reads an index."""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

NEW = (
    ('complaint', 'status', 'clock_due_at', 'opened_at', 'id'),
    ('complaint', 'technician_id', 'clock_due_at', 'opened_at', 'id'),
    ('complaint', 'branch_id', 'clock_due_at', 'opened_at', 'id'),
    ('complaint', 'technician_id', 'status'),
    ('complaint', 'priority', 'id'),
    ('complaint', 'resolution_due_at', 'id'),
    ('attachment', 'at'),
    ('customer', 'since'),
    ('subscription', 'valid_from'),
    ('installation', 'registered_at'),
    ('installation', 'visit_at'),
    ('bandwidth_grant', 'valid_from'),
    ('bandwidth_grant', 'valid_until'),
    ('bandwidth_grant', 'extra_mbps'),
    ('user', 'name'),
    ('user', 'created_at'),
)
OLD = (
    ('complaint', 'status', 'priority', 'resolution_due_at', 'id'),
    ('complaint', 'technician_id', 'status', 'priority', 'resolution_due_at'),
)


def upgrade():
    for table, *columns in NEW:  # before the old ones go: a foreign key may need one
        op.create_index('_'.join(('ix', table, *columns)), table, columns)
    for table, *columns in OLD:
        op.drop_index('_'.join(('ix', table, *columns)), table)


def downgrade():
    for table, *columns in OLD:
        op.create_index('_'.join(('ix', table, *columns)), table, columns)
    for table, *columns in NEW:
        op.drop_index('_'.join(('ix', table, *columns)), table)
