"""Targets count in working time: hours of the branches, holidays, the clock that runs, and escalations."""

from datetime import timedelta

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")
NEVER = '9999-12-31 00:00:00.000000'

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def word(name, *words):
    """Return the type of a column of words."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)


def wind():
    """Set the clock of the complaints that are there: their targets have counted around the clock."""
    connection = op.get_bind()
    table = sa.table('complaint', *(sa.column(name) for name in ('id', 'status', 'response_hours', 'resolution_hours')), *(
        sa.column(name, MOMENT) for name in ('waiting_since', 'first_response_at', 'response_due_at', 'resolution_due_at',
                                             'clock_due_at', 'clock_warn_at')))
    open_ones = table.select().where(table.c.status.in_(('new', 'assigned', 'in_progress', 'waiting_customer')))
    for row in connection.execute(open_ones).all():
        if row.waiting_since is None or row.resolution_due_at < row.waiting_since:
            answered = row.first_response_at is not None
            due = row.resolution_due_at if answered else row.response_due_at
            near = due - timedelta(hours=row.resolution_hours if answered else row.response_hours) * 0.2
            connection.execute(table.update().where(table.c.id == row.id).values(clock_due_at=due, clock_warn_at=near))


def upgrade():
    op.create_table('working_hours',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('weekday', sa.Enum('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', name='weekday', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('opens', sa.Time(), nullable=False),
        sa.Column('closes', sa.Time(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('closes > opens', name=op.f('ck_working_hours_closes_after_opens')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_working_hours_branch_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_working_hours')),
        sa.UniqueConstraint('branch_id', 'weekday', 'opens', name=op.f('uq_working_hours_branch_id_weekday_opens')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('holiday',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=True),
        sa.Column('observed', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_holiday_branch_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday')),
        sa.UniqueConstraint('day', 'name', 'branch_id', name=op.f('uq_holiday_day_name_branch_id')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_holiday_branch_id', 'holiday', ['branch_id'])
    op.create_table('escalation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=False),
        sa.Column('target', sa.Enum('response', 'resolution', name='target', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('level', sa.Enum('near', 'missed', name='level', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('due_at', MOMENT, nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_escalation_complaint_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation')),
        sa.UniqueConstraint('complaint_id', 'target', 'level', 'round', name=op.f('uq_escalation_complaint_id_target_level_round')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_index('ix_escalation_at', 'escalation', ['at'])
    with op.batch_alter_table('complaint_category') as table:
        table.add_column(sa.Column('clock', word('category_clock', 'around', 'business'), nullable=False, server_default='around'))
        table.add_column(sa.Column('kind', word('category_kind', 'disturbance', 'billing', 'general'), nullable=False, server_default='general'))
    with op.batch_alter_table('complaint') as table:
        table.add_column(sa.Column('clock', word('complaint_clock', 'around', 'business'), nullable=False, server_default='around'))
        table.add_column(sa.Column('clock_due_at', MOMENT, nullable=False, server_default=NEVER))
        table.add_column(sa.Column('clock_warn_at', MOMENT, nullable=False, server_default=NEVER))
        table.add_column(sa.Column('repeats', sa.Integer(), nullable=False, server_default='0'))
    wind()
    with op.batch_alter_table('complaint_category') as table:
        for name in ('clock', 'kind'):
            table.alter_column(name, existing_type=sa.String(20), existing_nullable=False, server_default=None)
    with op.batch_alter_table('complaint') as table:
        table.alter_column('clock', existing_type=sa.String(20), existing_nullable=False, server_default=None)
        table.alter_column('clock_due_at', existing_type=MOMENT, existing_nullable=False, server_default=None)
        table.alter_column('clock_warn_at', existing_type=MOMENT, existing_nullable=False, server_default=None)
        table.alter_column('repeats', existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        table.create_check_constraint(op.f('ck_complaint_repeats_not_negative'), 'repeats >= 0')
        table.create_index('ix_complaint_clock_due_at_opened_at_id', ['clock_due_at', 'opened_at', 'id'])
        table.create_index('ix_complaint_clock_warn_at_id', ['clock_warn_at', 'id'])


def downgrade():
    with op.batch_alter_table('complaint') as table:
        table.drop_index('ix_complaint_clock_due_at_opened_at_id')
        table.drop_index('ix_complaint_clock_warn_at_id')
        table.drop_constraint(op.f('ck_complaint_repeats_not_negative'), type_='check')
        table.drop_constraint(op.f('ck_complaint_complaint_clock'), type_='check')
        for name in ('repeats', 'clock_warn_at', 'clock_due_at', 'clock'):
            table.drop_column(name)
    with op.batch_alter_table('complaint_category') as table:
        table.drop_constraint(op.f('ck_complaint_category_category_clock'), type_='check')
        table.drop_constraint(op.f('ck_complaint_category_category_kind'), type_='check')
        table.drop_column('kind')
        table.drop_column('clock')
    op.drop_table('escalation')
    op.drop_table('holiday')
    op.drop_table('working_hours')
