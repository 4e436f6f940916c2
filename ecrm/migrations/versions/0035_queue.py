"""The index of the queue has all that its order and the counts of the unsolved look at."""

from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

PLACE = ['status', 'clock_due_at', 'opened_at', 'id']
MORE = ['clock_warn_at', 'priority', 'repeats', 'reopen_count', 'first_response_at', 'technician_id', 'outage_id']
BEFORE = 'ix_complaint_status_clock_due_at_opened_at_id'


def upgrade():
    op.create_index('ix_complaint_queue', 'complaint', PLACE + MORE)
    op.drop_index(BEFORE, 'complaint')


def downgrade():
    op.create_index(BEFORE, 'complaint', PLACE)
    op.drop_index('ix_complaint_queue', 'complaint')
