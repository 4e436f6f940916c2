"""The life of an installation."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ecrm.models import Installation
from ecrm.models.counter import next_number
from ecrm.models.installation import InstallationStatus as S
from ecrm.rules import appointment, visit
from ecrm.rules.lifecycle import Lifecycle, Verb

BEFORE_INSTALLED = frozenset({S.REGISTERED, S.SURVEYED, S.SCHEDULED})


def register(session: Session, row: Installation, at: datetime) -> Installation:
    """Give a new application its number and moment; unflushed."""
    with session.no_autoflush:
        month = f"PSB-{row.area.branch.local(at):%Y%m}"
        row.number = f"{month}-{next_number(session, month):06d}"
        row.status = S.REGISTERED
        row.registered_at = at
        session.add(row)
    return row


def _activate(row: Installation, at: datetime) -> None:
    row.activated_at = at


LIFECYCLE = Lifecycle((
    Verb("survey", _l("Record survey"), frozenset({S.REGISTERED}), S.SURVEYED, needs=("survey_result",)),
    Verb("not_covered", _l("Not covered"), frozenset({S.SURVEYED}), S.NOT_COVERED, tells=("applicant",), needs=("reason",)),
    Verb("schedule", _l("Schedule"), frozenset({S.SURVEYED, S.SCHEDULED}), S.SCHEDULED, tells=("applicant", "technician"),
         needs=("technician", "visit_at"), effect=visit.appoint),
    Verb("install", _l("Report installation"), frozenset({S.SCHEDULED}), S.INSTALLED, tells=("support",), needs=("report",),
         effect=visit.installed),
    Verb("activate", _l("Activate"), frozenset({S.INSTALLED}), S.ACTIVATED, tells=("applicant",), effect=_activate),
    Verb("cancel", _l("Cancel application"), BEFORE_INSTALLED, S.CANCELLED, tells=("applicant",), needs=("reason",), effect=appointment.call_off),
), fixed=frozenset({S.NOT_COVERED, S.ACTIVATED, S.CANCELLED}))
