"""Requests about personal data: three days of 24 hours for each (UU 27/2022, articles 30–32, 40, 41), who is told, and what follows."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, object_session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import PdpRequest, User
from ecrm.models.account import RoleName
from ecrm.models.base import NEVER
from ecrm.models.counter import next_number
from ecrm.models.escalation import Level
from ecrm.models.pdp_request import PDP_OPEN, PdpKind, PdpStatus as S
from ecrm.rules import consent, told
from ecrm.rules.errors import Refused
from ecrm.rules.facts import facts
from ecrm.rules.lifecycle import Lifecycle, Verb

CLOCK = timedelta(hours=72)  # “3×24 jam”: it does not stand still on weekends and holidays
NEAR = CLOCK * 0.8
OPEN = frozenset(PDP_OPEN)


class NotErasedYet(Refused):
    """An erasure is fulfilled by erasing, not by saying so."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(_l("Erase the person first: the request is then fulfilled by itself."))


def file(session: Session, row: PdpRequest, at: datetime, by: User | None) -> PdpRequest:
    """Give a new request its number and its clock, and tell the customer and the administrators; unflushed before, flushed here."""
    with session.no_autoflush:
        month = f"DP-{row.customer.branch.local(at):%Y%m}"
        row.number = f"{month}-{next_number(session, month):06d}"
        row.status, row.received_at = S.RECEIVED, at
        row.due_at = row.clock_due_at = at + CLOCK
        session.add(row)
    session.flush()
    data = {"table": "pdp_request", "id": row.id, "number": row.number} | facts(row)
    session.add_all(told.to_customer(row.customer, "pdp_request_file_customer", at, **data))
    session.add_all(told.letters(row, _FILE, RoleName.ADMINISTRATOR.value, by, at, None))
    return row


_FILE = Verb("file", _l("Filed"), frozenset(), None)
_TOLD = {Level.NEAR: Verb("near", _l("80 % used up"), frozenset(), None), Level.MISSED: Verb("missed", _l("Missed"), frozenset(), None)}


def _by_saying_so(row: PdpRequest, _at: datetime) -> None:
    if row.kind is PdpKind.DELETION:
        raise NotErasedYet


def _by_erasing(row: PdpRequest, _at: datetime) -> None:
    if row.kind is not PdpKind.DELETION or row.customer.erased_at is None:
        raise NotErasedYet


def _decide(row: PdpRequest, at: datetime) -> None:
    row.decided_at, row.clock_due_at = at, NEVER


def _fulfil(row: PdpRequest, at: datetime) -> None:
    """Do what follows from the decision: a restriction holds from now on, a consent that is withdrawn is gone."""
    _decide(row, at)
    if row.kind is PdpKind.RESTRICTION:
        row.customer.restricted_at = row.customer.restricted_at or at
    if row.kind is PdpKind.WITHDRAWAL:
        consent.say(_session(row), row.customer, False, at)


def _session(row: Any) -> Session:
    found = object_session(row)
    assert found is not None, "a row that is moved is in a session"
    return found


LIFECYCLE = Lifecycle((
    Verb("take", _l("Take on"), frozenset({S.RECEIVED}), S.IN_PROGRESS, signs="handled_by"),
    Verb("fulfil", _l("Fulfil"), OPEN, S.FULFILLED, tells=("customer",), needs=("answer", "evidence"), guard=_by_saying_so, effect=_fulfil,
         signs="handled_by"),
    # What ecrm/privacy/erasing.py does when all is gone; its letter leaves for the address that was.
    Verb("erase", _l("Erase the person"), OPEN, S.FULFILLED, needs=("answer", "evidence"), guard=_by_erasing, effect=_decide, signs="handled_by"),
    Verb("decline", _l("Decline"), OPEN, S.DECLINED, tells=("customer",), needs=("answer",), takes=("evidence",), effect=_decide,
         signs="handled_by"),
    Verb("withdraw", _l("Withdraw"), OPEN, S.WITHDRAWN, effect=_decide),
), fixed=frozenset({S.FULFILLED, S.DECLINED, S.WITHDRAWN}))


def undecided() -> ColumnElement[bool]:
    """Return the condition that somebody has to decide a request."""
    return PdpRequest.status.in_(PDP_OPEN)


def overdue(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that the three days of an undecided request are over."""
    return PdpRequest.clock_due_at <= at


def untold(at: datetime) -> Select[tuple[PdpRequest]]:
    """Return the SELECT of the requests that are near their end or past it, and of which no administrator was told so."""
    near = and_(PdpRequest.clock_due_at <= at + CLOCK - NEAR, PdpRequest.told.is_(None))
    missed = and_(overdue(at), PdpRequest.told != Level.MISSED)
    return select(PdpRequest).where(or_(near, missed))


def remind(session: Session, row: PdpRequest, at: datetime) -> None:
    """Tell the administrators how near the end of a request is; unflushed."""
    row.told = Level.MISSED if row.clock_due_at <= at else Level.NEAR
    session.add_all(told.letters(row, _TOLD[row.told], RoleName.ADMINISTRATOR.value, None, at, None))
