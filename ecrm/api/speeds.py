"""How fast each line is to be, for who provisions: the plan's speed and the bandwidth additions whose days it is where the line is."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify
from flask_babel import gettext as _
from sqlalchemy import and_, func, or_, select

from ecrm import policy
from ecrm.api import door, paging, reading
from ecrm.api.problems import Problem
from ecrm.api.resources import SUBSCRIPTIONS, Resource
from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Branch, Customer, Plan, Subscription
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import now
from ecrm.models.branch import TimeZone
from ecrm.models.customer import SubscriptionStatus
from ecrm.policy import Right


def listed(resource: Resource) -> Response:
    """Return a page of the speeds of the subscriptions that exist for the token."""
    _need()
    rows, behind = paging.asked_rows(resource, door.role(), reading.rows(SUBSCRIPTIONS))
    found = _of([row.id for row in rows], now())
    return jsonify({"items": [found[row.id] for row in rows], "next": behind})


def one(resource: Resource, id: int) -> Response:
    """Return the speed of a subscription."""
    _need()
    row = reading.fetch(resource, id)
    return jsonify(_of([row.id], now())[row.id])


def _need() -> None:
    """Raise Problem where the role does not read all that a speed is made of."""
    if not all(policy.may(door.role(), model, Right.READ) for model in (Subscription, Plan, BandwidthGrant)):
        raise Problem(403, _("Your account has no right to this page."))


def _of(ids: list[int], at: datetime) -> dict[int, dict[str, Any]]:
    """Return the speeds of subscriptions by their ids; what is suspended or ended has none."""
    days = {zone: at.astimezone(ZoneInfo(zone.value)).date() for zone in TimeZone}
    running = or_(*(and_(Branch.time_zone == zone, BandwidthGrant.valid_from <= day, BandwidthGrant.valid_until >= day) for zone, day in days.items()))
    mine = policy.scope(BandwidthGrant, door.role(), door.user())
    extra = and_(BandwidthGrant.subscription_id == Subscription.id, BandwidthGrant.status == GrantStatus.ACTIVE, running, mine)
    query = select(Subscription.id, Subscription.customer_id, Subscription.status, Plan.down_mbps, Plan.up_mbps, func.sum(BandwidthGrant.extra_mbps))
    query = query.join(Subscription.plan).join(Subscription.customer).join(Customer.branch).outerjoin(BandwidthGrant, extra)
    query = query.where(Subscription.id.in_(ids)).group_by(Subscription.id, Plan.id)
    return {row[0]: _speed(*row) for row in db.session.execute(query)}


def _speed(number: int, customer: int, status: SubscriptionStatus, down: int, up: int, extra: Any) -> dict[str, Any]:
    flows, more = status is SubscriptionStatus.ACTIVE, int(extra or 0)
    return {"subscription_id": number, "customer_id": customer, "status": status.value, "plan_down_mbps": down, "plan_up_mbps": up,
            "extra_mbps": more, "down_mbps": down + more if flows else 0, "up_mbps": up if flows else 0}
