"""The listener that marks the days whose counts a change makes wrong, in the transaction of the change."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from ecrm.extensions import db
from ecrm.models import Complaint, CountedDay, Customer
from ecrm.models.complaint import UNSOLVED
from ecrm.models.elapsed import hours_ahead
from ecrm.reports.counted import keeping

MOMENTS = ("opened_at", "resolved_at", "closed_at")


def init_app() -> None:
    """Listen to the application's session."""
    if not event.contains(db.session, "before_flush", _mark):
        event.listen(db.session, "before_flush", _mark)


def _mark(session: Session, _context: Any, _instances: Any) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    days = {day for row in (*session.new, *changed, *session.deleted) for day in _days(session, row)}
    hours = hours_ahead(keeping.clock()) if days else 0
    session.add_all(CountedDay(day=day, hours=hours) for day in sorted(days))


def _days(session: Session, row: Any) -> Iterator[date]:
    """Yield the days that a change touches: those of a complaint that is or was finished, and of a customer who moves elsewhere."""
    zone = keeping.clock
    if isinstance(row, Complaint) and set(_values(row, "status")) - set(UNSOLVED):
        yield from (moment.astimezone(zone()).date() for name in MOMENTS for moment in _values(row, name) if isinstance(moment, datetime))
    elif isinstance(row, Customer) and row.id is not None and inspect(row).attrs.area_id.history.has_changes():
        with session.no_autoflush:
            opened = list(session.scalars(select(Complaint.opened_at).where(Complaint.customer_id == row.id)))
        yield from (moment.astimezone(zone()).date() for moment in opened)


def _values(row: Any, name: str) -> tuple[Any, ...]:
    """Return a column's value now and what it was before."""
    history = inspect(row).attrs[name].history
    return *(history.added or ()), *(history.unchanged or ()), *(history.deleted or ())
