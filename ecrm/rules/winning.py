"""What is done with one click for a customer who may leave: an addition is proposed, running promos are told."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import BandwidthGrant, Customer, Letter, Promo, RiskScore
from ecrm.models.bandwidth import GrantReason
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import bandwidth, consent, promo, told

TEMPLATE = "risk_score_offer_customer"
AGAIN = timedelta(days=30)  # for so long nobody is told of promos a second time
MOST = 3  # promos in a letter


def proposable(session: Session, row: RiskScore) -> bool:
    """Return whether the line runs and has no addition, approved or proposed."""
    return row.subscription.status is SubscriptionStatus.ACTIVE and not bandwidth.has_open(session, row.subscription_id)


def propose(session: Session, row: RiskScore, mbps: int, days: int, at: datetime) -> BandwidthGrant:
    """Draft an addition for support to approve, from today; unflushed."""
    today = row.subscription.customer.branch.local(at).date()
    return bandwidth.draft(session, row.subscription, mbps, days, GrantReason.LOYALTY, today)


def offers(session: Session, customer: Customer, at: datetime) -> list[Promo]:
    """Return the promos that a customer may be told of now: none without consent, or where a letter told of some not long ago."""
    if customer.restricted_at is not None or customer.erased_at is not None or not consent.given(session, customer):
        return []
    lately = select(Letter.id).where(Letter.customer_id == customer.id, Letter.template == TEMPLATE, Letter.queued_at > at - AGAIN)
    if session.scalar(lately.limit(1)) is not None:
        return []
    today = customer.branch.local(at).date()
    rows = select(Promo).where(Promo.published.is_(True), promo.offered(customer, today)).order_by(Promo.valid_until, Promo.id)
    return list(session.scalars(rows.limit(MOST)))


def tell(session: Session, row: RiskScore, at: datetime) -> list[Letter]:
    """Write the letter that tells of them; unflushed, none where we have no e-mail address."""
    customer = row.subscription.customer
    found = [{"title": one.title, "until": one.valid_until.isoformat()} for one in offers(session, customer, at)]
    letters = told.to_customer(customer, TEMPLATE, at, table="risk_score", promos=found) if found else []
    session.add_all(letters)
    return letters
