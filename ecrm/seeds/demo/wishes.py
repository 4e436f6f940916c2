"""The demo's promo requests: customers who saw promos, those who pressed “I'm interested”, and what support answered."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Promo
from ecrm.models.account import Language, RoleName
from ecrm.models.plan import Audience, promo_plan
from ecrm.models.promo_request import PromoRequestStatus as S
from ecrm.models.step import Via
from ecrm.rules.promo_request import LIFECYCLE
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import Actor, Draft, NotYet, Subject
from ecrm.seeds.demo.company import Company, Recipient
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.caller import Caller, contact
from ecrm.seeds.demo.crowd import Crowd

FATES = (S.REQUESTED, S.ACCEPTED, S.DECLINED, S.WITHDRAWN)
VERBS = {S.ACCEPTED: "accept", S.DECLINED: "decline", S.WITHDRAWN: "withdraw"}


def wish(session: Session, company: Company, crowd: Crowd, count: int) -> None:
    """Let `count` customers with an account ask for promos that ran then and were for them; each for each promo once."""
    company.bulk.flush()
    offers = _offers(session)
    asked: set[tuple[int, int]] = set()
    for n in range(count * 20 if offers else 0):
        if len(asked) == count:
            break
        promo, plans = offers[n % len(offers)]
        fate = FATES[len(asked) % 4] if len(asked) < 8 else company.rng.choices(FATES, (20, 55, 15, 10))[0]
        at = _moment(company, promo, fate)
        caller = crowd.draw(at) if at else None
        if caller and caller.account and (caller.id, promo.id) not in asked and (not plans or company.plans[caller.plan].id in plans):
            asked.add((caller.id, promo.id))
            _ask(company, caller, promo, fate, at)
    _glance(company, crowd, offers, asked)


def _glance(company: Company, crowd: Crowd, offers: list[tuple[Any, set[int]]], asked: set[tuple[int, int]]) -> None:
    """Let others see promos that ran and were for them; by a chance of its own, so that the rest of the demo stays as it is."""
    chance = Random(len(crowd))
    for index in range(len(crowd)):
        caller = crowd.caller(index)
        for promo, plans in offers if caller.account else ():
            first, last = datetime.combine(promo.valid_from, time(2), UTC), min(datetime.combine(promo.valid_until, time(12), UTC), company.now)
            at = first + (last - first) * chance.random() if first < last else None
            fits = at and crowd.connected(index, at.toordinal()) and (not plans or company.plans[caller.plan].id in plans)
            if fits and (caller.id, promo.id) not in asked and chance.random() < 0.5:
                company.bulk.add("promo_seen", {"promo_id": promo.id, "customer_id": caller.id, "seen_at": at})


def _offers(session: Session) -> list[tuple[Any, set[int]]]:
    """Return the published promos for customers, with the ids of their plans."""
    plans: dict[int, set[int]] = {}
    for promo_id, plan_id in session.execute(select(promo_plan.c.promo_id, promo_plan.c.plan_id)):
        plans.setdefault(promo_id, set()).add(plan_id)
    table = Promo.__table__
    found = session.execute(select(table).where(table.c.published.is_(True), table.c.audience != Audience.NEW).order_by(table.c.id))
    return [(row, plans.get(row.id, set())) for row in found]


def _moment(company: Company, promo: Any, fate: S) -> datetime | None:
    """Return a moment while the promo ran: of the last two days where nobody has answered yet; None where it did not run then."""
    first = datetime.combine(promo.valid_from, time(2), UTC)
    last = min(datetime.combine(promo.valid_until, time(12), UTC), company.now)
    first = max(first, company.now - timedelta(days=2)) if fate is S.REQUESTED else first
    return first + (last - first) * company.rng.random() if first < last else None


def _facts(company: Company, caller: Caller, promo: Any, row: Draft) -> dict[str, Any]:
    """Return what rules.facts says of a request."""
    return {"promo": promo.title, "remark": row.remark, "customer_name": caller.name, "phone": contact(company, caller)[0],
            "zone": company.places[caller.place].zone}


def _ask(company: Company, caller: Caller, promo: Any, fate: S, at: datetime) -> None:
    rng = company.rng
    clerk = rng.choice(company.staff[RoleName.SUPPORT])
    row = Draft(id=company.bulk.new_id("promo_request"), promo_id=promo.id, customer_id=caller.id,
                remark=rng.choice(shared.WISHES) if rng.random() < 0.5 else None, status=S.REQUESTED, requested_at=at, answered_at=None, version=1)
    readers = {"customer": caller.recipient, "support": Recipient(clerk.email, clerk.name, Language.INDONESIAN, None)}
    subject = Subject("promo_request", row, LIFECYCLE, f"{promo.title} – {caller.name}",
                      lambda _at, table, values: company.bulk.add(table, values), readers.get, lambda: _facts(company, caller, promo, row))
    customer = Actor(caller.account, caller.name, caller.email, Via.PORTAL)
    acts.create(subject, customer, at)
    acts.tell(company, subject, "ask", "support", customer, at, None)
    try:
        if fate in VERBS:
            by = customer if fate is S.WITHDRAWN else acts.worker(clerk)
            reason = rng.choice(shared.NOT_FOR_YOU) if fate is S.DECLINED else None
            acts.move(company, subject, VERBS[fate], by, at + timedelta(hours=rng.uniform(0.3, 20)), reason)
    except NotYet:
        pass
    company.bulk.add("promo_request", vars(row))
    company.bulk.add("promo_seen", {"promo_id": promo.id, "customer_id": caller.id, "seen_at": at - timedelta(minutes=2)})
