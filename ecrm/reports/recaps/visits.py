"""The recap of visits: whether somebody came within the window that was promised, what came of it, and how often again."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Branch, Visit
from ecrm.models.visit import VisitStatus
from ecrm.reports import counting, names
from ecrm.reports.counting import how_many
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import appointment
from ecrm.rules.appointment import Promise

COUNTS = ("visits", "kept", "broken", "done", "in_vain", "repeats")
COLUMNS = (
    Column("visits", _l("Visits")), Column("kept", _l("Promise kept")), Column("broken", _l("Promise not kept")), Column("share", _l("Promise kept, %"), Kind.PERCENT),
    Column("done", _l("Done")), Column("in_vain", _l("In vain")), Column("repeats", _l("Repeat visits")),
)
FILTERS = {"visits": {}, "kept": {"promise": "kept"}, "broken": {"promise": "broken"}, "done": {"status": "done"}, "in_vain": {"status": "failed"}, "repeats": {"repeat": "1"}}
NOTES = (
    _l("Counted are the visits whose promised time began in the period and is over, cancelled ones left out. The promise is kept where the technician arrived within it."),
    _l("A repeat visit is one that was not the first for its complaint or application."),
)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    where = and_(counting.within(Visit.window_from, scope.period), appointment.due(scope.at))
    where = where if scope.branch_id is None else and_(where, Visit.branch_id == scope.branch_id)
    technicians, branches = _tallies(session, Visit.technician_id, where, scope), _tallies(session, Visit.branch_id, where, scope)
    tables = (
        _table("technician", _("By technician"), _l("Technician"), names.of_people(session, set(technicians)), technicians, scope),
        _table("branch", _("By %(what)s", what=_("Branch").lower()), _l("Branch"), names.of(session, Branch), branches, scope),
    )
    charts = (tables[0].chart(_("Promises by technician"), Drawn.STACK, "kept", "broken"),) if technicians else ()
    return Sheet("visits", _("Recap of visits"), scope, tables if technicians else (), charts, NOTES)


def _tallies(session: Session, by: Any, where: ColumnElement[bool], scope: Scope) -> dict[Any, tuple[int, ...]]:
    """Return the counts in the order of COUNTS for each technician or branch."""
    counted = (
        func.count(), how_many(appointment.promises(Promise.KEPT, scope.at)), how_many(appointment.promises(Promise.BROKEN, scope.at)),
        how_many(Visit.status == VisitStatus.DONE), how_many(Visit.status == VisitStatus.FAILED), how_many(appointment.repeats()),
    )
    return {number: tuple(map(int, counts)) for number, *counts in session.execute(select(by, *counted).where(where).group_by(by))}


def _table(key: str, title: str, head: Any, named: dict[Any, str], found: dict[Any, tuple[int, ...]], scope: Scope) -> Table:
    base = {"window_from": scope.period.days, "due": "1"} | ({"branch": str(scope.branch_id)} if scope.branch_id is not None else {})
    rows = tuple(_row(text, found[number], base | {key: str(number)}) for number, text in named.items() if number in found)
    total = tuple(sum(one[place] for one in found.values()) for place in range(len(COUNTS)))
    return Table(key, title, (Column("name", head, Kind.TEXT), *COLUMNS), rows, _row(_("Total"), total, base))


def _row(text: str, counts: tuple[int, ...], base: dict[str, str]) -> Row:
    visits, kept, broken, *rest = counts
    return Row((text, visits, kept, broken, counting.percent(kept, kept + broken), *rest), {key: Opens(Visit, base | more) for key, more in FILTERS.items()})
