"""How fast each line is to be now, for who provisions; what it is made of stands in ecrm/reports/speeds.py."""

from typing import Any

from flask import Response, jsonify

from ecrm import policy
from ecrm.api import door, paging, reading
from ecrm.api.problems import Problem
from ecrm.api.resources import SUBSCRIPTIONS, Resource
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import BandwidthGrant, Plan, Subscription
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.reports.speeds import statement


def listed(resource: Resource) -> Response:
    """Return a page of the speeds of the subscriptions that exist for the token."""
    _need()
    rows, behind = paging.asked_rows(resource, door.role(), reading.rows(SUBSCRIPTIONS))
    return jsonify({"items": _of(rows), "next": behind})


def one(resource: Resource, id: int) -> Response:
    """Return the speed of a subscription."""
    _need()
    return jsonify(_of([reading.fetch(resource, id)])[0])


def _need() -> None:
    """Raise Problem where the role does not read all that a speed is made of."""
    if not all(policy.may(door.role(), model, Right.READ) for model in (Subscription, Plan, BandwidthGrant)):
        raise Problem(403, _("Your account has no right to this page."))


def _of(rows: list[Any]) -> list[dict[str, Any]]:
    """Return the speeds of subscriptions, 0 for a line that does not run."""
    found = db.session.execute(statement(now()).where(Subscription.id.in_([row.id for row in rows])))
    running = {number: (up, base, int(extra)) for number, _customer, _plan, up, base, extra in found}
    return [_speed(row, *running.get(row.id, (0, 0, 0))) for row in rows]


def _speed(row: Subscription, up: int, base: int, extra: int) -> dict[str, Any]:
    return {"subscription_id": row.id, "customer_id": row.customer_id, "status": row.status.value, "down_mbps": base + extra, "up_mbps": up, "extra_mbps": extra}
