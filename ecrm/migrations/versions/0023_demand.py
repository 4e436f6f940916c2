"""Who waits for our network, and since when an area is covered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.mysql import DATETIME

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None
MOMENT = sa.DateTime().with_variant(DATETIME(fsp=6), 'mysql', 'mariadb')


def upgrade():
    op.create_table('demand',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('phone', sa.String(length=20), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('area_id', sa.Integer(), nullable=True),
        sa.Column('place', sa.String(length=300), nullable=True),
        sa.Column('language', sa.Enum('id', 'en', name='demand_language', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('agreed_wording', sa.String(length=20), nullable=True),
        sa.Column('installation_id', sa.Integer(), nullable=True),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('told_at', MOMENT, nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['coverage_area.id'], name=op.f('fk_demand_area_id')),
        sa.ForeignKeyConstraint(['installation_id'], ['installation.id'], name=op.f('fk_demand_installation_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_demand')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_demand_area_id_told_at', 'demand', ['area_id', 'told_at'])
    op.create_index('ix_demand_asked_at', 'demand', ['asked_at'])
    op.create_index('ix_demand_told_at', 'demand', ['told_at'])
    op.create_index('ix_demand_installation_id', 'demand', ['installation_id'])
    with op.batch_alter_table('coverage_area') as table:
        table.add_column(sa.Column('covered_since', MOMENT, nullable=True))


def downgrade():
    with op.batch_alter_table('coverage_area') as table:
        table.drop_column('covered_since')
    op.drop_table('demand')
