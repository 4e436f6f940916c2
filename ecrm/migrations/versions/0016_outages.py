"""Outages of an area or a branch, who follows them, and the complaints and replies that belong to them."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade():
    _tables()
    for columns in (('status', 'started_at'), ('area_id', 'status'), ('branch_id', 'status'), ('started_at',)):
        op.create_index('_'.join(('ix', 'outage', *columns)), 'outage', list(columns))
    op.create_index('ix_outage_follower_customer_id', 'outage_follower', ['customer_id'])
    with op.batch_alter_table('complaint') as table:
        table.add_column(sa.Column('outage_id', sa.Integer(), nullable=True))
        table.add_column(sa.Column('outage_told', sa.Integer(), nullable=False, server_default='0'))
        table.create_foreign_key(op.f('fk_complaint_outage_id'), 'outage', ['outage_id'], ['id'])
        table.create_index('ix_complaint_outage_id_status_outage_told', ['outage_id', 'status', 'outage_told'])
    with op.batch_alter_table('complaint') as table:
        table.alter_column('outage_told', existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    with op.batch_alter_table('reply') as table:
        table.add_column(sa.Column('outage_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f('fk_reply_outage_id'), 'outage', ['outage_id'], ['id'])


def _tables():
    op.create_table('outage',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=True),
        sa.Column('message', sa.String(length=500), nullable=False),
        sa.Column('message_no', sa.Integer(), nullable=False),
        sa.Column('message_at', MOMENT, nullable=False),
        sa.Column('started_at', MOMENT, nullable=False),
        sa.Column('expected_at', MOMENT, nullable=True),
        sa.Column('declared_at', MOMENT, nullable=False),
        sa.Column('declared_by_id', sa.Integer(), nullable=True),
        sa.Column('restored_at', MOMENT, nullable=True),
        sa.Column('status', sa.Enum('open', 'restored', 'cancelled', name='outage_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('affected', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('message_no >= 1 AND affected >= 0', name=op.f('ck_outage_counts_not_negative')),
        sa.CheckConstraint('expected_at IS NULL OR expected_at > started_at', name=op.f('ck_outage_expected_after_start')),
        sa.ForeignKeyConstraint(['area_id'], ['coverage_area.id'], name=op.f('fk_outage_area_id')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_outage_branch_id')),
        sa.ForeignKeyConstraint(['declared_by_id'], ['user.id'], name=op.f('fk_outage_declared_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outage')),
        sa.UniqueConstraint('number', name=op.f('uq_outage_number')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('outage_follower',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('outage_id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('since', MOMENT, nullable=False),
        sa.Column('told_no', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_outage_follower_customer_id')),
        sa.ForeignKeyConstraint(['outage_id'], ['outage.id'], name=op.f('fk_outage_follower_outage_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outage_follower')),
        sa.UniqueConstraint('outage_id', 'customer_id', name=op.f('uq_outage_follower_outage_id_customer_id')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )


def downgrade():
    with op.batch_alter_table('reply') as table:
        table.drop_constraint(op.f('fk_reply_outage_id'), type_='foreignkey')
        table.drop_column('outage_id')
    with op.batch_alter_table('complaint') as table:
        table.drop_constraint(op.f('fk_complaint_outage_id'), type_='foreignkey')
        table.drop_index('ix_complaint_outage_id_status_outage_told')
        table.drop_column('outage_told')
        table.drop_column('outage_id')
    op.drop_table('outage_follower')
    op.drop_table('outage')
