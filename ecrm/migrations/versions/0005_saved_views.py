"""Saved views of the lists."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('saved_view',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.Enum('customer', 'support', 'technician', 'sales', 'manager', 'administrator', name='view_role', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('table', sa.String(length=40), nullable=False),
        sa.Column('query', sa.String(length=1000), nullable=False),
        sa.Column('shared', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_saved_view_owner_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
        sa.UniqueConstraint('owner_id', 'role', 'table', 'name', name=op.f('uq_saved_view_owner_id_role_table_name')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_saved_view_role_shared', 'saved_view', ['role', 'shared'])


def downgrade():
    op.drop_table('saved_view')
