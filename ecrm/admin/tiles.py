"""What each role's front page counts; every count opens the list that it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, Complaint, IncomingMessage, Installation, Job, Letter, Outage, PdpRequest, PromoRequest, RiskScore, User, Visit
from ecrm.models.account import RoleName
from ecrm.models.complaint import UNSOLVED
from ecrm.models.installation import InstallationStatus

Filters = dict[str, str]


@dataclass(frozen=True)
class Tile:
    """A count: what is counted, by which filters of its list; `alarm` where any at all is bad, `rare` shows only some.

    `brief` is what the sidebar calls it, where the label is too long for it.
    """

    label: Any
    model: Any
    filters: Filters | Callable[[date], Filters]
    alarm: bool = False
    rare: bool = False
    brief: Any = None

    def wanted(self, today: date) -> Filters:
        """Return the filters on a day."""
        return self.filters(today) if callable(self.filters) else self.filters


@dataclass(frozen=True)
class Group:
    """Tiles under one heading."""

    title: Any
    tiles: tuple[Tile, ...]


def _last_week(column: str) -> Callable[[date], Filters]:
    return lambda today: {column: f"{today - timedelta(days=6)}..{today}"}


LATE = Tile(_l("Past the due time"), Complaint, {"late": "1"}, alarm=True, brief=_l("Late"))
SOON = Tile(_l("Due soon"), Complaint, {"soon": "1"})
UNANSWERED = Tile(_l("Nobody has answered"), Complaint, {"unanswered": "1"}, brief=_l("Not answered yet"))
ALL = Tile(_l("All unsolved"), Complaint, {"status": "unsolved"}, brief=_l("Unsolved"))
QUIET = Tile(_l("No answer today"), Complaint, {"quiet": "1"})
UNASSIGNED = Tile(_l("Without a technician"), Complaint, {"status": "unsolved", "technician": "none"})
REQUESTS = Tile(_l("Promo requests to answer"), PromoRequest, {"status": "requested"}, brief=_l("Promo requests"))
DRAFTS = Tile(_l("Bandwidth additions to approve"), BandwidthGrant, {"status": "draft"}, brief=_l("Bandwidth to approve"))
TO_SCHEDULE = Tile(_l("Installations to schedule"), Installation, {"status": "surveyed"}, brief=_l("To schedule"))
TO_ACTIVATE = Tile(_l("Installations to activate"), Installation, {"status": "installed"}, brief=_l("To activate"))
UNDELIVERED = Tile(_l("Letters not delivered"), Letter, {"state": "failed"}, alarm=True)
FAILING = Tile(_l("Failing jobs"), Job, {"failing": "1"}, alarm=True)
DATA = Tile(_l("Requests about personal data"), PdpRequest, {"undecided": "1"}, brief=_l("Personal data"))
DATA_LATE = Tile(_l("Requests about personal data, overdue"), PdpRequest, {"overdue": "1"}, alarm=True, rare=True, brief=_l("Personal data, overdue"))
NEW_VISIT = Tile(_l("Visits in vain: arrange another one"), Visit, {"needs_another": "1"}, alarm=True, rare=True, brief=_l("Needs a new visit"))
OUTAGES = Tile(_l("Outages that run"), Outage, {"status": "open"}, alarm=True, rare=True, brief=_l("Outages"))
SUSPICIOUS = Tile(_l("Complaints that may be an outage"), Complaint, {"suspicious": "1"}, alarm=True, rare=True, brief=_l("Perhaps an outage"))
MESSAGES = Tile(_l("Messages to sort"), IncomingMessage, {"status": "new"}, brief=_l("Incoming messages"))
REOPENED = Tile(_l("Reopened, unsolved"), Complaint, {"status": "unsolved", "reopened": "1"})

GROUPS: dict[RoleName, tuple[Group, ...]] = {
    RoleName.SUPPORT: (
        Group(_l("Complaints"), (
            OUTAGES, SUSPICIOUS, UNASSIGNED,
            Tile(_l("With a technician who has left"), Complaint, {"status": "unsolved", "left": "1"}, alarm=True, rare=True),
            LATE, SOON, UNANSWERED, QUIET, Tile(_l("Mine today"), Complaint, {"mine": "1"}), REOPENED,
            Tile(_l("Waiting for the customer"), Complaint, {"status": "waiting_customer"}),
            Tile(_l("Resolved, not closed yet"), Complaint, {"status": "resolved"}), ALL,
        )),
        Group(_l("Other work"), (NEW_VISIT, MESSAGES, REQUESTS, DRAFTS, TO_SCHEDULE, TO_ACTIVATE, DATA, DATA_LATE)),
    ),
    RoleName.SALES: (
        Group(_l("Applications"), tuple(
            Tile(status.label, Installation, {"status": status.value}) for status in InstallationStatus)),
    ),
    RoleName.MANAGER: (
        Group(_l("Unsolved complaints"), (
            *(Tile(status.label, Complaint, {"status": status.value}) for status in UNSOLVED), UNASSIGNED, LATE, SOON, UNANSWERED, REOPENED, OUTAGES, ALL,
        )),
        Group(_l("The last 7 days"), (
            Tile(_l("Complaints entered"), Complaint, _last_week("opened_at")),
            Tile(_l("Complaints resolved"), Complaint, _last_week("resolved_at")),
        )),
        Group(_l("Customers"), (Tile(_l("Customers at risk"), RiskScore, {"risk": "1"}, alarm=True),)),
    ),
    RoleName.ADMINISTRATOR: (
        Group(_l("Accounts"), (
            Tile(_l("E-mail not verified"), User, {"verified": "0"}),
            Tile(_l("Not active"), User, {"active": "0"}),
        )),
        Group(_l("Personal data"), (DATA, DATA_LATE)),
        Group(_l("Letters"), (UNDELIVERED, Tile(_l("Waiting to be sent"), Letter, {"state": "queued"}))),
        Group(_l("Periodic jobs"), (FAILING, Tile(_l("Going well"), Job, {"failing": "0"}))),
    ),
}

# What each role's sidebar counts on every page: few, only what waits for that role, and only what an index finds.
SIDEBAR: dict[RoleName, tuple[Tile, ...]] = {
    RoleName.SUPPORT: (SUSPICIOUS, OUTAGES, NEW_VISIT, LATE, UNASSIGNED, UNANSWERED, ALL, MESSAGES, REQUESTS, DRAFTS, TO_SCHEDULE, TO_ACTIVATE, DATA),
    RoleName.TECHNICIAN: (
        Tile(_l("My unsolved complaints"), Complaint, {"status": "unsolved"}),
        Tile(_l("My visits"), Visit, {"status": "planned"}),
    ),
    RoleName.SALES: tuple(
        Tile(status.label, Installation, {"status": status.value}) for status in InstallationStatus
        if status in (InstallationStatus.REGISTERED, InstallationStatus.SURVEYED, InstallationStatus.SCHEDULED, InstallationStatus.INSTALLED)),
    RoleName.MANAGER: (LATE, UNANSWERED, ALL),
    RoleName.ADMINISTRATOR: (DATA_LATE, DATA, UNDELIVERED, FAILING),
}
