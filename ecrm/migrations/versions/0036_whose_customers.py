"""The index of a technician's jobs tells whose they are, so that no job is read to know their customers."""

from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None

BEFORE, AFTER = 'ix_complaint_technician_id_status', 'ix_complaint_technician_id_status_customer_id'


def upgrade():
    op.create_index(AFTER, 'complaint', ['technician_id', 'status', 'customer_id'])
    op.drop_index(BEFORE, 'complaint')


def downgrade():
    op.create_index(BEFORE, 'complaint', ['technician_id', 'status'])
    op.drop_index(AFTER, 'complaint')
