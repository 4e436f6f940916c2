"""Targets of a complaint: when they are due, which one counts now, and whether it is near or missed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_
from sqlalchemy.orm import object_session

from ecrm.models import Complaint
from ecrm.models.base import NEVER
from ecrm.models.category import Clock
from ecrm.models.complaint import UNSOLVED
from ecrm.rules import calendar
from ecrm.rules.calendar import AROUND_THE_CLOCK, Calendar

NEAR = 0.8  # of a target used up: the technician and support are told


def calendar_of(row: Any) -> Calendar:
    """Return the calendar that the targets of a complaint count in."""
    if row.clock is Clock.AROUND:
        return AROUND_THE_CLOCK
    made = getattr(row, "calendar", None)  # the demo's rows bring it along
    return made if made is not None else calendar.of(object_session(row), row.branch)


def due(opened_at: datetime, hours: int, calendar: Calendar = AROUND_THE_CLOCK) -> datetime:
    """Return the moment when `hours` have passed since `opened_at`, counted in the calendar."""
    return calendar.add(opened_at, timedelta(hours=hours))


def warned(due_at: datetime, hours: int, calendar: Calendar = AROUND_THE_CLOCK) -> datetime:
    """Return the moment when 80 % of a target of `hours` that is due at `due_at` is used up."""
    return calendar.add(due_at, -timedelta(hours=hours) * (1 - NEAR))


def shifted(due_at: datetime, waiting_since: datetime, until: datetime, calendar: Calendar = AROUND_THE_CLOCK) -> datetime:
    """Return the due time moved by the time that the clock stood while we waited for the customer."""
    return calendar.add(due_at, calendar.between(waiting_since, until))


def wind(row: Any) -> None:
    """Set which target counts now: the first response until there is one, then the resolution, none once it is solved.

    While we wait for the customer the clock stands; a complaint that was late before stays late.
    """
    row.clock_due_at = row.clock_warn_at = NEVER
    if row.status not in UNSOLVED:
        return
    if row.waiting_since is not None and row.resolution_due_at >= row.waiting_since:
        return
    answered = row.first_response_at is not None
    row.clock_due_at = row.resolution_due_at if answered else row.response_due_at
    hours = row.resolution_hours if answered else row.response_hours
    row.clock_warn_at = warned(row.clock_due_at, hours, calendar_of(row))


def late(complaint: Complaint, at: datetime) -> bool:
    """Return whether the target that counts now is missed."""
    return complaint.clock_due_at < at


def are_late(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that says the same as late()."""
    return Complaint.clock_due_at < at


def soon(complaint: Complaint, at: datetime) -> bool:
    """Return whether 80 % of the target that counts now is used up, but not all of it."""
    return complaint.clock_warn_at <= at <= complaint.clock_due_at


def are_soon(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that says the same as soon()."""
    return and_(Complaint.clock_warn_at <= at, Complaint.clock_due_at >= at)
