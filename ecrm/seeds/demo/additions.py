"""The demo's bandwidth additions in every state, and promos around the present day."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Promo
from ecrm.models.account import RoleName
from ecrm.models.bandwidth import GrantReason, GrantStatus as S
from ecrm.models.plan import Audience
from ecrm.rules.bandwidth import LIFECYCLE
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import SYSTEM, Draft, NotYet, Subject
from ecrm.seeds.demo.company import Company
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.caller import Caller, contact
from ecrm.seeds.demo.crowd import Crowd
from ecrm.seeds.demo.story import Story

FATES = (S.ACTIVE, S.EXPIRED, S.DRAFT, S.REVOKED)
OFFERS = (  # code, title, text, first and last day from today, for whom, published
    ("KEMERDEKAAN", "Promo kemerdekaan: kecepatan dua kali lipat",
     "Selama Agustus semua pelanggan menikmati kecepatan dua kali lipat tanpa biaya.",
     -115, -84, Audience.EVERYBODY, True),
    ("SETIA", "Bonus 20 Mbps untuk pelanggan setia",
     "Sudah tiga tahun bersama kami? Ajukan tambahan 20 Mbps selama tiga bulan lewat layanan pelanggan.",
     -40, 50, Audience.EXISTING, True),
    ("KILAT", "Pasang hari ini, aktif besok",
     "Pendaftaran sebelum pukul 12 dipasang keesokan harinya, atau bulan pertama gratis.", -10, 20, Audience.NEW, True),
    ("RAMADAN", "Paket Ramadan", "Konsep: kuota malam tanpa batas selama Ramadan. Menunggu persetujuan.",
     60, 95, Audience.EVERYBODY, False),
)


def announce(session: Session, company: Company) -> None:
    """Add promos that are over, run, or are being prepared, beside those of the seeds."""
    there = set(session.scalars(select(Promo.code)))
    today = company.now.date()
    for code, title, text, first, last, audience, published in OFFERS:
        if code not in there:
            company.bulk.add("promo", {
                "id": company.bulk.new_id("promo"), "code": code, "title": title, "text": text, "picture_key": None,
                "valid_from": today + timedelta(days=first), "valid_until": today + timedelta(days=last), "audience": audience,
                "published": published, "version": 1,
            })


def thank(company: Company, crowd: Crowd, count: int) -> None:
    """Grant `count` additions for loyalty or a promo; the demo's customer has one that ran out and one that is active."""
    rng = company.rng
    hero = crowd.caller(crowd.hero)
    for fate, days in ((S.EXPIRED, 400), (S.ACTIVE, 20)):
        _grant(company, hero, fate, company.now - timedelta(days=days), GrantReason.LOYALTY, shared.LOYALTY[0])
    for n in range(max(0, count - 2)):
        fate = FATES[n] if n < len(FATES) else rng.choices(FATES, (26, 62, 4, 8))[0]
        begun = company.now - timedelta(days=_days_ago(rng, fate))
        reason = rng.choice((GrantReason.LOYALTY, GrantReason.LOYALTY, GrantReason.PROMO)) if n else GrantReason.PROMO
        note = rng.choice(shared.LOYALTY if reason is GrantReason.LOYALTY else shared.PROMO)
        _grant(company, crowd.draw(begun), fate, begun, reason, note)


def _days_ago(rng: Random, fate: S) -> float:
    return {S.ACTIVE: rng.uniform(2, 25), S.DRAFT: rng.uniform(0.1, 3)}.get(fate, rng.uniform(100, 1000))


def compensate(company: Company, story: Story) -> None:
    """Grant an addition to a customer who waited too long."""
    row = story.row
    begun = row.resolved_at + timedelta(minutes=30)
    if begun < company.now:
        days = (company.now - begun).days
        fate = S.ACTIVE if days < 25 else S.EXPIRED
        company.compensated += 1
        note = company.rng.choice(shared.COMPENSATION)
        _grant(company, story.caller, fate, begun, GrantReason.COMPENSATION, note, row.id)


def _facts(company: Company, caller: Caller, row: Draft) -> dict[str, Any]:
    """Return what rules.facts says of a grant."""
    return {
        "mbps": row.extra_mbps, "valid_from": row.valid_from.isoformat(), "valid_until": row.valid_until.isoformat(),
        "plan": company.plans[caller.plan].name, "address": contact(company, caller)[1],
        "zone": company.places[caller.place].zone,
    }


def _grant(company: Company, caller: Caller, fate: S, begun: datetime, reason: GrantReason, note: str,
           complaint: int | None = None) -> None:
    rng = company.rng
    clerk = rng.choice(company.staff[RoleName.SUPPORT])
    days = 90 if fate is S.ACTIVE else rng.choice((30, 60, 90))
    row = Draft(
        id=company.bulk.new_id("bandwidth_grant"), subscription_id=caller.subscription,
        extra_mbps=rng.choice((5, 10, 10, 20, 20, 50)), valid_from=begun.date(),
        valid_until=begun.date() + timedelta(days=days), reason=reason, note=note, status=S.DRAFT,
        complaint_id=complaint, rule_id=None, granted_by_id=None, version=1,
    )
    title = f"+{row.extra_mbps} Mbps {row.valid_from}–{row.valid_until}"
    subject = Subject("bandwidth_grant", row, LIFECYCLE, title, lambda _at, table, values: company.bulk.add(table, values),
                      lambda audience: caller.recipient, lambda: _facts(company, caller, row))
    by = acts.worker(clerk)
    acts.create(subject, by, begun)
    try:
        if fate is not S.DRAFT:
            acts.move(company, subject, "approve", by, begun + timedelta(minutes=20), granted_by_id=clerk.id)
        if fate is S.REVOKED:
            acts.move(company, subject, "revoke", by, begun + timedelta(days=3), rng.choice(shared.REVOKED))
        if fate is S.EXPIRED:
            acts.move(company, subject, "expire", SYSTEM, begun + timedelta(days=days + 1))
    except NotYet:
        pass
    company.bulk.add("bandwidth_grant", vars(row))
