"""What the worker tells: each word about an outage once to each complaint and each follower, and the end of both."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Outage, OutageFollower, Reply
from ecrm.models.complaint import UNSOLVED
from ecrm.models.outage import OutageStatus as S
from ecrm.rules import appointment, outage, told
from ecrm.rules.complaint import respond
from ecrm.rules.lifecycle import Verb, move

NEWS = Verb("outage", _l("Outage"), frozenset(), None)
VERBS = {S.OPEN: "update", S.RESTORED: "restore", S.CANCELLED: "cancel"}


def waiting_complaints() -> Select[tuple[Complaint]]:
    """Return the SELECT of the linked complaints that were not told the last word yet, or must leave a mistaken outage."""
    behind = and_(Complaint.status.in_(UNSOLVED), Complaint.outage_told < Outage.message_no, Outage.status != S.CANCELLED)
    return select(Complaint).join(Complaint.outage).where(or_(behind, Outage.status == S.CANCELLED))


def waiting_followers() -> Select[tuple[OutageFollower]]:
    """Return the SELECT of the followers who were not told the last word yet."""
    return select(OutageFollower).join(OutageFollower.outage).where(OutageFollower.told_no < Outage.message_no).with_for_update()


def tell(session: Session, row: Complaint, at: datetime) -> None:
    """Bring one complaint up to date: a public reply while the outage runs, resolved once it is restored, apart from a mistake.

    Each is told once: the number of the word is kept on the complaint, in the same transaction as the letter.
    """
    found: Any = row.outage
    if found.status is S.CANCELLED:
        outage.leave(row)
        return
    row.outage_told = found.message_no
    if found.status is S.RESTORED and appointment.planned_for(row) is None:  # a technician who comes all the same solves it
        move(row, "resolve", None, at, reason=found.message)
        return
    session.add(Reply(complaint=row, text=found.message, at=at, public=True, outage=found))
    respond(row, at)
    for letter in told.letters(row, NEWS, "customer", None, at, found.message):
        letter.data = letter.data | _place(found)
        session.add(letter)


def tell_follower(session: Session, row: OutageFollower, at: datetime) -> None:
    """Write to one follower, unless their own complaint is linked: that one tells them."""
    found, customer = row.outage, row.customer
    row.told_no = found.message_no
    own = select(Complaint.id).where(Complaint.customer_id == customer.id, Complaint.outage_id == found.id).limit(1)
    if session.scalars(own).first() is not None:
        return
    data = {"table": "outage", "id": found.id, "number": found.number, "title": str(found), "reason": found.message}
    session.add_all(told.to_customer(customer, f"outage_{VERBS[found.status]}_customer", at, **data | _place(found)))


def _place(row: Outage) -> dict[str, Any]:
    """Return what letters say of an outage, in plain words."""
    return {"place": row.place, "expected": row.expected_at.isoformat() if row.expected_at else None, "zone": row.branch.time_zone.value}
