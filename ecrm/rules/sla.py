"""Due times of a complaint, from the targets of its category, and whether one is late."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, literal

from ecrm.models import Complaint
from ecrm.models.base import UtcDateTime
from ecrm.models.complaint import UNSOLVED


def due(opened_at: datetime, hours: int) -> datetime:
    """Return the moment `hours` after `opened_at`, counted around the clock."""
    return opened_at + timedelta(hours=hours)


def shifted(due_at: datetime, waiting_since: datetime, until: datetime) -> datetime:
    """Return the due time moved by the time that the clock stood while we waited for the customer."""
    return due_at + (until - waiting_since)


def late(complaint: Complaint, at: datetime) -> bool:
    """Return whether an unsolved complaint is past its due time; the clock stands while we wait for the customer."""
    return complaint.unsolved and complaint.resolution_due_at < (complaint.waiting_since or at)


def are_late(at: datetime) -> ColumnElement[bool]:
    """Return the condition that says the same as late()."""
    clock = func.coalesce(Complaint.waiting_since, literal(at, UtcDateTime))
    return and_(Complaint.status.in_(UNSOLVED), Complaint.resolution_due_at < clock)
