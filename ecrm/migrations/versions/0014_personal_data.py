"""Requests about personal data, consents, restriction and erasure of customers, and refused accesses."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")
OPTIONS = {'mysql_charset': 'utf8mb4', 'mysql_engine': 'InnoDB'}

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def word(name, *members):
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade():
    op.add_column('user', sa.Column('agreed_wording', sa.String(length=20), nullable=True))
    op.add_column('customer', sa.Column('restricted_at', MOMENT, nullable=True))
    op.add_column('customer', sa.Column('erased_at', MOMENT, nullable=True))
    op.create_table('pdp_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('kind', word('pdp_kind', 'access', 'correction', 'deletion', 'withdrawal', 'restriction'), nullable=False),
        sa.Column('channel', word('pdp_channel', 'portal', 'phone', 'email', 'whatsapp', 'counter'), nullable=False),
        sa.Column('wish', sa.Text(), nullable=True),
        sa.Column('status', word('pdp_status', 'received', 'in_progress', 'fulfilled', 'declined', 'withdrawn'), nullable=False),
        sa.Column('received_at', MOMENT, nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('clock_due_at', MOMENT, nullable=False),
        sa.Column('told', word('pdp_told', 'near', 'missed'), nullable=True),
        sa.Column('decided_at', MOMENT, nullable=True),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('evidence', sa.Text(), nullable=True),
        sa.Column('handled_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_pdp_request_customer_id')),
        sa.ForeignKeyConstraint(['handled_by_id'], ['user.id'], name=op.f('fk_pdp_request_handled_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_pdp_request')),
        sa.UniqueConstraint('number', name=op.f('uq_pdp_request_number')),
        **OPTIONS
    )
    for columns in (['clock_due_at', 'id'], ['status', 'clock_due_at'], ['customer_id'], ['received_at']):
        op.create_index('_'.join(('ix_pdp_request', *columns)), 'pdp_request', columns)
    op.create_table('consent',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('purpose', word('consent_purpose', 'marketing'), nullable=False),
        sa.Column('given', sa.Boolean(), nullable=False),
        sa.Column('wording', sa.String(length=20), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_consent_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
        **OPTIONS
    )
    op.create_index('ix_consent_customer_id_purpose_id', 'consent', ['customer_id', 'purpose', 'id'])
    op.create_index('ix_consent_at', 'consent', ['at'])
    op.create_table('access_event',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('kind', word('access_kind', 'login', 'password', 'code', 'too_often', 'forbidden', 'csrf'), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=True),
        sa.Column('address', sa.String(length=45), nullable=False),
        sa.Column('rule', sa.String(length=100), nullable=False),
        sa.Column('request_id', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_access_event_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_access_event')),
        **OPTIONS
    )
    op.create_index('ix_access_event_user_id_id', 'access_event', ['user_id', 'id'])
    op.create_index('ix_access_event_at', 'access_event', ['at'])
    op.create_index('ix_access_event_request_id', 'access_event', ['request_id'])


def downgrade():
    for table in ('access_event', 'consent', 'pdp_request'):
        op.drop_table(table)
    for table, column in (('customer', 'erased_at'), ('customer', 'restricted_at'), ('user', 'agreed_wording')):
        op.drop_column(table, column)
