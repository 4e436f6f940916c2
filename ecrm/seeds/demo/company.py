"""What the demo's parts share: the place of each branch, the staff, the moment, the dice, and the rows under way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Branch, ComplaintCategory, Counter, CoverageArea, Plan, Promo
from ecrm.models.account import Language, RoleName
from ecrm.models.base import Priority
from ecrm.models.branch import Coverage
from ecrm.models.category import Clock
from ecrm.models.plan import Audience
from ecrm.rules import calendar
from ecrm.seeds.demo.bulk import Bulk
from ecrm.seeds.demo.corpus import Topic, topic
from ecrm.seeds.demo.draft import Draft, Recent, of_branch
from ecrm.seeds.demo.names import Names

LETTERS = timedelta(days=21)  # letters older than this have been cleared away


class Place(NamedTuple):
    """A branch with its areas as (id, name, postcode) and its working time; `offset` is its clock's, which Indonesia never changes."""

    id: int
    code: str
    city: str
    offset: timedelta
    zone: str
    areas: list[tuple[int, str, str]]
    technicians: list["Worker"]
    draft: type[Draft]  # of its complaints, which count in its working time


class Worker(NamedTuple):
    """A person of the staff; `place` is the index of the branch."""

    id: int
    name: str
    email: str
    place: int


class Kind(NamedTuple):
    """A complaint category and its texts."""

    id: int
    code: str
    priority: Priority
    response_hours: int
    resolution_hours: int
    clock: Clock
    topic: Topic


class Recipient(NamedTuple):
    """Whom a letter goes to."""

    email: str
    name: str
    language: Language
    customer_id: int | None


@dataclass
class Company:
    """The demo in the making."""

    bulk: Bulk
    rng: Random
    now: datetime
    names: Names
    places: list[Place]
    plans: list[Any]
    kinds: list[Kind]
    promos: list[Any] = field(default_factory=list)  # of the seeds, for newcomers
    staff: dict[RoleName, list[Worker]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    recent: Recent = field(default_factory=Recent)
    booked: set[Any] = field(default_factory=set)  # half days of technicians that planned visits take
    compensated: int = 0  # additions that made good for a late complaint

    def number(self, prefix: str, at: datetime, place: Place) -> str:
        """Return the next number of the local month, such as KL-202611-000042."""
        month = f"{prefix}-{at + place.offset:%Y%m}"
        self.counters[month] = self.counters.get(month, 0) + 1
        return f"{month}-{self.counters[month]:06d}"

    def hours(self, typical: float) -> timedelta:
        """Return a time around `typical` hours: seldom much shorter, sometimes much longer."""
        return timedelta(hours=typical * self.rng.lognormvariate(0, 0.55))


def gather(session: Session, seed: int, now: datetime) -> Company:
    """Return the company of the seeds: branches with their connected areas, plans, categories; no staff yet."""
    rng = Random(seed)
    branches = session.scalars(select(Branch).filter_by(active=True).order_by(Branch.id))
    places = [_place(session, branch, now) for branch in branches]
    kinds = [
        Kind(row.id, row.code, row.priority, row.response_hours, row.resolution_hours, row.clock, topic(row.code))
        for row in session.scalars(select(ComplaintCategory).filter_by(active=True).order_by(ComplaintCategory.id))
    ]
    plans = list(session.scalars(select(Plan).order_by(Plan.monthly_price, Plan.id)))
    promos = list(session.scalars(select(Promo).where(Promo.published.is_(True), Promo.audience != Audience.EXISTING).order_by(Promo.id)))
    counters = {name: value for name, value in session.execute(select(Counter.name, Counter.value))}
    return Company(Bulk(session.connection()), rng, now, Names(seed), [place for place in places if place.areas], plans, kinds,
                   promos, counters=counters)


def _place(session: Session, branch: Branch, now: datetime) -> Place:
    connected = select(CoverageArea).filter_by(branch_id=branch.id, coverage=Coverage.COVERED).order_by(CoverageArea.id)
    areas = [(area.id, area.name, area.postcode or "") for area in session.scalars(connected)]
    offset = now.astimezone(ZoneInfo(branch.time_zone.value)).utcoffset() or timedelta()
    return Place(branch.id, branch.code, branch.city, offset, branch.time_zone.value, areas, [], of_branch(calendar.of(session, branch)))
