"""Who is told when a complaint comes near its target or passes it, once for each."""

from datetime import datetime, timedelta

from sqlalchemy import Select, and_, case, exists, select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Escalation
from ecrm.models.account import RoleName
from ecrm.models.escalation import Level, Target
from ecrm.rules import outage, sla, told
from ecrm.rules.lifecycle import Verb

# What was missed longer ago is written down but told to nobody: after a long pause of the worker, letters about all that the
# list shows as late would only bury those that can still be helped.
NEWS = timedelta(days=1)
TOLD = {  # at 80 % those who can still help, then those who must know
    Level.NEAR: (Verb("near", _l("80 % used up"), frozenset(), None), ("technician", RoleName.SUPPORT.value)),
    Level.MISSED: (Verb("missed", _l("Missed"), frozenset(), None), (RoleName.MANAGER.value,)),
}


def target(row: Complaint) -> Target:
    """Return which target counts now."""
    return Target.RESPONSE if row.first_response_at is None else Target.RESOLUTION


def level(row: Complaint, at: datetime) -> Level:
    """Return how near the target is, for a complaint of which 80 % is used up."""
    return Level.MISSED if sla.late(row, at) else Level.NEAR


def untold(at: datetime) -> Select[tuple[Complaint]]:
    """Return the SELECT of the complaints whose target is near or missed, and of which nobody was told so in this round.

    Those of a running outage are left out: people work on the outage, and know of it.
    """
    same = and_(
        Escalation.complaint_id == Complaint.id, Escalation.round == Complaint.reopen_count,
        Escalation.target == case((Complaint.first_response_at.is_(None), Target.RESPONSE.value), else_=Target.RESOLUTION.value),
        Escalation.level == case((sla.are_late(at), Level.MISSED.value), else_=Level.NEAR.value),
    )
    return select(Complaint).where(Complaint.clock_warn_at <= at, ~exists().where(same), outage.apart())


def escalate(session: Session, row: Complaint, at: datetime) -> Escalation:
    """Write down that a target is near or missed, and the letters that say so; unflushed.

    A second one for the same target, level and round is refused by the database: somebody was faster.
    """
    done = Escalation(complaint=row, target=target(row), level=level(row, at), round=row.reopen_count, due_at=row.clock_due_at, at=at)
    session.add(done)
    if row.clock_due_at > at - NEWS:
        verb, audiences = TOLD[done.level]
        for audience in audiences:
            for letter in told.letters(row, verb, audience, None, at, None):
                letter.data = letter.data | {"target": done.target.value, "target_due": done.due_at.isoformat()}
                session.add(letter)
    return done
