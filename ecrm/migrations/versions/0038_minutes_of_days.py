"""Counted days keep their minutes as bytes of their own; the worker counts the days anew, the newest first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMBLOB

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('counted_day', sa.Column('minutes', sa.LargeBinary().with_variant(MEDIUMBLOB(), 'mysql', 'mariadb'), nullable=True))
    op.execute('DELETE FROM counted_day')


def downgrade():
    op.execute('DELETE FROM counted_day')
    op.drop_column('counted_day', 'minutes')
