"""Visits: one place for appointments; those that installations had become visits."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")
STATUS = {'scheduled': 'planned', 'installed': 'done', 'activated': 'done', 'cancelled': 'cancelled'}
NOON, END = time(12), {'morning': time(12), 'afternoon': time(17)}

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade():
    _table()
    for columns in (('complaint_id',), ('installation_id',), ('technician_id', 'status', 'window_from'), ('status', 'window_from'), ('branch_id', 'day'), ('window_from',)):
        op.create_index('_'.join(('ix', 'visit', *columns)), 'visit', list(columns))
    _bring_over(op.get_bind())


def _table():
    def words(name, *known):
        return sa.Enum(*known, name=name, native_enum=False, create_constraint=True, length=20)

    op.create_table('visit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('kind', words('visit_kind', 'survey', 'installation', 'repair', 'check'), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=True),
        sa.Column('installation_id', sa.Integer(), nullable=True),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('technician_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('half', words('visit_half', 'morning', 'afternoon'), nullable=False),
        sa.Column('held', sa.Boolean(), nullable=True),
        sa.Column('window_from', MOMENT, nullable=False),
        sa.Column('window_until', MOMENT, nullable=False),
        sa.Column('status', words('visit_status', 'planned', 'done', 'failed', 'cancelled'), nullable=False),
        sa.Column('outcome', words('visit_outcome', 'done', 'not_home', 'needs_parts', 'needs_team'), nullable=True),
        sa.Column('planned_at', MOMENT, nullable=False),
        sa.Column('started_at', MOMENT, nullable=True),
        sa.Column('finished_at', MOMENT, nullable=True),
        sa.Column('task', sa.String(length=500), nullable=True),
        sa.Column('materials', sa.String(length=500), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('(complaint_id IS NULL) <> (installation_id IS NULL)', name=op.f('ck_visit_for_one_thing')),
        sa.CheckConstraint('window_until > window_from', name=op.f('ck_visit_window_in_order')),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_visit_complaint_id')),
        sa.ForeignKeyConstraint(['installation_id'], ['installation.id'], name=op.f('fk_visit_installation_id')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_visit_branch_id')),
        sa.ForeignKeyConstraint(['technician_id'], ['user.id'], name=op.f('fk_visit_technician_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
        sa.UniqueConstraint('number', name=op.f('uq_visit_number')),
        sa.UniqueConstraint('technician_id', 'day', 'half', 'held', name=op.f('uq_visit_technician_id_day_half_held')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )


def _bring_over(connection):
    """Make a visit of each appointment; the second of two in the same half day is planned without holding it."""
    meta = sa.MetaData()
    installation, area, branch, visit, counter = (
        sa.Table(name, meta, autoload_with=connection) for name in ('installation', 'coverage_area', 'branch', 'visit', 'counter'))
    found = sa.select(installation.c, branch.c.id.label('branch_id'), branch.c.time_zone).join(area, installation.c.area_id == area.c.id)
    found = found.join(branch, area.c.branch_id == branch.c.id).where(installation.c.visit_at.is_not(None), installation.c.technician_id.is_not(None))
    counts, held, rows = {}, set(), []
    for row in connection.execute(found.where(installation.c.status.in_(list(STATUS))).order_by(installation.c.id)):
        zone, status = ZoneInfo(row.time_zone), STATUS[row.status]
        local = row.visit_at.replace(tzinfo=UTC).astimezone(zone)
        half = 'morning' if local.time() < NOON else 'afternoon'
        until = datetime.combine(local.date(), END[half], zone).astimezone(UTC).replace(tzinfo=None)
        month = f'KJ-{row.registered_at.replace(tzinfo=UTC).astimezone(zone):%Y%m}'
        counts[month] = counts.get(month, 0) + 1
        slot = (row.technician_id, local.date(), half)
        rows.append({
            'number': f'{month}-{counts[month]:06d}', 'kind': 'installation', 'installation_id': row.id, 'branch_id': row.branch_id, 'technician_id': row.technician_id,
            'day': local.date(), 'half': half, 'held': True if status == 'planned' and slot not in held else None, 'window_from': row.visit_at,
            'window_until': max(until, row.visit_at + timedelta(hours=2)), 'status': status, 'outcome': 'done' if status == 'done' else None,
            'planned_at': row.registered_at, 'note': row.report, 'version': 1,
        })
        held |= {slot} if status == 'planned' else set()
    for first in range(0, len(rows), 1000):
        connection.execute(visit.insert(), rows[first:first + 1000])
    if counts:
        connection.execute(counter.insert(), [{'name': name, 'value': value} for name, value in counts.items()])


def downgrade():
    op.drop_table('visit')
    op.execute(sa.text("DELETE FROM counter WHERE name LIKE 'KJ-%'"))
