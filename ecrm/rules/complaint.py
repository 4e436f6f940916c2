"""The life of a complaint: entry, moves, answers and rating."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, object_session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Reply, User
from ecrm.models.account import RoleName
from ecrm.models.complaint import UNSOLVED, Channel, ComplaintStatus as S
from ecrm.models.counter import next_number
from ecrm.rules import appointment, duplicates, outage, sla, told
from ecrm.rules.errors import FieldRefused, NotNow, TooLate
from ecrm.rules.facts import facts
from ecrm.rules.lifecycle import Lifecycle, Verb, move

REOPEN_DAYS = 7
CLOSE_DAYS = 3
REPEAT_DAYS = 30
WORKING = frozenset({S.ASSIGNED, S.IN_PROGRESS})
OPEN = frozenset(UNSOLVED)


def _reopen_window(row: Complaint, at: datetime) -> None:
    if row.resolved_at is None or at > row.resolved_at + timedelta(days=REOPEN_DAYS):
        raise TooLate(REOPEN_DAYS)


def _back_to_work(row: Complaint) -> S:
    """Return where a reopened complaint goes: to its technician, or to support where there was none."""
    return S.ASSIGNED if row.technician_id else S.NEW


def _resumed(row: Complaint) -> S:
    """Return where work goes on when the customer has answered."""
    return S.IN_PROGRESS if row.technician_id else S.NEW


def _begin_waiting(row: Complaint, at: datetime) -> None:
    row.waiting_since = at
    respond(row, at)


def _end_waiting(row: Complaint, at: datetime) -> None:
    if row.waiting_since is not None:
        row.resolution_due_at = sla.shifted(row.resolution_due_at, row.waiting_since, at, sla.calendar_of(row))
        row.waited_seconds += int((at - row.waiting_since).total_seconds())
        row.waiting_since = None
    sla.wind(row)


def _assign(row: Complaint, at: datetime) -> None:
    appointment.check_technician(row)
    _end_waiting(row, at)


def _resolve(row: Complaint, at: datetime) -> None:
    appointment.check_none(row)
    row.first_response_at = row.first_response_at or at
    row.resolved_at = at
    _end_waiting(row, at)


def _close(row: Complaint, at: datetime) -> None:
    appointment.check_none(row)
    row.closed_at = at


def _reopen(row: Complaint, at: datetime) -> None:
    row.resolution_due_at = sla.due(at, row.resolution_hours, sla.calendar_of(row))
    row.resolved_at = row.closed_at = None
    row.rating = row.rating_remark = None
    row.reopen_count += 1
    sla.wind(row)


def _cancel(row: Complaint, at: datetime) -> None:
    row.closed_at = at
    _end_waiting(row, at)
    appointment.call_off(row, at)


def _merge(row: Complaint, at: datetime) -> None:
    """End a complaint that was entered twice; what was written stays with it and is read in the one that is kept."""
    duplicates.check_merge(row)
    _cancel(row, at)


def respond(row: Complaint, at: datetime) -> None:
    """Note the first response; from then on the target of the resolution counts."""
    row.first_response_at = row.first_response_at or at
    sla.wind(row)


LIFECYCLE = Lifecycle((
    Verb("assign", _l("Assign"), OPEN, S.ASSIGNED, tells=("customer", "technician"), needs=("technician",), effect=_assign),
    Verb("start", _l("Start work"), frozenset({S.ASSIGNED}), S.IN_PROGRESS, tells=("customer",)),
    Verb("wait", _l("Wait for customer"), WORKING | {S.NEW}, S.WAITING_CUSTOMER, tells=("customer",), needs=("reason",), effect=_begin_waiting),
    Verb("resume", _l("Resume"), frozenset({S.WAITING_CUSTOMER}), _resumed, tells=("technician",), effect=_end_waiting),
    Verb("resolve", _l("Resolve"), OPEN, S.RESOLVED, tells=("customer",), needs=("reason",), effect=_resolve),
    Verb("confirm", _l("It works, close it"), frozenset({S.RESOLVED}), S.CLOSED, tells=("technician",), effect=_close),
    Verb("close", _l("Close"), frozenset({S.RESOLVED}), S.CLOSED, tells=("customer",), needs=("reason",), effect=_close),
    Verb("reopen", _l("Reopen"), frozenset({S.RESOLVED, S.CLOSED}), _back_to_work, tells=("technician", "support"), needs=("reason",), guard=_reopen_window, effect=_reopen),
    Verb("cancel", _l("Cancel complaint"), OPEN, S.CANCELLED, tells=("customer", "technician"), needs=("reason",), effect=_cancel),
    Verb("merge", _l("Merge"), OPEN, S.CANCELLED, tells=("customer",), needs=("merged_into",), effect=_merge),
), fixed=frozenset({S.CLOSED, S.CANCELLED}))


def check(complaint: Complaint) -> None:
    """Raise FieldRefused where the subscription belongs to another customer."""
    if complaint.subscription is not None and complaint.subscription.customer_id != complaint.customer.id:
        raise FieldRefused("subscription", _l("This subscription belongs to another customer."))


def enter(session: Session, complaint: Complaint, at: datetime) -> Complaint:
    """Give a new complaint its number, targets, due times and branch, link it to an outage of its area, and queue the letters; unflushed.

    The form has filled customer, category, subject, description, channel, and perhaps subscription and priority.
    Raises FieldRefused where the subscription belongs to another customer.
    """
    with session.no_autoflush:
        customer, category = complaint.customer, complaint.category
        check(complaint)
        complaint.branch = customer.branch
        month = f"KL-{complaint.branch.local(at):%Y%m}"
        complaint.number = f"{month}-{next_number(session, month):06d}"
        complaint.status = S.NEW
        complaint.channel = complaint.channel or Channel.PHONE
        complaint.priority = complaint.priority or category.priority
        complaint.opened_at = at
        complaint.repeats = _repeats(session, complaint, at)
        outage.enter(session, complaint)
        session.add(complaint)
        begin_targets(complaint, category, at)
    session.flush()
    data = {"table": "complaint", "id": complaint.id, "number": complaint.number, "title": complaint.subject} | facts(complaint)
    session.add_all(told.to_customer(complaint.customer, "complaint_received_customer", at, **data))
    return complaint


def begin_targets(complaint: Any, category: Any, at: datetime) -> None:
    """Give a new complaint the targets of its category, and start the clock."""
    complaint.clock = category.clock
    complaint.response_hours, complaint.resolution_hours = category.response_hours, category.resolution_hours
    calendar = sla.calendar_of(complaint)
    complaint.response_due_at = sla.due(at, category.response_hours, calendar)
    complaint.resolution_due_at = sla.due(at, category.resolution_hours, calendar)
    sla.wind(complaint)


def _repeats(session: Session, complaint: Complaint, at: datetime) -> int:
    """Return how many complaints about the same the customer has entered in the REPEAT_DAYS before."""
    same = and_(Complaint.customer_id == complaint.customer.id, Complaint.category_id == complaint.category.id)
    recent = and_(Complaint.opened_at >= at - timedelta(days=REPEAT_DAYS), Complaint.opened_at < at, Complaint.status != S.CANCELLED)
    return session.scalar(select(func.count(Complaint.id)).where(same, recent)) or 0


def answer(
    complaint: Complaint, text: str, author: User | None, at: datetime, public: bool = True, key: str | None = None, from_customer: bool = False,
) -> Reply:
    """Add a reply to a complaint, note the first response, resume when the customer answered, queue the letters.

    `key` is that of the device that it was written on; the caller has looked for a reply that has it already. `from_customer`
    says so where the author does not: a customer who writes a mail may have no account.
    Raises NotNow on a closed or cancelled complaint, FieldRefused on a blank text.
    """
    if complaint.status in (S.CLOSED, S.CANCELLED):
        raise NotNow(_REPLY, complaint.status)
    if not text.strip():
        raise FieldRefused("text", _l("This field is required."))
    session = object_session(complaint)
    reply = Reply(complaint=complaint, author=author, text=text.strip(), at=at, public=public, client_key=key)
    session.add(reply)
    by_customer = from_customer or (author is not None and complaint.customer.user_id == author.id)
    if by_customer and complaint.status is S.WAITING_CUSTOMER:
        move(complaint, "resume", author, at)
    elif public and not by_customer:
        respond(complaint, at)
    if public:
        audience = _reader(complaint, by_customer)
        session.add_all(told.letters(complaint, _REPLY, audience, author, at, reply.text))
    return reply


_REPLY = Verb("reply", _l("Reply"), frozenset(), None)


def _reader(complaint: Complaint, by_customer: bool) -> str:
    if not by_customer:
        return "customer"
    return "technician" if complaint.technician_id else RoleName.SUPPORT.value


def rate(complaint: Complaint, stars: int, remark: str | None) -> None:
    """Write the customer's rating, 1 to 5, of a resolved or closed complaint.

    Raises FieldRefused on another number or another status.
    """
    if complaint.status not in (S.RESOLVED, S.CLOSED):
        raise FieldRefused("rating", _l("You can rate a complaint when it is resolved."))
    if stars not in range(1, 6):
        raise FieldRefused("rating", _l("Choose one to five stars."))
    complaint.rating, complaint.rating_remark = stars, (remark or "").strip()[:500] or None
