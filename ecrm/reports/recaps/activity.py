"""The recap of the staff's activity: what each person entered, answered, moved and granted in the period."""

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Reply, Step
from ecrm.reports import counting, names
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import staff

ACTS = {  # column → the table and the action of its steps
    "entered": ("complaint", "create"), "assigned": ("complaint", "assign"), "resolved": ("complaint", "resolve"),
    "closed": ("complaint", "close"), "customers": ("customer", "create"), "grants": ("bandwidth_grant", "create"),
    "approved": ("bandwidth_grant", "approve"), "promos": ("promo", "create"),
}
LABELS = {
    "entered": _l("Complaints entered"), "replies": _l("Replies"), "notes": _l("Internal notes"), "assigned": _l("Assigned"),
    "resolved": _l("Resolved"), "closed": _l("Closed"), "customers": _l("Customers entered"), "grants": _l("Additions drafted"),
    "approved": _l("Additions approved"), "promos": _l("Promos entered"),
}
DRAWN = ("entered", "replies", "assigned", "resolved")
WRITTEN = {"replies": True, "notes": False}
NOTES = (_l("Counted are the moves and entries in the trail, and the replies, of everybody on the staff; the branch is that of the person."),)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    people = staff.of_branch(scope.branch_id)
    found: dict[int, dict[str, int]] = {}
    for actor, table, action, count in _steps(session, scope, people):
        for key, act in ACTS.items():
            if act == (table, action):
                found.setdefault(actor, {})[key] = count
    for author, public, count in _replies(session, scope, people):
        found.setdefault(author, {})["replies" if public else "notes"] = count
    base = "all" if scope.branch_id is None else str(scope.branch_id)
    rows = tuple(_row(name, found[number], scope, {"actor": str(number)}, {"author": str(number)}) for number, name in names.of_people(session, found).items())
    sums = {key: sum(counts.get(key, 0) for counts in found.values()) for key in LABELS}
    total = _row(_("Total"), sums, scope, {"staff": base}, {"staff": base})
    columns = (Column("name", _l("Name"), Kind.TEXT), *(Column(key, text) for key, text in LABELS.items()), Column("sum", _l("Sum")))
    table = Table("person", _("By person"), columns, rows, total)
    return Sheet("activity", _("Recap of activity"), scope, (table,), (table.chart(_("Activity by person"), Drawn.STACK, *DRAWN),) if rows else (), NOTES)


def _steps(session: Session, scope: Scope, people: Any) -> Any:
    where = and_(counting.within(Step.at, scope.period), Step.actor_id.in_(people), Step.table.in_({table for table, _action in ACTS.values()}))
    group = (Step.actor_id, Step.table, Step.action)
    return session.execute(select(*group, func.count()).where(where).group_by(*group))


def _replies(session: Session, scope: Scope, people: Any) -> Any:
    where = and_(counting.within(Reply.at, scope.period), Reply.author_id.in_(people))
    return session.execute(select(Reply.author_id, Reply.public, func.count()).where(where).group_by(Reply.author_id, Reply.public))


def _row(text: str, counts: dict[str, int], scope: Scope, actor: dict[str, str], author: dict[str, str]) -> Row:
    days = {"at": scope.period.days}
    opens = {key: Opens(Step, actor | {"table": table, "action": action} | days) for key, (table, action) in ACTS.items()}
    opens |= {key: Opens(Reply, author | {"public": "1" if public else "0"} | days) for key, public in WRITTEN.items()}
    return Row((text, *(counts.get(key, 0) for key in LABELS), sum(counts.get(key, 0) for key in LABELS)), opens)
