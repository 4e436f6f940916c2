"""Visits: how they are planned and reported, and what follows for the complaint or the application."""

from datetime import datetime

from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import flag_modified

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Installation, User, Visit
from ecrm.models.account import RoleName
from ecrm.models.counter import next_number
from ecrm.models.installation import InstallationStatus
from ecrm.models.visit import Outcome, VisitKind, VisitStatus as S
from ecrm.rules import told
from ecrm.rules.appointment import SHORTEST, TO_SCHEDULE, TO_SURVEY, half_of, planned_for, promise, take, window
from ecrm.rules.errors import AlreadyThere, FieldRefused
from ecrm.rules.lifecycle import Lifecycle, Verb, move


def check(visit: Visit) -> None:
    """Raise FieldRefused where a visit is for nothing, for two things, or for what needs none."""
    if (visit.complaint is None) is (visit.installation is None):
        raise FieldRefused("complaint", _l("Choose either a complaint or an application."))
    if RoleName.TECHNICIAN not in visit.technician.role_names or not visit.technician.active:
        raise FieldRefused("technician", _l("Choose an active technician."))
    if visit.complaint is not None and not visit.complaint.unsolved:
        raise FieldRefused("complaint", _l("This complaint is solved: nobody has to come."))
    if visit.complaint is not None and visit.kind in (VisitKind.SURVEY, VisitKind.INSTALLATION):
        raise FieldRefused("kind", _l("A complaint needs a repair or a check."))
    if visit.installation is not None:
        ready = TO_SCHEDULE if visit.kind is VisitKind.INSTALLATION else TO_SURVEY
        if visit.kind not in (VisitKind.INSTALLATION, VisitKind.SURVEY):
            raise FieldRefused("kind", _l("An application needs a survey or an installation."))
        if visit.installation.status not in ready:
            raise FieldRefused("installation", _l("This application is not at that point."))


def plan(session: Session, visit: Visit, at: datetime, by: User | None) -> Visit:
    """Give a new visit its number and window, tell whom it concerns, and give the complaint to its technician; unflushed.

    Raises FieldRefused where the half day is taken or over, or another visit is planned for the same thing.
    """
    with session.no_autoflush:
        check(visit)
        thing = visit.complaint or visit.installation
        session.refresh(thing, with_for_update=True)
        check(visit)  # of what is locked now
        other = planned_for(thing, lock=True)
        if other is not None:
            name = "complaint" if visit.complaint else "installation"
            raise FieldRefused(name, _l("Visit %(number)s is planned already: move that one.", number=other.number))
        visit.branch = visit.complaint.branch if visit.complaint else visit.installation.area.branch
        promise(visit, at)
        take(session, visit)
        _number(session, visit, at)
        session.add(visit)
        if visit.kind is VisitKind.INSTALLATION:
            move(visit.installation, "schedule", by, at, technician=visit.technician, visit_at=visit.window_from)
            return visit
        if visit.complaint is not None:
            flag_modified(visit.complaint, "technician_id")  # whoever solves it at this moment is told that somebody was faster
            if visit.complaint.technician is not visit.technician:
                move(visit.complaint, "assign", by, at, technician=visit.technician)
    session.flush()
    for audience in ("customer", "technician"):
        session.add_all(told.letters(visit, _PLAN, audience, by, at, None))
    return visit


_PLAN = Verb("plan", _l("Arrange a visit"), frozenset(), None)


def _number(session: Session, visit: Visit, at: datetime) -> None:
    month = f"KJ-{visit.branch.local(at):%Y%m}"
    visit.number = f"{month}-{next_number(session, month):06d}"
    visit.status, visit.held, visit.planned_at = S.PLANNED, True, at


def appoint(row: Installation, at: datetime) -> None:
    """Make, or move, the visit of an application that was given a technician and an hour; the application's own letters say so.

    From the hour agreed upon until the end of the half day, two hours at least, is what was promised.
    """
    state = inspect(row, raiseerr=False)
    if state is None:
        return
    session = state.session
    new = next((one for one in session.new if isinstance(one, Visit) and one.installation is row), None)
    if new is not None:  # it is the visit that leads here, see plan()
        return
    visit = planned_for(row)
    if visit is None or visit.kind is not VisitKind.INSTALLATION:
        visit = Visit(kind=VisitKind.INSTALLATION, installation=row, branch=row.area.branch, technician=row.technician)
    visit.technician = row.technician
    visit.day, visit.half = half_of(visit.branch, row.visit_at)
    take(session, visit)
    visit.window_from, visit.window_until = row.visit_at, max(window(visit.branch, visit.day, visit.half)[1], row.visit_at + SHORTEST)
    if visit.number is None:
        _number(session, visit, at)
        session.add(visit)


# Its life

def _moved(visit: Visit, at: datetime) -> None:
    promise(visit, at)
    take(object_session(visit), visit)
    visit.started_at = None
    if visit.kind is VisitKind.INSTALLATION:
        visit.installation.technician, visit.installation.visit_at = visit.technician, visit.window_from
    if visit.complaint is not None and visit.complaint.technician is not visit.technician:
        move(visit.complaint, "assign", None, at, technician=visit.technician)


def _not_there_yet(visit: Visit, _at: datetime) -> None:
    if visit.started_at is not None:
        raise AlreadyThere


def _arrived(visit: Visit, at: datetime) -> None:
    visit.started_at = at


def _reported(visit: Visit, at: datetime) -> None:
    """Free the half day; what was installed goes on to its activation, what was not needs another visit."""
    visit.started_at, visit.finished_at, visit.held = visit.started_at or at, at, None
    row, done = visit.installation, visit.outcome is Outcome.DONE
    if visit.kind is VisitKind.SURVEY and done and row.status is InstallationStatus.REGISTERED:
        move(row, "survey", visit.technician, at, survey_result=visit.note)
    elif visit.kind is VisitKind.INSTALLATION and row.status is InstallationStatus.SCHEDULED:
        if done:
            move(row, "install", visit.technician, at, report=visit.note)
        else:
            row.visit_at = None


def _cancelled(visit: Visit, _at: datetime) -> None:
    visit.held = None
    if visit.kind is VisitKind.INSTALLATION and visit.installation.status is InstallationStatus.SCHEDULED:
        visit.installation.visit_at = None


def installed(row: Installation, at: datetime) -> None:
    """Report the visit of an application whose technician reported it installed on its own page."""
    visit = planned_for(row)
    if visit is not None and visit.kind is VisitKind.INSTALLATION:
        move(visit, "report", row.technician, at, outcome=Outcome.DONE, note=row.report)


def _ended(visit: Visit) -> S:
    return S.DONE if visit.outcome is Outcome.DONE else S.FAILED


PLANNED = frozenset({S.PLANNED})
LIFECYCLE = Lifecycle((
    Verb("arrive", _l("I am here"), PLANNED, S.PLANNED, guard=_not_there_yet, effect=_arrived),
    Verb("report", _l("Report visit"), PLANNED, _ended, needs=("outcome", "note"), takes=("materials", "serials", "down_mbps", "up_mbps"), effect=_reported),
    Verb("rebook", _l("Move visit"), PLANNED, S.PLANNED, needs=("technician", "day", "half"), tells=("customer", "technician"), effect=_moved),
    Verb("cancel", _l("Cancel visit"), PLANNED, S.CANCELLED, needs=("reason",), tells=("customer", "technician"), effect=_cancelled),
), fixed=frozenset({S.DONE, S.FAILED, S.CANCELLED}))
