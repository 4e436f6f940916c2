"""Rules propose bandwidth additions: who is eligible and why not, drafts that come once, and the pages that say so."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from ecrm.extensions import db
from ecrm.jobs import propose_grants
from ecrm.models import BandwidthGrant, Branch, Customer, GrantRule, Plan, ProvisionCall, RiskScore, Subscription, User
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import now
from ecrm.row_by_row import Hand
from ecrm.rules import grant_rule, move
from ecrm.rules.grant_rule import Candidate, against, months_before
from tests.world import email, one

HAND = Hand("test")
TODAY = date(2026, 3, 31)
LOYAL = {"id": 7, "active": True, "least_months": 1, "plan_id": 1, "branch_id": 2, "least_risk": 30}
FITS = {"since": date(2026, 2, 28), "today": TODAY, "plan_id": 1, "branch_id": 2, "risk": 30}


@pytest.mark.parametrize(("day", "months", "wanted"), [
    (TODAY, 1, date(2026, 2, 28)), (TODAY, 3, date(2025, 12, 31)), (TODAY, 0, TODAY), (date(2024, 2, 29), 12, date(2023, 2, 28)), (date(2026, 1, 15), 24, date(2024, 1, 15)),
])
def test_months(day, months, wanted):
    """A month that is shorter ends with its last day."""
    assert months_before(day, months) == wanted


@pytest.mark.parametrize(("rule", "one", "count"), [
    ({}, {}, 0), ({"active": False}, {}, 1), ({}, {"running": False}, 1), ({}, {"restricted": True}, 1), ({}, {"granted": True}, 1),
    ({}, {"had": frozenset({7})}, 1), ({}, {"had": frozenset({8})}, 0), ({}, {"since": date(2026, 3, 1)}, 1), ({}, {"plan_id": 2}, 1), ({"plan_id": None}, {"plan_id": 2}, 0),
    ({}, {"branch_id": 1}, 1), ({"branch_id": None}, {"branch_id": 1}, 0), ({}, {"risk": 29}, 1), ({"least_risk": None}, {"risk": 0}, 0),
    ({"least_months": 0}, {"since": TODAY}, 0), ({"active": False}, {"risk": 0, "granted": True}, 3),
])
def test_what_stands_against_it(app, rule, one, count):
    """Each condition alone keeps an addition back, and is said."""
    with app.test_request_context():
        assert len(against(SimpleNamespace(**LOYAL | rule), Candidate(**FITS | one))) == count


@pytest.fixture
def rule(app):
    """An active rule for everybody of two years; no draft is in its way. Returns its id."""
    with app.app_context():
        for row in (one(ProvisionCall), one(BandwidthGrant)):
            db.session.delete(row)
        row = one(GrantRule)
        row.active, row.least_months = True, 24
        db.session.commit()
        return row.id


CHANGES = {
    "as it is": lambda: None,
    "a plan": lambda: setattr(one(GrantRule), "plan", one(Plan, code="HOME50")),
    "a branch": lambda: setattr(one(GrantRule), "branch", one(Branch, code="BTM")),
    "the own branch": lambda: setattr(one(GrantRule), "branch", one(Branch, code="JKT")),
    "risk": lambda: setattr(one(GrantRule), "least_risk", 30),
    "many months": lambda: setattr(one(GrantRule), "least_months", 600),
    "not active": lambda: setattr(one(GrantRule), "active", False),
    "restricted": lambda: setattr(one(Customer, number="PLG-000001"), "restricted_at", now()),
    "erased": lambda: setattr(one(Customer, number="PLG-000001"), "erased_at", now()),
    "begun today": lambda: setattr(one(Subscription, customer_id=1), "valid_from", now().date()),
    "over soon": lambda: setattr(one(Subscription, customer_id=1), "valid_until", now().date() + timedelta(days=2)),
    "over": lambda: setattr(one(Subscription, customer_id=1), "valid_until", now().date() - timedelta(days=1)),
    "suspended": lambda: move(one(Subscription, customer_id=1), "suspend", None, now(), reason="Menunggak"),
    "has one": lambda: db.session.add(BandwidthGrant(subscription=one(Subscription, customer_id=1), extra_mbps=5, reason="promo", valid_from=now().date(),
                                                     valid_until=now().date() + timedelta(days=3))),
}


COUNTS = {"as it is": 3, "the own branch": 3, "over soon": 3, "a plan": 0, "a branch": 0, "many months": 0, "not active": 0, "risk": 1}


def test_the_database_says_the_same(app, rule):
    """What the SELECT finds is what nothing stands against."""
    for name, change in CHANGES.items():
        with app.test_request_context():
            change()
            db.session.flush()
            row, at = db.session.get(GrantRule, rule), now()
            every = db.session.query(Subscription).all()
            fine = {line.id for line in every if not against(row, grant_rule.candidate(db.session(), line, at))}
            assert {line.id for line in db.session.scalars(grant_rule.eligible(row, at))} == fine, name
            assert len(fine) == COUNTS.get(name, 2), name
            db.session.rollback()


def test_proposed_once(app, rule):
    """A second run finds nothing; neither does one after support refused, until a year is over. What gives more comes first."""
    with app.app_context():
        db.session.add(GrantRule(name="Lebih banyak", extra_mbps=50, days=30, least_risk=30))
        db.session.commit()
        assert (propose_grants(db.session(), now(), HAND), propose_grants(db.session(), now(), HAND)) == (3, 0)
        drafts = {row.subscription.customer_id: row for row in db.session.query(BandwidthGrant)}
        assert {number: (row.rule.name, row.status, row.granted_by_id) for number, row in drafts.items()} == {
            1: ("Lebih banyak", GrantStatus.DRAFT, None), 2: ("Dua tahun setia", GrantStatus.DRAFT, None), 3: ("Dua tahun setia", GrantStatus.DRAFT, None)}
        assert (drafts[2].valid_until - drafts[2].valid_from).days == 89
        move(drafts[2], "revoke", one(User, email=email("support")), now(), reason="Menunggak")
        db.session.commit()
        assert propose_grants(db.session(), now(), HAND) == 0
        assert propose_grants(db.session(), now() + timedelta(days=366), HAND) == 1
    assert app.test_cli_runner().invoke(args=["grants", "propose"]).output == "Bandwidth additions proposed: 0\n"


def test_its_days_count_from_the_approval(app, rule):
    """A draft that lay for a while is no shorter; who approved it stands on it."""
    with app.app_context():
        propose_grants(db.session(), now() - timedelta(days=200), HAND)
        row = db.session.query(BandwidthGrant).first()
        move(row, "approve", one(User, email=email("support")), now())
        db.session.commit()
        today = row.subscription.customer.branch.local(now()).date()
        assert (row.valid_from, row.valid_until, row.granted_by.email) == (today, today + timedelta(days=89), email("support"))


def test_the_pages(app, browser, rule):
    """Support writes a rule, sees how many it reaches and why a line is left out, and proposes at once; managers read."""
    support = browser("support")
    typed = {"name": "Berisiko", "extra_mbps": "10", "days": "60", "least_months": "0", "least_risk": "30", "plan": "__None", "branch": "__None", "active": "y"}
    assert "is-invalid" in support.send("/admin/support/grant_rule/new/", typed | {"days": "1"}).text
    page = support.send("/admin/support/grant_rule/new/", typed, follow_redirects=True).text
    assert 'id="eligible" data-count="1"' in page and 'data-verb="propose"' in page
    with app.app_context():
        number, lines = one(GrantRule, name="Berisiko").id, [one(Subscription, customer_id=person).id for person in (1, 2)]
    shown = [support.get(f"/admin/support/subscription/details/?id={line}").text for line in lines]
    assert [page.count('data-eligible="1"') for page in shown] == [2, 1] and "Poin risikonya kurang dari 30." in shown[1]
    assert browser("manager").send(f"/admin/manager/grant_rule/move/?id={number}&verb=propose").status_code == 403
    support.send(f"/admin/support/grant_rule/move/?id={number}&verb=propose")
    with app.app_context():
        assert one(BandwidthGrant, rule_id=number).subscription.customer_id == 1 and db.session.query(RiskScore).count() == 1
    assert 'id="eligible" data-count="0"' in browser("manager").get(f"/admin/manager/grant_rule/details/?id={number}").text
