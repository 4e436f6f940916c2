"""When a person may be erased, and what stands against it."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Customer, Installation, PdpRequest, PromoRequest, Subscription
from ecrm.models.account import STAFF
from ecrm.models.complaint import UNSOLVED
from ecrm.models.customer import SubscriptionStatus
from ecrm.models.installation import InstallationStatus as S
from ecrm.models.pdp_request import PDP_OPEN, PdpKind
from ecrm.models.promo_request import PromoRequestStatus
from ecrm.rules.errors import Refused

APPLYING = (S.REGISTERED, S.SURVEYED, S.SCHEDULED, S.INSTALLED)
YEAR = timedelta(days=365.25)


class NotNowErased(Refused):
    """Something stands against an erasure; `reasons` says what."""

    def __init__(self, reasons: list[Any]) -> None:
        """Keep the reasons."""
        super().__init__(reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        """Say them in the reader's language."""
        return " ".join(map(str, self.reasons))


def check(session: Session, request: PdpRequest, at: datetime, years: int) -> None:
    """Raise NotNowErased where the person of a request may not be erased now; `years` is how long we must keep who was a customer."""
    if request.kind is not PdpKind.DELETION or request.status not in PDP_OPEN:
        raise NotNowErased([_l("This is no open request for erasure.")])
    reasons = obstacles(session, request.customer, at, years)
    if reasons:
        raise NotNowErased(reasons)


def obstacles(session: Session, customer: Customer, at: datetime, years: int) -> list[Any]:
    """Return what stands against erasing a customer, lazy texts; none where nothing does."""
    found: list[Any] = []
    if customer.erased_at is not None:
        found.append(_l("The person was erased already."))
    if _any(session, Subscription, Subscription.customer_id == customer.id, Subscription.status != SubscriptionStatus.ENDED):
        found.append(_l("A subscription runs: end it first."))
    if _any(session, Complaint, Complaint.customer_id == customer.id, Complaint.status.in_(UNSOLVED)):
        found.append(_l("A complaint is not solved: solve or cancel it first."))
    if _any(session, Installation, Installation.customer_id == customer.id, Installation.status.in_(APPLYING)):
        found.append(_l("An application is under way: finish or cancel it first."))
    if _any(session, PromoRequest, PromoRequest.customer_id == customer.id, PromoRequest.status == PromoRequestStatus.REQUESTED):
        found.append(_l("A wish for a promo waits for its answer: answer it first."))  # a wish that goes would change the recap of promos
    if customer.user is not None and any(role in STAFF for role in customer.user.role_names):
        found.append(_l("The account belongs to somebody who works here: take the roles of staff away first."))
    until = kept_until(session, customer, years)
    if until is not None and customer.branch.local(at).date() < until:
        found.append(_l("The law makes us keep the data until %(day)s.", day=until.isoformat()))
    return found


def kept_until(session: Session, customer: Customer, years: int) -> date | None:
    """Return until when we must keep who was a customer: `years` after the last subscription ended; None where there is none."""
    last = session.scalar(select(func.max(Subscription.valid_until)).where(Subscription.customer_id == customer.id))
    return last + YEAR * years if last and years else None


def _any(session: Session, model: Any, *conditions: Any) -> bool:
    return session.scalar(select(model.id).where(*conditions).limit(1)) is not None
