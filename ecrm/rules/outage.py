"""Outages: when support should think of one, which complaints belong to it, and its life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session, object_session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, ComplaintCategory, Customer, Outage, OutageFollower, User
from ecrm.models.category import CategoryKind
from ecrm.models.complaint import UNSOLVED
from ecrm.models.counter import next_number
from ecrm.models.customer import CustomerStatus
from ecrm.models.outage import OutageStatus as S
from ecrm.rules.errors import FieldRefused
from ecrm.rules.lifecycle import Lifecycle, Verb


def check(row: Outage) -> None:
    """Raise FieldRefused where place or times do not fit together."""
    if row.area is not None and row.area.branch_id != row.branch.id:
        raise FieldRefused("area", _l("This area belongs to another branch."))
    if row.expected_at is not None and row.expected_at <= row.started_at:
        raise FieldRefused("expected_at", _l("This must be after the beginning."))


def _said(row: Outage, at: datetime) -> None:
    """Count one more message; the worker tells whoever was told fewer."""
    row.message_no += 1
    row.message_at = at


def _updated(row: Outage, at: datetime) -> None:
    """Count the message; customers do not read again of an hour that has passed."""
    if row.expected_at is not None and row.expected_at <= at:
        raise FieldRefused("expected_at", _l("This has passed: enter when you expect it now."))
    _said(row, at)


def _restored(row: Outage, at: datetime) -> None:
    row.restored_at = at
    _said(row, at)


RUNNING = frozenset({S.OPEN})
LIFECYCLE = Lifecycle((
    Verb("update", _l("Tell the customers"), RUNNING, S.OPEN, needs=("message",), takes=("expected_at",), effect=_updated),
    Verb("restore", _l("Service is restored"), RUNNING, S.RESTORED, needs=("message",), effect=_restored),
    Verb("cancel", _l("Declared by mistake"), RUNNING, S.CANCELLED, needs=("message",), effect=_said),
), fixed=frozenset({S.RESTORED, S.CANCELLED}))


# When to think of an outage

@dataclass(frozen=True)
class Suspicion:
    """These unsolved complaints came from one area within the window, the first of them then."""

    area_id: int
    complaints: tuple[int, ...]
    first_at: datetime


def loose(since: Any) -> ColumnElement[bool]:
    """Return the condition of an unsolved disturbance entered since then (a moment, or a parameter for one) that belongs to no outage."""
    kinds = select(ComplaintCategory.id).where(ComplaintCategory.kind == CategoryKind.DISTURBANCE).scalar_subquery()
    return and_(Complaint.opened_at >= since, Complaint.outage_id.is_(None), Complaint.status.in_(UNSOLVED), Complaint.category_id.in_(kinds))


@cache
def _gathered() -> Any:
    """Return the SELECT of the areas where at least `least` customers entered loose complaints `since` then; every page of support asks it.

    Areas with an outage that is declared are left out. The complaints come along as their ids, so that the rows of an hour are read
    once: asked for the complaints of whole areas, MariaDB goes through all their customers. So does SQLite where the groups are those of an index.
    """
    known = select(Outage.area_id).where(Outage.status == S.OPEN, Outage.area_id.is_not(None))
    whole = select(Outage.branch_id).where(Outage.status == S.OPEN, Outage.area_id.is_(None))
    area, ids = func.coalesce(Customer.area_id, 0), func.aggregate_strings(cast(Complaint.id, String(20)), ",").label("ids")
    return (select(area.label("area_id"), ids, func.min(Complaint.opened_at).label("first_at")).join(Complaint.customer)
            .where(loose(bindparam("since")), Customer.area_id.is_not(None), Customer.area_id.not_in(known), Customer.branch_id.not_in(whole))
            .group_by(area).having(func.count(Complaint.customer_id.distinct()) >= bindparam("least")))


def suspicions(session: Session, at: datetime, least: int, minutes: int) -> list[Suspicion]:
    """Return the areas where at least `least` customers complained within `minutes`, the most complaints first."""
    rows = session.execute(_gathered(), {"since": at - timedelta(minutes=minutes), "least": least})
    found = [Suspicion(row.area_id, tuple(map(int, row.ids.split(","))), row.first_at) for row in rows]
    return sorted(found, key=lambda one: (-len(one.complaints), one.area_id))


# Which complaints belong to it

def is_running() -> ColumnElement[bool]:
    """Return the condition that an outage is not over."""
    return Outage.status == S.OPEN


def running() -> Any:
    """Return the ids of the outages that are not over."""
    return select(Outage.id).where(Outage.status == S.OPEN).scalar_subquery()


def apart() -> ColumnElement[bool]:
    """Return the condition of complaints that stand for themselves: they belong to no running outage."""
    return or_(Complaint.outage_id.is_(None), Complaint.outage_id.not_in(running()))


def covering(complaint: Complaint) -> Any:
    """Return the SELECT of the running outages of a complaint's place, the narrowest and newest first."""
    customer = complaint.customer
    whole = and_(Outage.area_id.is_(None), Outage.branch_id == customer.branch_id)
    near = whole if customer.area_id is None else or_(whole, Outage.area_id == customer.area_id)
    return select(Outage).where(Outage.status == S.OPEN, near).order_by(Outage.area_id.is_(None), Outage.id.desc()).limit(1)


