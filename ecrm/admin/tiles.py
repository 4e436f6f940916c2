"""What each role's front page counts; every count opens the list that it counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from ecrm.models import BandwidthGrant, Complaint, Installation, Job, Letter, PromoRequest, RiskScore, User
from ecrm.models.account import RoleName
from ecrm.models.complaint import UNSOLVED
from ecrm.models.installation import InstallationStatus

Filters = dict[str, str]


@dataclass(frozen=True)
class Tile:
    """A count: what is counted, by which filters of its list; `alarm` where any at all is bad, `rare` shows only some."""

    label: Any
    model: Any
    filters: Filters | Callable[[date], Filters]
    alarm: bool = False
    rare: bool = False

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


LATE = Tile(_l("Past the due time"), Complaint, {"late": "1"}, alarm=True)
SOON = Tile(_l("Due soon"), Complaint, {"soon": "1"})
UNANSWERED = Tile(_l("Nobody has answered"), Complaint, {"unanswered": "1"})
ALL = Tile(_l("All unsolved"), Complaint, {"status": "unsolved"})
QUIET = Tile(_l("No answer today"), Complaint, {"quiet": "1"})
REOPENED = Tile(_l("Reopened, unsolved"), Complaint, {"status": "unsolved", "reopened": "1"})

GROUPS: dict[RoleName, tuple[Group, ...]] = {
    RoleName.SUPPORT: (
        Group(_l("Complaints"), (
            Tile(_l("Without a technician"), Complaint, {"status": "unsolved", "technician": "none"}),
            Tile(_l("With a technician who has left"), Complaint, {"status": "unsolved", "left": "1"}, alarm=True, rare=True),
            LATE, SOON, UNANSWERED, QUIET, Tile(_l("Mine today"), Complaint, {"mine": "1"}), REOPENED,
            Tile(_l("Waiting for the customer"), Complaint, {"status": "waiting_customer"}),
            Tile(_l("Resolved, not closed yet"), Complaint, {"status": "resolved"}), ALL,
        )),
        Group(_l("Other work"), (
            Tile(_l("Promo requests to answer"), PromoRequest, {"status": "requested"}),
            Tile(_l("Bandwidth additions to approve"), BandwidthGrant, {"status": "draft"}),
            Tile(_l("Installations to schedule"), Installation, {"status": "surveyed"}),
            Tile(_l("Installations to activate"), Installation, {"status": "installed"}),
        )),
    ),
    RoleName.SALES: (
        Group(_l("Applications"), tuple(
            Tile(status.label, Installation, {"status": status.value}) for status in InstallationStatus)),
    ),
    RoleName.MANAGER: (
        Group(_l("Unsolved complaints"), (
            *(Tile(status.label, Complaint, {"status": status.value}) for status in UNSOLVED), LATE, SOON, UNANSWERED, REOPENED, ALL,
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
        Group(_l("Letters"), (
            Tile(_l("Not delivered"), Letter, {"state": "failed"}, alarm=True),
            Tile(_l("Waiting to be sent"), Letter, {"state": "queued"}),
        )),
        Group(_l("Periodic jobs"), (Tile(_l("Failing"), Job, {"failing": "1"}, alarm=True), Tile(_l("Going well"), Job, {"failing": "0"}))),
    ),
}
