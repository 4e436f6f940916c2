"""Which promos run on a day, for whom, and why."""

from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, true

from ecrm.models import Customer, Promo, Subscription
from ecrm.models.customer import CustomerStatus, SubscriptionStatus
from ecrm.models.plan import Audience, Plan

EXISTING = (CustomerStatus.ACTIVE, CustomerStatus.SUSPENDED)


class Why(Enum):
    """What speaks for a promo, and what stands against it; a Reason's fact is named behind."""

    EVERYBODY = "everybody"
    NEWCOMER = "newcomer"  # a promo for new customers
    SINCE = "since"  # a promo for customers; the day since which they are one
    PLAN = "plan"  # the name of the customer's plan
    UNTIL = "until"  # the last day
    NOT_PUBLISHED = "not_published"
    NOT_YET = "not_yet"  # the first day
    OVER = "over"  # the last day
    RESTRICTED = "restricted"  # the use of the customer's data is: no look is taken at them
    ONLY_NEW = "only_new"
    ONLY_EXISTING = "only_existing"
    OTHER_PLANS = "other_plans"  # the names of the promo's plans


class Reason(NamedTuple):
    """One thing that speaks for a promo or against it, and the day or name that it is about."""

    why: Why
    fact: Any = None


class Reasons(NamedTuple):
    """What speaks for a promo, and what stands against it; the customer gets it where nothing does."""

    speaks: tuple[Reason, ...]
    against: tuple[Reason, ...]


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


def fits(promo: Promo) -> ColumnElement[bool]:
    """Return the condition on the customers whom a promo is for by audience, plans and restriction, as offered() decides; its days and publication aside."""
    whole = promo.audience is Audience.EVERYBODY and not promo.plans
    if whole:
        return true()
    existing = Customer.status.in_(EXISTING)
    plans = Customer.subscriptions.any(and_(Subscription.status != SubscriptionStatus.ENDED, Subscription.plan_id.in_([plan.id for plan in promo.plans])))
    mine = and_(existing, plans) if promo.plans else existing
    whom = {Audience.EVERYBODY: or_(mine, ~existing), Audience.NEW: ~existing, Audience.EXISTING: mine}[promo.audience]
    return and_(Customer.restricted_at.is_(None), whom)


def reasons(promo: Promo, customer: Customer, subscription: Subscription | None, at: datetime) -> Reasons:
    """Return what speaks for a promo for a customer with a subscription at a moment, and what stands against it, as offered() decides."""
    today = customer.branch.local(at).date()
    found = [*_days(promo, today), *_person(promo, customer, subscription)]
    return Reasons(tuple(reason for reason in found if reason.why in _SPEAKS), tuple(reason for reason in found if reason.why not in _SPEAKS))


_SPEAKS = frozenset({Why.EVERYBODY, Why.NEWCOMER, Why.SINCE, Why.PLAN, Why.UNTIL})


def suiting(promo: Promo, customer: Customer) -> Subscription | None:
    """Return the customer's subscription that a promo suits best: one on its plans, else the first that runs."""
    running = [row for row in customer.subscriptions if row.status is not SubscriptionStatus.ENDED]
    return next((row for row in running if row.plan in promo.plans), running[0] if running else None)


def _days(promo: Promo, today: date) -> list[Reason]:
    published = [] if promo.published else [Reason(Why.NOT_PUBLISHED)]
    if today < promo.valid_from:
        return [*published, Reason(Why.NOT_YET, promo.valid_from)]
    return [*published, Reason(Why.OVER if today > promo.valid_until else Why.UNTIL, promo.valid_until)]


def _person(promo: Promo, customer: Customer, subscription: Subscription | None) -> list[Reason]:
    existing = customer.status in EXISTING
    if promo.audience is Audience.EVERYBODY:
        whom = Reason(Why.EVERYBODY)
    elif customer.restricted_at is not None:
        return [Reason(Why.RESTRICTED)]
    elif promo.audience is Audience.NEW:
        whom = Reason(Why.ONLY_NEW if existing else Why.NEWCOMER)
    else:
        whom = Reason(Why.SINCE, customer.since) if existing else Reason(Why.ONLY_EXISTING)
    if not promo.plans:
        return [whom]
    if customer.restricted_at is not None:
        return [Reason(Why.RESTRICTED)]
    if not existing:
        return [whom]
    mine = subscription is not None and subscription.status is not SubscriptionStatus.ENDED and subscription.plan in promo.plans
    return [whom, Reason(Why.PLAN, subscription.plan.name) if mine else Reason(Why.OTHER_PLANS, ", ".join(plan.name for plan in promo.plans))]
