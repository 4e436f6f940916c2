"""Counted days keep their minutes as bytes of their own, under a name of their own: programs before this one read such a day from the rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import MEDIUMBLOB

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('counted_day', sa.Column('counted', sa.String(length=20), nullable=True))
    op.add_column('counted_day', sa.Column('minutes', sa.LargeBinary().with_variant(MEDIUMBLOB(), 'mysql', 'mariadb'), nullable=True))
    with op.batch_alter_table('counted_day') as batch:
        batch.create_unique_constraint('uq_counted_day_counted', ['counted'])


def downgrade():
    op.execute('DELETE FROM counted_day WHERE counted IS NOT NULL')
    with op.batch_alter_table('counted_day') as batch:
        batch.drop_constraint('uq_counted_day_counted', type_='unique')
        batch.drop_column('counted')
        batch.drop_column('minutes')
