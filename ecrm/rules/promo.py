"""Which promos run on a day, and for whom."""

from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from ecrm.models import Customer, Promo
from ecrm.models.customer import CustomerStatus, SubscriptionStatus
from ecrm.models.plan import Audience, Plan

EXISTING = (CustomerStatus.ACTIVE, CustomerStatus.SUSPENDED)


def running(today: date) -> ColumnElement[bool]:
    """Return the condition that a promo runs on `today`; its last day counts."""
    return and_(Promo.valid_from <= today, Promo.valid_until >= today)


def offered(customer: Customer | None, today: date) -> ColumnElement[bool]:
    """Return the condition that a promo runs today and is for `customer`; None is a visitor.

    An existing customer is offered the promos on their plans and those on no plan in particular; one the use of whose data
    is restricted those for everybody, which take no look at the data.
    """
    if customer is not None and customer.restricted_at is not None:
        return and_(running(today), Promo.audience == Audience.EVERYBODY, ~Promo.plans.any())
    existing = customer is not None and customer.status in EXISTING
    audience = Promo.audience.in_([Audience.EVERYBODY, Audience.EXISTING if existing else Audience.NEW])
    if not existing:
        return and_(running(today), audience)
    plans = [row.plan_id for row in customer.subscriptions if row.status is not SubscriptionStatus.ENDED]
    return and_(running(today), audience, or_(~Promo.plans.any(), Promo.plans.any(Plan.id.in_(plans))))
