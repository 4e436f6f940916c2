"""The index of a person's replies tells when they were written: who asks for those of today reads no others."""

from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

BEFORE, AFTER = 'ix_reply_author_id', 'ix_reply_author_id_at'


def upgrade():
    op.create_index(AFTER, 'reply', ['author_id', 'at'])
    op.drop_index(BEFORE, 'reply')


def downgrade():
    op.create_index(BEFORE, 'reply', ['author_id'])
    op.drop_index(AFTER, 'reply')
