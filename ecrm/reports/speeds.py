"""Effective speeds: what provisioning sets for each line that runs, its plan and its active additions together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ecrm.extensions import only_reads
from ecrm.models import BandwidthGrant, Branch, Customer, Plan, Subscription
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules.bandwidth import there

CHUNK = 1000  # lines that one statement reads; no connection waits for a slow reader
HEADER = ("username", "customer", "plan", "down_mbps", "up_mbps", "extra_mbps", "rate_limit")  # of a machine's file: the same in every language


def username(number: str, subscription_id: int) -> str:
    """Return a line's name for RADIUS: customer number and id of the subscription, with nothing in it that a users file reads otherwise."""
    return f"{re.sub('[^A-Za-z0-9._-]', '_', number)}-{subscription_id}"


@dataclass(frozen=True)
class Speed:
    """One line: its name for RADIUS, whose it is, and Mbps; `extra` is in `down` already. Additions do not change `up`."""

    id: int
    number: str
    plan: str
    up: int
    base: int
    extra: int

    @property
    def username(self) -> str:
        """Return the line's name for RADIUS."""
        return username(self.number, self.id)

    @property
    def down(self) -> int:
        """Return the download Mbps with the additions."""
        return self.base + self.extra

    @property
    def rate_limit(self) -> str:
        """Return MikroTik's rate limit: what the router receives (upload), then what it sends (download)."""
        return f"{self.up}M/{self.down}M"

    def row(self) -> list[object]:
        """Return the values under HEADER."""
        return [self.username, self.number, self.plan, self.down, self.up, self.extra, self.rate_limit]


def statement(at: datetime) -> Select[tuple[int, str, str, int, int, int]]:
    """Return the SELECT of the lines that run, by their ids; an addition counts on its days where the branch is."""
    runs = there(lambda day: and_(BandwidthGrant.valid_from <= day, BandwidthGrant.valid_until >= day), at)
    extra = select(func.coalesce(func.sum(BandwidthGrant.extra_mbps), 0)).where(
        BandwidthGrant.subscription_id == Subscription.id, BandwidthGrant.status == GrantStatus.ACTIVE, runs).correlate(Subscription, Branch).scalar_subquery()
    begun = there(lambda day: and_(Subscription.valid_from <= day, or_(Subscription.valid_until.is_(None), Subscription.valid_until > day)), at)
    rows = select(Subscription.id, Customer.number, Plan.code, Plan.up_mbps, Plan.down_mbps, extra).join(Subscription.customer).join(Customer.branch)
    return rows.join(Plan, Plan.id == Subscription.plan_id).where(Subscription.status == SubscriptionStatus.ACTIVE, begun).order_by(Subscription.id)


def of(session: Session, subscription_id: int, at: datetime) -> Speed | None:
    """Return the speed of one line, None where it does not run."""
    found = session.execute(statement(at).where(Subscription.id == subscription_id)).one_or_none()
    return Speed(*found[:5], int(found[5])) if found else None


def every(engine: Engine, at: datetime) -> Iterator[Speed]:
    """Yield the speeds of all lines that run, read a chunk at a time."""
    last = 0
    while True:
        with Session(engine) as session:
            only_reads(session)
            found = session.execute(statement(at).where(Subscription.id > last).limit(CHUNK)).all()
        yield from (Speed(*row[:5], int(row[5])) for row in found)
        if len(found) < CHUNK:
            return
        last = found[-1][0]


def radius(rows: Iterator[Speed]) -> Iterator[str]:
    """Yield the lines of a FreeRADIUS users file that sets MikroTik's rate limit."""
    for one in rows:
        yield f'{one.username}\n\tMikrotik-Rate-Limit := "{one.rate_limit}"\n'
