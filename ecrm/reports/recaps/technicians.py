"""The recap of technicians: what each resolved in the period, how well, and what each has in hand now."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Complaint
from ecrm.models.complaint import UNSOLVED
from ecrm.reports import counting, names
from ecrm.reports.counting import how_many
from ecrm.reports.recaps.complaints import chosen, filters
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import measures, sla
from ecrm.rules.measures import Target

COLUMNS = (
    Column("resolved", _l("Resolved")), Column("met", _l("Target met")), Column("missed", _l("Target missed")),
    Column("share", _l("Met, %"), Kind.PERCENT), Column("first_visit", _l("First-visit fixes")),
    Column("first_share", _l("First-visit fixes, %"), Kind.PERCENT), Column("reopened", _l("Reopened before")),
    Column("solution", _l("Resolution, median"), Kind.MINUTES), Column("rating", _l("Rating"), Kind.RATING),
    Column("unsolved", _l("Unsolved now")), Column("late", _l("Late now")),
)
FILTERS = {"resolved": {}, "met": {"target": "met"}, "missed": {"target": "missed"}, "first_visit": {"first_visit": "1"}, "reopened": {"reopened": "1"}}
HELD = {"unsolved": {"status": "unsolved"}, "late": {"late": "1"}}
NOTES = (
    _l("Counted are the complaints resolved in the period by whom they were given to last; unsolved and late are those of today."),
    _l("A first-visit fix is a complaint with one start and no reopening among its moves."),
)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    where = and_(counting.within(Complaint.resolved_at, scope.period), Complaint.technician_id.is_not(None), chosen(scope))
    done = _resolved(session, where, scope.at)
    held = in_hand(session, chosen(scope), scope.at)
    spread = counting.spreads(session, Complaint.technician_id, measures.solution_seconds(), where)
    people = names.of_people(session, {*done, *held})
    rows = tuple(
        _row(name, done.get(number, {}), held.get(number, {}), spread.get(number, counting.Spread()), scope, {"technician": str(number)})
        for number, name in people.items())
    totals = [{key: sum(one.get(key, 0) for one in group.values()) for key in keys} for group, keys in ((done, DONE), (held, HELD))]
    total = _row(_("Total"), *totals, spread[None], scope, {"technician": "any"})
    table = Table("technician", _("By technician"), (Column("name", _l("Technician"), Kind.TEXT), *COLUMNS), rows, total)
    charts = (table.chart(_("Resolved by technician"), Drawn.STACK, "met", "missed"),) if rows else ()
    return Sheet("technicians", _("Recap of technicians"), scope, (table,), charts, NOTES)


DONE = ("resolved", "met", "missed", "first_visit", "reopened", "stars", "rated")


def _resolved(session: Session, where: Any, at: Any) -> dict[Any, dict[str, int]]:
    counted = (
        func.count(), how_many(measures.target(Target.MET, at)), how_many(measures.target(Target.MISSED, at)),
        how_many(measures.first_visit()), how_many(Complaint.reopen_count > 0), func.coalesce(func.sum(Complaint.rating), 0),
        func.count(Complaint.rating),
    )
    rows = session.execute(select(Complaint.technician_id, *counted).where(where).group_by(Complaint.technician_id))
    return {number: dict(zip(DONE, map(int, counts), strict=True)) for number, *counts in rows}


def in_hand(session: Session, where: Any, at: datetime) -> dict[int, dict[str, int]]:
    """Return how many complaints each technician has unsolved, and how many of them are late."""
    held = and_(Complaint.status.in_(UNSOLVED), Complaint.technician_id.is_not(None), where)
    # By the bare column SQLite would group all there is, in the order of an index, instead of the few that are unsolved.
    technician = func.coalesce(Complaint.technician_id, 0)
    rows = session.execute(select(technician, func.count(), how_many(sla.are_late(at))).where(held).group_by(technician))
    return {number: {"unsolved": unsolved, "late": int(late)} for number, unsolved, late in rows}


def _row(text: str, done: dict[str, int], held: dict[str, int], spread: counting.Spread, scope: Scope, who: dict[str, str]) -> Row:
    get = {key: done.get(key, 0) for key in DONE}
    base = filters(scope) | who
    opens = {key: Opens(Complaint, base | {"resolved_at": scope.period.days} | more) for key, more in FILTERS.items()}
    opens |= {key: Opens(Complaint, base | more) for key, more in HELD.items()}
    return Row((
        text, get["resolved"], get["met"], get["missed"], counting.percent(get["met"], get["met"] + get["missed"]), get["first_visit"],
        counting.percent(get["first_visit"], get["resolved"]), get["reopened"], spread.median, counting.mean(get["stars"], get["rated"]),
        held.get("unsolved", 0), held.get("late", 0),
    ), opens)
