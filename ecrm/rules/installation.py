"""The life of an installation."""

from datetime import datetime

from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Installation
from ecrm.models.branch import Coverage
from ecrm.models.complaint import Channel
from ecrm.models.counter import next_number
from ecrm.models.installation import InstallationStatus as S
from ecrm.rules import appointment, demand, told, visit
from ecrm.rules.errors import FieldRefused
from ecrm.rules.lifecycle import Lifecycle, Verb

BEFORE_INSTALLED = frozenset({S.REGISTERED, S.SURVEYED, S.SCHEDULED})


PAPERS = {"registration": _l("Registration form"), "activation": _l("Activation form")}


def papers_of(row: Installation) -> tuple[str, ...]:
    """Return the forms on paper that an installation has by now: keys of PAPERS."""
    return tuple(PAPERS) if row.status in (S.INSTALLED, S.ACTIVATED) else ("registration",)


def register(session: Session, row: Installation, at: datetime) -> Installation:
    """Give a new application its number and moment; unflushed."""
    with session.no_autoflush:
        month = f"PSB-{row.area.branch.local(at):%Y%m}"
        row.number = f"{month}-{next_number(session, month):06d}"
        row.status = S.REGISTERED
        row.registered_at = at
        session.add(row)
    return row


def enter(session: Session, row: Installation, at: datetime) -> Installation:
    """Take an application, of which the applicant is told who left an e-mail address, with the link to follow it; flushed."""
    register(session, row, at)
    session.flush()
    session.add_all(told.letters(row, _RECEIVED, "applicant", None, at, None))
    return row


def apply(session: Session, row: Installation, at: datetime) -> Installation:
    """Take an application from the portal, of which the applicant and sales are told; flushed. Raises FieldRefused."""
    if row.area.coverage is not Coverage.COVERED:
        raise FieldRefused("area", _l("We cannot connect this area yet."))
    if row.promo is not None and row.promo.plans and row.plan not in row.promo.plans:
        raise FieldRefused("promo", _l("This promo is not for the chosen plan."))
    row.channel = Channel.PORTAL
    enter(session, row, at)
    session.add_all(told.letters(row, _RECEIVED, "sales", None, at, None))
    return row


_RECEIVED = Verb("received", _l("Received"), frozenset(), None)


def _remember(row: Installation, at: datetime) -> None:
    row.demand = demand.of_application(row, at)


def _activate(row: Installation, at: datetime) -> None:
    row.activated_at = at


LIFECYCLE = Lifecycle((
    Verb("survey", _l("Record survey"), frozenset({S.REGISTERED}), S.SURVEYED, needs=("survey_result",)),
    Verb("not_covered", _l("Not covered"), frozenset({S.SURVEYED}), S.NOT_COVERED, tells=("applicant",), needs=("reason",), effect=_remember),
    Verb("schedule", _l("Schedule"), frozenset({S.SURVEYED, S.SCHEDULED}), S.SCHEDULED, tells=("applicant", "technician"),
         needs=("technician", "visit_at"), effect=visit.appoint),
    Verb("install", _l("Report installation"), frozenset({S.SCHEDULED}), S.INSTALLED, tells=("support",), needs=("report",),
         effect=visit.installed),
    Verb("activate", _l("Activate"), frozenset({S.INSTALLED}), S.ACTIVATED, tells=("applicant",), effect=_activate),
    Verb("cancel", _l("Cancel application"), BEFORE_INSTALLED, S.CANCELLED, tells=("applicant",), needs=("reason",), effect=appointment.call_off),
), fixed=frozenset({S.NOT_COVERED, S.ACTIVATED, S.CANCELLED}))
