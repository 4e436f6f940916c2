"""Messages that come in by mail or through a gateway."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")
WHY = ('unknown', 'several', 'unproven', 'unreadable', 'no_category', 'auto_reply', 'bounce', 'bulk', 'own', 'too_many')

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('incoming_message',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('channel', sa.Enum('mail', 'webhook', name='incoming_channel', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('message_id', sa.String(length=255), nullable=True),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('sender', sa.String(length=254), nullable=False),
        sa.Column('sender_name', sa.String(length=100), nullable=True),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('files', sa.String(length=500), nullable=True),
        sa.Column('raw_key', sa.String(length=100), nullable=False),
        sa.Column('received_at', MOMENT, nullable=False),
        sa.Column('sorted_at', MOMENT, nullable=True),
        sa.Column('why', sa.Enum(*WHY, name='incoming_why', native_enum=False, create_constraint=True, length=20), nullable=True),
        sa.Column('customer_id', sa.Integer(), nullable=True),
        sa.Column('complaint_id', sa.Integer(), nullable=True),
        sa.Column('status', sa.Enum('new', 'filed', 'ignored', name='incoming_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_incoming_message_complaint_id')),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_incoming_message_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming_message')),
        sa.UniqueConstraint('fingerprint', name=op.f('uq_incoming_message_fingerprint')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    for columns in (('status', 'received_at'), ('status', 'sorted_at'), ('sender', 'received_at'), ('received_at',), ('customer_id',), ('complaint_id',), ('raw_key',)):
        op.create_index('_'.join(('ix', 'incoming_message', *columns)), 'incoming_message', list(columns))


def downgrade():
    op.drop_table('incoming_message')
