"""The demo's rules of bandwidth additions, what each branch may spend, what the rules proposed, calls to provisioning, and notes of calls with customers at risk."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import BandwidthGrant, Branch, CallNote, ProvisionCall, RiskScore
from ecrm.models.account import RoleName
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.provisioning import ProvisionEvent
from ecrm.rules import grant_rule
from ecrm.seeds.demo.company import Company

RULES = (  # name, active, months, points of risk, Mbps, days
    ("Setia tiga tahun", True, 36, None, 20, 90),
    ("Hampir berhenti", True, 3, 30, 10, 60),
    ("Setia satu tahun", False, 12, None, 10, 30),
)
BUDGET = 2000  # Mbps of a branch
NOTES = ("Kecewa karena keluhan lama selesai. Minta dihubungi lagi Jumat sore.", "Membandingkan harga dengan penyedia lain, tertarik tambahan kecepatan.",
         "Tidak diangkat. Coba lagi besok pagi.", "Sudah puas setelah teknisi datang.")
DRAFTS = 6  # of each rule
CALLS = 8  # that provisioning took


def write(session: Session, company: Company) -> None:
    """Add the rules and budgets; needs the scores of risk. Some drafts wait, the worker adds the others."""
    for name, active, months, points, mbps, days in RULES:
        company.bulk.add("grant_rule", {"name": name, "active": active, "least_months": months, "plan_id": None, "branch_id": None, "least_risk": points,
                                        "extra_mbps": mbps, "days": days, "version": 1})
    company.bulk.flush()
    for branch in session.scalars(select(Branch)):
        branch.grant_budget_mbps = BUDGET
    for rule in grant_rule.in_order(session):
        grant_rule.propose(session, rule, company.now, DRAFTS)
        session.flush()
    for grant in session.scalars(select(BandwidthGrant).where(BandwidthGrant.status == GrantStatus.ACTIVE).order_by(BandwidthGrant.id).limit(CALLS)):
        session.add(ProvisionCall(grant=grant, event=ProvisionEvent.STARTED, queued_at=company.now, sent_at=company.now, next_try_at=company.now, tries=1))
    boss = company.staff[RoleName.MANAGER][0]
    worst = session.scalars(select(RiskScore).order_by(RiskScore.score.desc(), RiskScore.id).limit(len(NOTES)))
    for hours, (row, text) in enumerate(zip(worst, NOTES, strict=False), 2):
        session.add(CallNote(customer_id=row.subscription.customer_id, text=text, at=company.now - timedelta(hours=hours * 9), by_id=boss.id))
