"""Filters of our own: what no single column says."""

from typing import Any

from flask import current_app, g
from flask_login import current_user

from ecrm.admin import look
from ecrm.admin.filters import Related
from ecrm.admin.named_filters import Condition
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Job, User
from ecrm.models.base import asked, now, present
from ecrm.models.complaint import UNSOLVED
from ecrm.rules import outage, queue, sla


class Brought(Related):
    """The rows of one row of the related table `reads`; links bring it, nobody chooses from a list of all."""

    kind = "hidden"

    def __init__(self, view: Any) -> None:
        """Filter the view's relation."""
        super().__init__(view, self.reads)

    def choices(self) -> list[tuple[str, str]]:
        """Return nothing."""
        return []


class OfCustomer(Brought):
    """The rows of one customer."""

    reads = "customer"


class OfOutage(Brought):
    """The complaints of one outage."""

    reads = "outage"


class Late(Condition):
    """Unsolved and past the due time, or not."""

    name_in_address, title, reads = "late", _l("Late"), "resolution_due_at"
    condition, lasting = staticmethod(lambda: sla.are_late(present())), True


class Soon(Condition):
    """Unsolved and 80 % of the target used up, or not."""

    name_in_address, title, reads = "soon", _l("Due soon"), "resolution_due_at"
    condition = staticmethod(lambda: Complaint.status.in_(UNSOLVED) & sla.are_soon(now()))  # the status keeps SQLite from reading all that is solved


class Unanswered(Condition):
    """Unsolved and never answered, or not."""

    name_in_address, title, reads = "unanswered", _l("Not answered yet"), "first_response_at"
    condition, lasting = staticmethod(queue.unanswered), True


class Quiet(Condition):
    """Unsolved, with no answer of ours today, or not."""

    name_in_address, title, reads = "quiet", _l("No answer today"), "first_response_at"
    condition = staticmethod(lambda: queue.quiet_since(look.midnight()))


class Mine(Condition):
    """Entered, moved or answered by the reader today, or not."""

    name_in_address, title, reads = "mine", _l("Mine today"), "number"
    condition = staticmethod(lambda: queue.worked_on(current_user.id, look.midnight()))


class Repeated(Condition):
    """Entered again within 30 days, or not."""

    name_in_address, title, reads = "repeated", _l("Repeated within 30 days"), "repeats"
    condition = staticmethod(lambda: Complaint.repeats > 0)


class InOutage(Condition):
    """Belonging to an outage, also one that is over, or not."""

    name_in_address, title, reads = "in_outage", _l("In an outage"), "outage"
    condition = staticmethod(lambda: Complaint.outage_id.is_not(None))


class Suspicious(Condition):
    """One of several disturbances of an area within the hour, or not."""

    name_in_address, title, reads = "suspicious", _l("Perhaps an outage"), "outage"
    condition, lasting = staticmethod(lambda: Complaint.id.in_(asked(_suspected, several=True))), True


def suspicions() -> list[outage.Suspicion]:
    """Return where there may be an outage, by the company's settings; all counts and offers of a page ask once."""
    settings = current_app.config["ECRM"]
    if "suspicions" not in g:
        g.suspicions = outage.suspicions(db.session(), now(), settings["OUTAGE_CUSTOMERS"], settings["OUTAGE_MINUTES"])
    return g.suspicions


def _suspected() -> list[int]:
    return [number for one in suspicions() for number in one.complaints]


class Reopened(Condition):
    """Reopened at least once, or never."""

    name_in_address, title, reads = "reopened", _l("Reopened"), "reopen_count"
    condition = staticmethod(lambda: Complaint.reopen_count > 0)


class Left(Condition):
    """Given to a technician whose account is switched off, or not."""

    name_in_address, title, reads = "left", _l("Technician has left"), "technician"
    condition = staticmethod(lambda: Complaint.technician.has(User.active.is_(False)))


class Verified(Condition):
    """Whether an account's e-mail address was verified."""

    name_in_address, title, reads = "verified", _l("E-mail verified"), "confirmed_at"
    condition = staticmethod(lambda: User.confirmed_at.is_not(None))


class Failing(Condition):
    """Whether the last run of a periodic job failed."""

    name_in_address, title, reads = "failing", _l("Failing"), "failures"
    condition, lasting = staticmethod(lambda: Job.failures > 0), True
