"""The recap of outages: how many, how long, whom they concerned, and how many complaints came of them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Branch, Complaint, Outage
from ecrm.models.elapsed import seconds_between
from ecrm.models.outage import OutageStatus
from ecrm.reports import counting, names
from ecrm.reports.counting import how_many
from ecrm.reports.period import Period
from ecrm.reports.recaps.complaints import cohort, filters
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table

COLUMNS = (
    Column("outages", _l("Outages")), Column("running", _l("Still running")), Column("affected", _l("Customers affected")),
    Column("complaints", _l("Their complaints")), Column("median", _l("Until restored, median"), Kind.MINUTES),
    Column("slowest", _l("Until restored, 90th percentile"), Kind.MINUTES),
)
NOTES = (
    _l("Counted are the outages that began in the period, those declared by mistake left out. A customer who suffered from two is counted twice."),
    _l("All complaints are those entered in the period: within outages and apart from them add up to the recap of complaints."),
)


def counted(period: Period) -> ColumnElement[bool]:
    """Return the condition of the outages that began in a period, those by mistake left out."""
    return and_(counting.within(Outage.started_at, period), Outage.status != OutageStatus.CANCELLED)


def tallies(session: Session, where: ColumnElement[bool]) -> dict[Any, tuple[Any, ...]]:
    """Return the values in the order of COLUMNS for each branch, and for None those of all."""
    linked = select(func.count(Complaint.id)).where(Complaint.outage_id == Outage.id).correlate(Outage).scalar_subquery()
    rows = select(Outage.branch_id, Outage.status, Outage.affected, linked.label("complaints")).where(where).subquery()
    sums = (func.count(), how_many(rows.c.status == OutageStatus.OPEN), func.coalesce(func.sum(rows.c.affected), 0), func.coalesce(func.sum(rows.c.complaints), 0))
    found = {branch: tuple(map(int, values)) for branch, *values in session.execute(select(rows.c.branch_id, *sums).group_by(rows.c.branch_id))}
    found[None] = tuple(sum(values[place] for values in found.values()) for place in range(len(sums)))
    times = counting.spreads(session, Outage.branch_id, seconds_between(Outage.started_at, Outage.restored_at), where)
    spread = {key: times.get(key, counting.Spread()) for key in found}
    return {key: (*values, spread[key].median, spread[key].quantile(0.9)) for key, values in found.items()}


def row(text: str, values: tuple[Any, ...], base: dict[str, str]) -> Row:
    """Return the row of a tally; its counts open the list of outages."""
    return Row((text, *values), {"outages": Opens(Outage, base | {"mistaken": "0"}), "running": Opens(Outage, base | {"status": "open"})})


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    base = {"started_at": scope.period.days} | ({"branch": str(scope.branch_id)} if scope.branch_id is not None else {})
    here = counted(scope.period) if scope.branch_id is None else and_(counted(scope.period), Outage.branch_id == scope.branch_id)
    found = tallies(session, here)
    rows = tuple(row(text, found[number], base | {"branch": str(number)}) for number, text in names.of(session, Branch).items() if number in found)
    branches = Table("branch", _("By %(what)s", what=_("Branch").lower()), (Column("name", _l("Branch"), Kind.TEXT), *COLUMNS), rows, row(_("Total"), found[None], base))
    share = _share(session, scope)
    charts = (branches.chart(_("Outages by branch"), Drawn.BARS, "outages"),) if rows else ()
    return Sheet("outages", _("Recap of outages"), scope, (branches, share) if rows or share.total and share.total.values[1] else (), charts, NOTES)


def _share(session: Session, scope: Scope) -> Table:
    """Return how many of all complaints belong to outages."""
    base = filters(scope) | {"opened_at": scope.period.days}
    within, everything = session.execute(select(how_many(Complaint.outage_id.is_not(None)), func.count()).where(cohort(scope))).one()

    def line(text: str, count: int, more: dict[str, str]) -> Row:
        return Row((text, count), {"entered": Opens(Complaint, base | more)})

    rows = (line(_("Within outages"), within, {"in_outage": "1"}), line(_("Apart from them"), everything - within, {"in_outage": "0"}))
    return Table("share", _("Complaints within outages and apart from them"), (Column("name", _l("Complaints"), Kind.TEXT), Column("entered", _l("Entered"))), rows,
                 line(_("Total"), everything, {}))
