"""The demo's requests about personal data in every state, its consents, and some logins that failed."""

from datetime import datetime, timedelta
from typing import Any

from ecrm.models.access_event import AccessKind
from ecrm.models.account import Language, RoleName
from ecrm.models.complaint import Channel
from ecrm.models.consent import Purpose
from ecrm.models.escalation import Level
from ecrm.models.pdp_request import PdpKind as K, PdpStatus as S
from ecrm.models.step import Via
from ecrm.rules.consent import WORDING
from ecrm.rules.pdp_request import CLOCK, LIFECYCLE
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import Actor, Draft, Subject
from ecrm.seeds.demo.caller import Caller, contact
from ecrm.seeds.demo.company import Company, Recipient
from ecrm.seeds.demo.crowd import Crowd

HOUR = timedelta(hours=1)
STORIES = (  # kind, hours ago, words, the verbs that followed, the answer
    (K.CORRECTION, 900, "Nama jalan saya tertulis salah, seharusnya Jl. Melati Raya.", ("take", "fulfil"), "Alamat Anda sudah kami perbaiki."),
    (K.DELETION, 700, "Saya pindah kota, tolong hapus data saya.", ("decline",), "Langganan Anda masih berjalan. Setelah berakhir, silakan ajukan lagi."),
    (K.ACCESS, 500, None, ("take", "fulfil"), "Salinan data Anda tersedia di “Data saya” selama 30 hari."),
    (K.RESTRICTION, 300, "Jangan pakai data saya untuk promo.", ("withdraw",), None),
    (K.CORRECTION, 61, "Nomor telepon saya sudah ganti.", ("take",), None),
    (K.ACCESS, 76, "Saya ingin tahu data apa saja yang disimpan.", (), None),
    (K.DELETION, 9, "Mohon dihapus, saya sudah tidak berlangganan.", (), None),
)


def keep(company: Company, crowd: Crowd) -> None:
    """Add what customers asked about their data and agreed to, the first as they registered, and what was refused."""
    callers = [crowd.caller(index) for index in range(len(crowd))]
    known = [caller for caller in callers if caller.account and caller.email]
    for number, caller in enumerate(known):
        if number % 3 == 0:
            at = company.now - timedelta(days=company.rng.uniform(5, 400))
            company.bulk.add("consent", {"customer_id": caller.id, "purpose": Purpose.MARKETING, "given": True, "wording": WORDING, "at": at})
    company.bulk.flush()
    for number, story in enumerate(STORIES if known else ()):
        _ask(company, known[number * 7 % len(known)], *story)
    for hours, caller in zip((2, 3, 50), known, strict=False):
        company.bulk.add("access_event", {
            "at": company.now - HOUR * hours, "kind": AccessKind.LOGIN, "user_id": caller.account, "address": f"203.0.113.{hours}", "rule": "/login",
            "request_id": f"{company.rng.getrandbits(64):016x}",
        })


def _facts(company: Company, caller: Caller, row: Draft) -> dict[str, Any]:
    """Return what rules.facts says of a request."""
    return {"kind": row.kind.value, "target_due": row.due_at.isoformat(), "answer": row.answer, "customer_name": caller.name,
            "phone": contact(company, caller)[0], "zone": company.places[caller.place].zone}


def _ask(company: Company, caller: Caller, kind: K, hours: int, wish: str | None, verbs: tuple[str, ...], answer: str | None) -> None:
    at, place = company.now - HOUR * hours, company.places[caller.place]
    told = Level.MISSED if hours > 72 else Level.NEAR
    row = Draft(
        id=company.bulk.new_id("pdp_request"), number=company.number("DP", at, place), customer_id=caller.id, kind=kind, channel=Channel.PORTAL,
        wish=wish, status=S.RECEIVED, received_at=at, due_at=at + CLOCK, clock_due_at=at + CLOCK, told=told if hours in (61, 76) else None,
        decided_at=None, answer=None, evidence=None, handled_by_id=None, version=1,
    )
    boss = company.staff[RoleName.ADMINISTRATOR][0]
    readers = {"customer": caller.recipient, "administrator": Recipient(boss.email, boss.name, Language.INDONESIAN, None)}
    subject = Subject("pdp_request", row, LIFECYCLE, f"{row.number} {kind.label}", lambda _at, table, values: company.bulk.add(table, values),
                      readers.get, lambda: _facts(company, caller, row))
    customer = Actor(caller.account, caller.name, caller.email, Via.PORTAL)
    acts.create(subject, customer, at)
    acts.tell(company, subject, "file", "administrator", customer, at, None)
    for place_, verb in enumerate(verbs, 1):
        own = verb == "withdraw"
        _move(company, subject, verb, customer if own else acts.worker(boss), at + HOUR * 5 * place_, answer, None if own else boss.id)
    company.bulk.add("pdp_request", vars(row))


def _move(company: Company, subject: Subject, verb: str, by: Actor, at: datetime, answer: str | None, handler: int | None) -> None:
    facts: dict[str, Any] = {"handled_by_id": handler} if handler else {}
    if verb in ("fulfil", "decline"):
        facts |= {"answer": answer, "evidence": "Dicatat pada halaman pelanggan; lihat riwayat."}
    acts.move(company, subject, verb, by, at, **facts)
