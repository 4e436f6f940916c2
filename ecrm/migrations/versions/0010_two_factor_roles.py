"""Roles whose people must log in with two factors."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('role') as batch:
        batch.add_column(sa.Column('two_factor_required', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('role') as batch:
        batch.alter_column('two_factor_required', existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def downgrade():
    with op.batch_alter_table('role') as batch:
        batch.drop_column('two_factor_required')
