"""Rules by which bandwidth additions are proposed."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('grant_rule',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('least_months', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=True),
        sa.Column('branch_id', sa.Integer(), nullable=True),
        sa.Column('least_risk', sa.Integer(), nullable=True),
        sa.Column('extra_mbps', sa.Integer(), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('days > 1', name=op.f('ck_grant_rule_days_more_than_one')),
        sa.CheckConstraint('extra_mbps > 0', name=op.f('ck_grant_rule_mbps_positive')),
        sa.CheckConstraint('least_months >= 0', name=op.f('ck_grant_rule_months_not_negative')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_grant_rule_branch_id')),
        sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_grant_rule_plan_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_rule')),
        sa.UniqueConstraint('name', name=op.f('uq_grant_rule_name')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('bandwidth_grant') as table:
        table.add_column(sa.Column('rule_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f('fk_bandwidth_grant_rule_id'), 'grant_rule', ['rule_id'], ['id'])
        table.create_index('ix_bandwidth_grant_rule_id', ['rule_id'])
    with op.batch_alter_table('branch') as table:
        table.add_column(sa.Column('grant_budget_mbps', sa.Integer(), nullable=True))


def downgrade():
    with op.batch_alter_table('branch') as table:
        table.drop_column('grant_budget_mbps')
    with op.batch_alter_table('bandwidth_grant') as table:
        table.drop_constraint(op.f('fk_bandwidth_grant_rule_id'), type_='foreignkey')
        table.drop_index('ix_bandwidth_grant_rule_id')
        table.drop_column('rule_id')
    op.drop_table('grant_rule')
