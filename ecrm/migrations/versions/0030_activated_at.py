"""What was activated lately is found by an index."""

from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_installation_activated_at', 'installation', ['activated_at'])


def downgrade():
    op.drop_index('ix_installation_activated_at', 'installation')
