"""What an applicant reads of an application: its stages, and what happens next, in plain words."""

from typing import Any

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Installation
from ecrm.models.installation import InstallationStatus as S
from ecrm.portal.wording import Stage

STAGES = (
    (S.REGISTERED, _l("Received")), (S.SURVEYED, _l("Address checked")), (S.SCHEDULED, _l("Visit planned")),
    (S.INSTALLED, _l("Installed")), (S.ACTIVATED, _l("Online")),
)
NEXT = {
    S.REGISTERED: _l("We have received it. Sales checks whether our network reaches your address."),
    S.SURVEYED: _l("Your address has been checked. We find a day for the technician's visit and write to you."),
    S.SCHEDULED: _l("The technician's visit is planned. Please make sure that somebody is at home."),
    S.INSTALLED: _l("Everything is installed. We switch your connection on."),
    S.ACTIVATED: _l("You are online. Welcome!"),
    S.NOT_COVERED: _l("We are sorry: our network does not reach your address yet."),
    S.CANCELLED: _l("The application was cancelled. Nothing more will happen."),
}


def stages(row: Installation) -> list[Stage]:
    """Return the stages of an application, done, current and to come; one that ended without a connection ends where it stood."""
    if row.status in (S.CANCELLED, S.NOT_COVERED):
        return [Stage(STAGES[0][1], "done"), Stage(row.status.label, "current")]
    where = [status for status, _label in STAGES].index(row.status)
    states = ["done"] * where + ["done" if row.status is S.ACTIVATED else "current"] + ["todo"] * (len(STAGES) - where - 1)
    return [Stage(label, state) for (_status, label), state in zip(STAGES, states, strict=True)]


def next_step(row: Installation) -> Any:
    """Return what happens next, in a sentence."""
    return NEXT[row.status]
