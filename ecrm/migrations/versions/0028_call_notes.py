"""Notes of calls with customers."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('call_note',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=1000), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_call_note_by_id')),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_call_note_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_note')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_call_note_customer_id_id', 'call_note', ['customer_id', 'id'])
    op.create_index('ix_call_note_at', 'call_note', ['at'])


def downgrade():
    op.drop_table('call_note')
