"""Templates of replies."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('reply_template',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('language', sa.Enum('id', 'en', name='template_language', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['category_id'], ['complaint_category.id'], name=op.f('fk_reply_template_category_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_template')),
        sa.UniqueConstraint('name', 'language', name=op.f('uq_reply_template_name_language')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_reply_template_category_id', 'reply_template', ['category_id'])


def downgrade():
    op.drop_table('reply_template')