def enter(session: Session, complaint: Complaint) -> None:
    """Link a new complaint about a disturbance to the running outage of its place, where there is one."""
    complaint.outage_told = 0
    if complaint.category.kind is CategoryKind.DISTURBANCE:
        join(session, complaint)


def join(session: Session, complaint: Complaint) -> None:
    """Link a complaint, of whatever kind, to the running outage of its place."""
    complaint.outage, complaint.outage_told = session.scalars(covering(complaint)).first(), 0


def joinable(complaint: Complaint) -> bool:
    """Return whether an unsolved complaint belongs to no running outage, though its place has one."""
    if not complaint.unsolved or (complaint.outage is not None and complaint.outage.running):
        return False
    return object_session(complaint).scalars(covering(complaint)).first() is not None


def leavable(complaint: Complaint) -> bool:
    """Return whether an unsolved complaint belongs to a running outage."""
    return complaint.unsolved and complaint.outage is not None and complaint.outage.running


def leave(complaint: Complaint) -> None:
    """Undo the link: the complaint has a cause of its own."""
    complaint.outage, complaint.outage_told = None, 0


def declare(session: Session, row: Outage, at: datetime, by: User | None) -> Outage:
    """Give an outage its number, count whom it concerns, and link the complaints that came since it began; unflushed.

    Raises FieldRefused where the place or the times are wrong, or another outage of the same place runs already.
    """
    check(row)
    if row.started_at > at:
        raise FieldRefused("started_at", _l("This must not be in the future."))
    if row.expected_at is not None and row.expected_at <= at:
        raise FieldRefused("expected_at", _l("This must be in the future."))
    with session.no_autoflush:
        month = f"GG-{row.branch.local(at):%Y%m}"
        row.number = f"{month}-{next_number(session, month):06d}"  # its row is locked from here: the second of two people waits
        here = Outage.area_id == row.area.id if row.area else and_(Outage.branch_id == row.branch.id, Outage.area_id.is_(None))
        there = session.scalars(select(Outage).where(Outage.status == S.OPEN, here).with_for_update()).first()
        if there is not None:
            raise FieldRefused("area" if row.area else "branch", _l("An outage is declared here already: %(number)s.", number=there.number))
        row.status, row.message_no, row.message_at = S.OPEN, 1, at
        row.declared_at, row.declared_by_id, row.restored_at = at, by.id if by else None, None
        near = Customer.area_id == row.area.id if row.area else Customer.branch_id == row.branch.id
        row.affected = session.scalar(select(func.count(Customer.id)).where(near, Customer.status == CustomerStatus.ACTIVE)) or 0
        people = select(Customer.id).where(near).scalar_subquery()
        found = session.scalars(select(Complaint).where(loose(row.started_at), Complaint.customer_id.in_(people)).with_for_update())
        session.add(row)
        for complaint in found.all():
            complaint.outage, complaint.outage_told = row, 0
    return row


def follow(session: Session, row: Outage, customer: Customer, at: datetime) -> OutageFollower:
    """Return the customer's following of an outage, a new one where there is none: they are told of the next word."""
    mine = select(OutageFollower).where(OutageFollower.outage_id == row.id, OutageFollower.customer_id == customer.id)
    there = session.scalars(mine).first()
    if there is None:
        there = OutageFollower(outage=row, customer=customer, since=at, told_no=row.message_no)
        session.add(there)
    return there
