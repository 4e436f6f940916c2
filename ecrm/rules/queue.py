"""The fair queue: which complaint is next, by the time left on its target × severity × repeats, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import format_timedelta
from sqlalchemy import BindParameter, ColumnElement, UnaryExpression, case, literal, select, union
from sqlalchemy.orm import aliased

from ecrm.i18n import gettext as _, ngettext
from ecrm.models import Complaint, Customer, Reply, Step
from ecrm.models.base import NEVER, Priority, UtcDateTime
from ecrm.models.complaint import UNSOLVED, ComplaintStatus
from ecrm.models.elapsed import seconds_between
from ecrm.rules import sla

# How much faster the time of a severe complaint runs; each step counts double.
SEVERITY = {Priority.URGENT: 8, Priority.HIGH: 4, Priority.NORMAL: 2, Priority.LOW: 1}
MOST_REPEATS = 3  # what came again more often than this is not more urgent for it
LATE, SOON, LATER, STANDS = range(4)
DUE = (Complaint.clock_due_at, Complaint.id.desc())  # the order of a short list: what is due next, then what waits or is solved, the newest first


def band(row: Complaint, at: datetime) -> int:
    """Return LATE, SOON (80 % of the target used up), LATER, or STANDS where no target counts: it waits for the customer."""
    if row.clock_due_at == NEVER:
        return STANDS
    return LATE if sla.late(row, at) else SOON if sla.soon(row, at) else LATER


def weight(row: Complaint) -> int:
    """Return severity × repeats: complaints of the 30 days before and reopenings, at most MOST_REPEATS of them."""
    return SEVERITY[row.priority] * (1 + min(row.repeats + row.reopen_count, MOST_REPEATS))


def rank(row: Complaint, at: datetime) -> float:
    """Return the place in the band, smallest first: seconds left ÷ weight, and × weight once the target is missed."""
    left = int(row.clock_due_at.timestamp()) - int(at.timestamp())
    return left / weight(row) if left >= 0 else left * weight(row)


def order(at: datetime | BindParameter[datetime]) -> Sequence[ColumnElement[Any] | UnaryExpression[Any]]:
    """Return the ORDER BY that says the same as (band, rank, id)."""
    moment = literal(at, UtcDateTime) if isinstance(at, datetime) else at
    bands = case((Complaint.clock_due_at == NEVER, STANDS), (sla.are_late(at), LATE), (sla.are_soon(at), SOON), else_=LATER)
    severity = case(*((Complaint.priority == priority, value) for priority, value in SEVERITY.items()), else_=1)
    again = Complaint.repeats + Complaint.reopen_count
    weighed = severity * (1 + case((again > MOST_REPEATS, MOST_REPEATS), else_=again))
    left = seconds_between(moment, Complaint.clock_due_at)
    return (bands, case((left >= 0, left * 1.0 / weighed), else_=left * weighed * 1.0), Complaint.id)


def unanswered() -> ColumnElement[bool]:
    """Return the condition that nobody has answered an unsolved complaint yet."""
    return Complaint.status.in_(UNSOLVED) & Complaint.first_response_at.is_(None)


def quiet_since(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that an unsolved complaint, one that does not wait for its customer, had no answer of ours since then.

    An answer is a public reply of somebody else than the customer, the word on an outage among them, or a move that the customer is told of.
    """
    ours = Reply.public.is_(True) & (Reply.at >= moment) & (Reply.author_id.is_distinct_from(Customer.user_id) | Reply.outage_id.is_not(None))
    answered = select(Reply.complaint_id).join(Reply.complaint.of_type(asked := aliased(Complaint))).join(asked.customer).where(ours)
    told = [verb.name for verb in Complaint.__lifecycle__.by_name.values() if "customer" in verb.tells]
    moved = select(Step.row_id).where(Step.table == Complaint.__tablename__, Step.action.in_(told), Step.at >= moment)
    today = union(answered, moved).subquery()  # read once: two conditions would be asked of every complaint that waits
    return Complaint.status.in_([status for status in UNSOLVED if status is not ComplaintStatus.WAITING_CUSTOMER]) & Complaint.id.not_in(select(today.c[0]))


def worked_on(by: int, moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a person has entered, moved, changed or answered a complaint since then."""
    steps = select(Step.row_id).where(Step.actor_id == by, Step.at >= moment, Step.table == Complaint.__tablename__)
    written = select(Reply.complaint_id).where(Reply.author_id == by, Reply.at >= moment)
    touched = union(steps, written).subquery()  # two conditions with OR between them would be asked of every complaint there is
    return Complaint.id.in_(select(touched.c[0]))


def reasons(row: Complaint, at: datetime) -> list[str]:
    """Return why a complaint stands where it stands, in the reader's language; nothing for one that is solved."""
    if not row.unsolved:
        return []
    found = [str(row.priority.label), time_left(row, at)]
    if row.repeats:
        found.append(_("complaint no. %(count)s about this in 30 days", count=row.repeats + 1))
    if row.reopen_count:
        found.append(ngettext("reopened once", "reopened %(num)s times", row.reopen_count))
    return found


def time_left(row: Complaint, at: datetime) -> str:
    """Return the time left on the target that counts now, such as “25 minutes left to answer”."""
    if row.clock_due_at == NEVER:
        return _("waits for the customer")
    time = format_timedelta(abs(row.clock_due_at - at), granularity="minute")
    if row.clock_due_at < at:
        return _("answer is %(time)s late", time=time) if row.first_response_at is None else _("solution is %(time)s late", time=time)
    return _("%(time)s left to answer", time=time) if row.first_response_at is None else _("%(time)s left to solve", time=time)
