"""Provisioning is told by signed calls what additions began or are over: tried until they are answered, so that none is lost."""

import json
import logging
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from flask import current_app
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from ecrm.letters import posting
from ecrm.letters.outbox import WAITS
from ecrm.models import BandwidthGrant, Customer, ProvisionCall, Subscription
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.provisioning import ProvisionEvent as E
from ecrm.reports import speeds
from ecrm.row_by_row import Hand
from ecrm.rules.bandwidth import there

log = logging.getLogger(__name__)
BATCH = 200


class NotTaken(OSError):
    """Provisioning answered, but did not take the call."""


def run(session: Session, at: datetime, hand: Hand) -> int:
    """Tell provisioning of the additions that began or are over, where the settings name its address; return how many calls were taken."""
    settings = current_app.config["ECRM"]
    if settings["PROVISION_URL"] is None:
        return 0
    note(session, at)
    session.commit()
    return deliver(session, settings["PROVISION_URL"], settings["PROVISION_SECRET"], at, hand)


def note(session: Session, at: datetime) -> int:
    """Queue a call for each addition that began and of which nobody was told, and for each that is over after its beginning was told; unflushed.

    What is queued follows from how the additions stand, so that nothing is missed, whatever changed them.
    """
    other = aliased(ProvisionCall)

    def told(*events: E) -> ColumnElement[bool]:
        return select(other.id).where(other.grant_id == BandwidthGrant.id, other.event.in_(events)).exists()

    rows = select(BandwidthGrant).join(BandwidthGrant.subscription).join(Subscription.customer).join(Customer.branch)
    begun = rows.where(BandwidthGrant.status == GrantStatus.ACTIVE, there(lambda day: BandwidthGrant.valid_from <= day, at), ~told(E.STARTED))
    over = rows.join(ProvisionCall, ProvisionCall.grant_id == BandwidthGrant.id).where(
        ProvisionCall.event == E.STARTED, BandwidthGrant.status.in_((GrantStatus.EXPIRED, GrantStatus.REVOKED)), ~told(E.EXPIRED, E.REVOKED))
    found = [*((grant, E.STARTED) for grant in session.scalars(begun)), *((grant, E(grant.status.value)) for grant in session.scalars(over))]
    session.add_all(ProvisionCall(grant=grant, event=event, queued_at=at, next_try_at=at) for grant, event in found)
    return len(found)


def deliver(session: Session, url: str, secret: str, at: datetime, hand: Hand) -> int:
    """Make the calls that are due, the oldest first, each with its own commit; return how many were taken.

    Where provisioning is not reached, the others wait for the next turn.
    """
    due = select(ProvisionCall.id).where(ProvisionCall.sent_at.is_(None), ProvisionCall.next_try_at <= at).order_by(ProvisionCall.id).limit(BATCH)
    ids, taken = list(session.scalars(due)), 0
    for number in ids:
        if hand.stop():
            break
        body = json.dumps(contents(session, session.get_one(ProvisionCall, number), at)).encode()
        session.rollback()  # no transaction is open while the network is waited for
        error = _post(url, secret, body, at)
        row = session.get_one(ProvisionCall, number)
        row.tries += 1
        if error is None:
            row.sent_at, row.last_error, taken = at, None, taken + 1
        else:
            row.last_error, row.next_try_at = f"{type(error).__name__}: {error}"[:500], at + timedelta(minutes=WAITS[min(row.tries - 1, len(WAITS) - 1)])
            log.warning("call %d to provisioning is put off: %s", number, row.last_error)
        session.commit()
        if error is not None and not isinstance(error, NotTaken):
            break
    return taken


def contents(session: Session, call: ProvisionCall, at: datetime) -> dict[str, Any]:
    """Return what a call says: the event, and the speed of the line as it is now, so that the order of calls does not matter."""
    grant = call.grant
    speed = speeds.of(session, grant.subscription_id, at)
    return {
        "id": call.id, "event": call.event.value,
        "grant": {"id": grant.id, "extra_mbps": grant.extra_mbps, "valid_from": grant.valid_from.isoformat(), "valid_until": grant.valid_until.isoformat(),
                  "reason": grant.reason.value},
        "subscription": {"username": speeds.username(grant.subscription.customer.number, grant.subscription_id), "runs": speed is not None,
                         "down_mbps": speed and speed.down, "up_mbps": speed and speed.up, "rate_limit": speed and speed.rate_limit},
    }


def _post(url: str, secret: str, body: bytes, at: datetime) -> Exception | None:
    """Post a call and return why it was not taken, None where it was."""
    try:
        posting.post(url, secret, body, at)
    except HTTPError as error:
        error.close()
        return NotTaken(f"HTTP {error.code}")
    except (OSError, HTTPException) as error:
        return error
    return None
