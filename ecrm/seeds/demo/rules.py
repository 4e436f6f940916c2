"""The demo's rules of bandwidth additions, what each branch may spend, and what the rules proposed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Branch
from ecrm.rules import grant_rule
from ecrm.seeds.demo.company import Company

RULES = (  # name, active, months, points of risk, Mbps, days
    ("Setia tiga tahun", True, 36, None, 20, 90),
    ("Hampir berhenti", True, 3, 30, 10, 60),
    ("Setia satu tahun", False, 12, None, 10, 30),
)
BUDGET = 2000  # Mbps of a branch
DRAFTS = 6  # of each rule


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
