"""What customers can try themselves."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('help_page',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=150), nullable=False),
        sa.Column('title_en', sa.String(length=150), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('text_en', sa.Text(), nullable=False),
        sa.Column('published', sa.Boolean(), nullable=False),
        sa.Column('helped', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('helped >= 0', name=op.f('ck_help_page_helped_not_negative')),
        sa.ForeignKeyConstraint(['category_id'], ['complaint_category.id'], name=op.f('fk_help_page_category_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_help_page')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_help_page_category_id', 'help_page', ['category_id'])


def downgrade():
    op.drop_table('help_page')
