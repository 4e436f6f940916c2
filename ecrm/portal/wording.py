"""What the portal says about a complaint: its stages and what happens next, in a sentence."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.rules import sla
from ecrm.rules.complaint import CLOSE_DAYS


class Stage(NamedTuple):
    """One stage on the way of a complaint; `state` is done, current or todo."""

    label: Any
    state: str


STAGES = (
    (S.NEW, _l("Received")),
    (S.ASSIGNED, _l("Technician assigned")),
    (S.IN_PROGRESS, _l("Being worked on")),
    (S.RESOLVED, _l("Solved")),
    (S.CLOSED, _l("Closed")),
)
NEXT = {
    S.NEW: _l("We have received it. Support reads it and assigns a technician."),
    S.ASSIGNED: _l("A technician has been assigned and will start soon."),
    S.IN_PROGRESS: _l("A technician is working on it."),
    S.WAITING_CUSTOMER: _l("We need something from you: please read our last message and reply."),
    S.RESOLVED: _l("Our technician says it is solved. Does it work for you?"),
    S.CLOSED: _l("It is closed. Thank you for telling us."),
    S.CANCELLED: _l("It was cancelled. Nothing more will happen."),
}
STATUS = {S.WAITING_CUSTOMER: _l("Waiting for you"), S.RESOLVED: _l("Solved")}
EVENTS = {
    "create": _l("Complaint received"),
    "assign": _l("Technician assigned"),
    "start": _l("Work started"),
    "wait": _l("Waiting for your answer"),
    "resume": _l("Work goes on"),
    "resolve": _l("Solved"),
    "confirm": _l("You confirmed that it works"),
    "close": _l("Closed"),
    "reopen": _l("Opened again"),
    "cancel": _l("Cancelled"),
    "merge": _l("Put together with another complaint"),
}

def stages(complaint: Complaint) -> list[Stage]:
    """Return the stages of a complaint, done, current and to come; a cancelled one ends where it stood."""
    if complaint.status is S.CANCELLED:
        return [Stage(STAGES[0][1], "done"), Stage(S.CANCELLED.label, "current")]
    at = S.IN_PROGRESS if complaint.status is S.WAITING_CUSTOMER else complaint.status
    where = [status for status, _label in STAGES].index(at)
    states = ["done"] * where + ["done" if at is S.CLOSED else "current"] + ["todo"] * (len(STAGES) - where - 1)
    return [Stage(label, state) for (_status, label), state in zip(STAGES, states, strict=True)]


def status(one: S) -> Any:
    """Return what a status is called when one speaks with the customer."""
    return STATUS.get(one, one.label)


def next_step(complaint: Complaint) -> Any:
    """Return what happens next, in a sentence."""
    return NEXT[complaint.status]


def late(complaint: Complaint) -> bool:
    """Return whether the promised time has passed."""
    return sla.late(complaint, now())


def closes_at(complaint: Complaint) -> datetime:
    """Return when a solved complaint closes by itself."""
    return (complaint.resolved_at or now()) + timedelta(days=CLOSE_DAYS)


def event(action: str) -> Any:
    """Return what a step of the trail is called, None where a customer need not know of it."""
    return EVENTS.get(action)
