"""Half days of technicians: the window that each promises, which are taken, and what a planned visit stands against."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, and_, inspect, or_, select
from sqlalchemy.orm import Session, aliased

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Branch, Complaint, Installation, User, Visit
from ecrm.models.base import Labelled
from ecrm.models.complaint import UNSOLVED
from ecrm.models.installation import InstallationStatus
from ecrm.models.visit import Half, VisitKind, VisitStatus as S
from ecrm.rules.errors import FieldRefused, Refused
from ecrm.rules.lifecycle import move

HOURS = {Half.MORNING: (time(8), time(12)), Half.AFTERNOON: (time(13), time(17))}  # on the branch's clock
SHORTEST = timedelta(hours=2)  # of a window that begins at an hour agreed upon
SINCE = timedelta(days=90)  # a visit in vain that is older is no work that waits: an index finds the younger ones
TO_SCHEDULE = (InstallationStatus.SURVEYED, InstallationStatus.SCHEDULED)
TO_SURVEY = (InstallationStatus.REGISTERED, *TO_SCHEDULE)


class OpenVisit(Refused):
    """A complaint with a planned visit cannot be solved or closed; `visit` is that visit."""

    def __init__(self, visit: Visit) -> None:
        """Keep the visit."""
        super().__init__(visit)
        self.visit = visit

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(_l("Visit %(number)s is still planned: report it or cancel it first.", number=self.visit.number))


# Time

def window(branch: Branch, day: date, half: Half) -> tuple[datetime, datetime]:
    """Return what a half day of a branch promises: from when until when, aware."""
    zone = ZoneInfo(branch.time_zone.value)
    begin, end = HOURS[half]
    return datetime.combine(day, begin, zone).astimezone(UTC), datetime.combine(day, end, zone).astimezone(UTC)


def half_of(branch: Branch, at: datetime) -> tuple[date, Half]:
    """Return the day and the half of it that a moment falls into, on the branch's clock."""
    local = branch.local(at)
    return local.date(), Half.MORNING if local.time() < HOURS[Half.MORNING][1] else Half.AFTERNOON


def wanted(row: Complaint | Installation) -> bool:
    """Return whether somebody may have to go there: an unsolved complaint, an application that is not connected yet."""
    return row.unsolved if isinstance(row, Complaint) else row.status in TO_SURVEY


def kind_for(row: Installation) -> VisitKind:
    """Return what an application needs next."""
    return VisitKind.SURVEY if row.status is InstallationStatus.REGISTERED else VisitKind.INSTALLATION


def missed(visit: Visit, at: datetime) -> bool:
    """Return whether the window is over at a moment without anybody having come."""
    return visit.planned and visit.started_at is None and visit.window_until < at


def kept(visit: Visit) -> bool | None:
    """Return whether the technician came within the window; None while nobody has come."""
    return None if visit.started_at is None else visit.window_from <= visit.started_at <= visit.window_until


# What is planned

def planned_for(row: Any, lock: bool = False) -> Visit | None:
    """Return the visit that is planned for a complaint or an application, None for a row of the demo in the making."""
    state = inspect(row, raiseerr=False)
    session = state.session if state is not None else None
    if session is None or row.id is None:
        return None
    column = Visit.complaint_id if isinstance(row, Complaint) else Visit.installation_id
    found = select(Visit).where(column == row.id, Visit.status == S.PLANNED).order_by(Visit.id)
    return next((visit for visit in session.scalars(found.with_for_update() if lock else found) if visit.planned), None)


def check_none(row: Any) -> None:
    """Raise OpenVisit where a visit is planned for a complaint."""
    found = planned_for(row)
    if found is not None:
        raise OpenVisit(found)


def check_technician(row: Any) -> None:
    """Raise FieldRefused where a complaint is given to another technician than its planned visit."""
    found = planned_for(row)
    if found is not None and found.technician is not row.technician:
        raise FieldRefused("technician", _l("Visit %(number)s is planned with %(name)s: move that one.", number=found.number, name=found.technician.name))


def call_off(row: Any, at: datetime) -> None:
    """Cancel the visit that is planned for a complaint or an application which is given up."""
    found = planned_for(row)
    if found is not None:
        move(found, "cancel", None, at, reason=str(row.status))


def take(session: Session, visit: Visit) -> None:
    """Raise FieldRefused where the technician is taken then; the technician's row stays locked, so that the second of two people waits."""
    with session.no_autoflush:
        session.execute(select(User.id).where(User.id == visit.technician.id).with_for_update())
        taken = select(Visit).where(Visit.technician_id == visit.technician.id, Visit.day == visit.day, Visit.half == visit.half, Visit.held.is_(True))
        others = session.scalars(taken.with_for_update()).all()
    other = next((one for one in others if one is not visit and one.planned), None)
    if other is not None:
        raise FieldRefused("half", _l("%(name)s has visit %(number)s then. Choose another half day.", name=visit.technician.name, number=other.number))


def promise(visit: Visit, at: datetime) -> None:
    """Write the window of the half day; raises FieldRefused where it is over."""
    visit.window_from, visit.window_until = window(visit.branch, visit.day, visit.half)
    if visit.window_until <= at:
        raise FieldRefused("day", _l("This must be in the future."))
    if visit.window_from > at + timedelta(days=366):
        raise FieldRefused("day", _l("Enter a day within a year of today."))


# Conditions of lists and reports

class Promise(Labelled):
    """What became of the window that was promised."""

    KEPT = "kept", _l("Promise kept")
    BROKEN = "broken", _l("Promise not kept")


def due(at: datetime) -> ColumnElement[bool]:
    """Return the condition of visits whose window is over at a moment, cancelled ones left out."""
    return and_(Visit.window_until <= at, Visit.status != S.CANCELLED)


def promises(what: Promise, at: datetime) -> ColumnElement[bool]:
    """Return the condition of visits that kept their promise, or did not: those whose window is over at a moment, cancelled ones left out."""
    over = due(at)
    came = and_(Visit.started_at.is_not(None), Visit.started_at >= Visit.window_from, Visit.started_at <= Visit.window_until)
    return and_(over, came) if what is Promise.KEPT else and_(over, or_(Visit.started_at.is_(None), Visit.started_at < Visit.window_from, Visit.started_at > Visit.window_until))


def _same(other: Any) -> ColumnElement[bool]:
    return and_(or_(other.complaint_id == Visit.complaint_id, other.installation_id == Visit.installation_id), other.status != S.CANCELLED)


def repeats() -> ColumnElement[bool]:
    """Return the condition of visits that were not the first for their complaint or application."""
    earlier = aliased(Visit)
    return and_(Visit.status != S.CANCELLED, select(earlier.id).where(_same(earlier), earlier.id < Visit.id).exists())


def needs_another(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition of visits in vain since a moment, for what is still open, after which nobody has planned another."""
    return and_(Visit.status == S.FAILED, Visit.window_from >= since, _open_and_unplanned())


@cache  # the sidebar of every page asks
def _open_and_unplanned() -> ColumnElement[bool]:
    later = aliased(Visit)
    complaints = select(Complaint.id).where(Complaint.id == Visit.complaint_id, Complaint.status.in_(UNSOLVED)).exists()
    applications = select(Installation.id).where(Installation.id == Visit.installation_id, Installation.status.in_(TO_SURVEY)).exists()
    again = select(later.id).where(_same(later), later.id > Visit.id).exists()
    return and_(or_(complaints, applications), ~again)
