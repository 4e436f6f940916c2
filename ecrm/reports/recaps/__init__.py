"""The recaps; RECAPS is the registry, in the order of the menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ecrm import policy
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, Complaint, Installation, Outage, Promo, PromoRequest, Reply, Step, Visit
from ecrm.models.account import RoleName
from ecrm.policy import Right
from ecrm.reports.recaps import activity, bandwidth, complaints, outages, promos, quality, technicians, visits
from ecrm.reports.shapes import Scope, Sheet


@dataclass(frozen=True)
class RecapKind:
    """One recap: a role may read it that may export all of the tables in `needs`; `make` computes it from the rows."""

    kind: str
    title: Any
    about: Any
    needs: tuple[type, ...]
    make: Callable[[Session, Scope], Sheet]
    by_category: bool = False


RECAPS: tuple[RecapKind, ...] = (
    RecapKind("complaints", _l("Complaints"), _l("How many came in, what became of them, and how fast."), (Complaint,), complaints.make, True),
    RecapKind("technicians", _l("Technicians"), _l("What each resolved, in time, at the first visit, and what is in hand."), (Complaint,), technicians.make, True),
    RecapKind("visits", _l("Visits"), _l("Whether we came when we said so, what came of it, and how often again."), (Visit,), visits.make),
    RecapKind("outages", _l("Outages"), _l("How many, how long, whom they concerned, and how many complaints came of them."), (Outage, Complaint), outages.make),
    RecapKind("quality", _l("Service quality"), _l("The standards of service, for the regulator."), (Complaint, Installation), quality.make, True),
    RecapKind("promos", _l("Promos"), _l("Which ran, for whom, and who asked for them."), (Promo, PromoRequest), promos.make),
    RecapKind("bandwidth", _l("Bandwidth additions"), _l("How many, how much, why, and what they are worth."), (BandwidthGrant,), bandwidth.make),
    RecapKind("activity", _l("Staff activity"), _l("What each person entered, answered and moved."), (Step, Reply), activity.make),
)


def of(role: RoleName) -> list[RecapKind]:
    """Return the recaps that a role may read."""
    return [recap for recap in RECAPS if all(policy.may(role, model, Right.EXPORT) for model in recap.needs)]


def find(role: RoleName, kind: str) -> RecapKind | None:
    """Return a recap that a role may read, None where there is none of this kind for it."""
    return next((recap for recap in of(role) if recap.kind == kind), None)
