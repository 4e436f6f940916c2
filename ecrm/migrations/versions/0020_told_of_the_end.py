"""When a customer was told that a bandwidth addition ends."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('bandwidth_grant') as table:
        table.add_column(sa.Column('ending_told_at', MOMENT, nullable=True))


def downgrade():
    with op.batch_alter_table('bandwidth_grant') as table:
        table.drop_column('ending_told_at')
