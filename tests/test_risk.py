"""Who may leave: the sum line by line, the signs as they were known then, and the back-test that holds them against what came."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Complaint, ComplaintCategory, Customer, RiskScore, RiskWeight, Subscription, User
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.risk import RiskSign as S
from ecrm.reports import backtest
from ecrm.rules import move, risk
from ecrm.rules.complaint import enter
from tests.conftest import ONE_DATABASE
from tests.staff import Page
from tests.sweep import fields_of
from tests.world import email, one

DAY = timedelta(days=1)


def weight(sign, points, most=1, active=True):
    return SimpleNamespace(sign=sign, points=points, most=most, active=active)


TABLE = {
    "nothing found": ({}, [weight(S.COMPLAINTS, 6)], 0),
    "each counts": ({S.COMPLAINTS: 2}, [weight(S.COMPLAINTS, 6, 5)], 12),
    "so many at the most": ({S.COMPLAINTS: 9}, [weight(S.COMPLAINTS, 6, 5)], 30),
    "a plain sum": ({S.COMPLAINTS: 1, S.OVERDUE: 1}, [weight(S.COMPLAINTS, 6), weight(S.OVERDUE, 8)], 14),
    "years speak for staying": ({S.COMPLAINTS: 1, S.YEARS: 4}, [weight(S.COMPLAINTS, 6), weight(S.YEARS, -3, 5)], -6),
    "a weight that is switched off": ({S.COMPLAINTS: 1}, [weight(S.COMPLAINTS, 6, active=False)], 0),
    "a sign without a weight": ({S.OVERDUE: 1}, [weight(S.COMPLAINTS, 6)], 0),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_sum(name):
    """The score is what its lines add, no more and no less."""
    signs, weights, wanted = TABLE[name]
    assert risk.score(signs, weights) == wanted == sum(line.adds for line in risk.lines(signs, weights))
    assert {line.sign for line in risk.lines(signs, weights)} <= set(signs)


@pytest.mark.parametrize(("days", "young", "years"), [(0, 1, 0), (182, 1, 0), (183, 0, 0), (364, 0, 0), (365, 0, 1), (1100, 0, 3)])
def test_how_long_with_us(days, young, years):
    """Half a year is 183 days, a year 365."""
    today = date(2026, 11, 24)
    assert risk.age_signs(today - days * DAY, today) == {S.YOUNG: young, S.YEARS: years}


@pytest.fixture
def weighed(app):
    """Complaints weigh."""
    with app.app_context():
        db.session.add(RiskWeight(sign=S.COMPLAINTS, points=20, most=3))
        db.session.commit()


@pytest.fixture
def past(app):
    """Agus' subscription, whose life lies in the past; returns (at, id): the day in question, and the subscription."""
    with app.app_context():
        customer = one(Customer, number="PLG-000003")
        return datetime(2026, 6, 1, tzinfo=UTC), customer.subscriptions[0].id


def complain(at, *, named=True, **after):
    """Enter a complaint of Agus' at a moment; `after` are its columns as they became."""
    customer = one(Customer, number="PLG-000003")
    row = enter(db.session, Complaint(customer=customer, category=one(ComplaintCategory, code="BILL"), subject="Uji", description="x",
                                      subscription=customer.subscriptions[0] if named else None), at)
    for name, value in after.items():
        setattr(row, name, value)
    db.session.flush()
    return row


def test_what_was_known_then(app, past):
    """Complaints of 90 days, those without a subscription too; what happened later is not known yet."""
    at, number = past
    with app.app_context():
        due = at - 50 * DAY
        complain(at - 60 * DAY, response_due_at=due, resolution_due_at=due, resolved_at=at - 40 * DAY, rating=1)
        complain(at - 30 * DAY, named=False, response_due_at=at + DAY, resolution_due_at=at + DAY)
        complain(at - 30 * DAY, response_due_at=at + DAY, resolution_due_at=at + DAY, resolved_at=at + DAY, rating=1)
        complain(at - 100 * DAY, resolved_at=at - 99 * DAY)
        complain(at + DAY)
        db.session.commit()
        found = risk.signs(db.session, at)[number]
    assert {sign: count for sign, count in found.items() if count} == {
        S.COMPLAINTS: 3, S.OVERDUE: 1, S.LOW_RATING: 1, S.UNSOLVED: 2, S.YEARS: 3}


def test_reopened_and_suspended_are_read_from_the_trail(app, past):
    """The moves say when."""
    _at, number = past
    with app.app_context():
        support, at = one(User, email=email("support")), now()
        row = complain(at - 2 * DAY)
        move(row, "resolve", support, at - DAY, reason="Beres")
        move(row, "reopen", support, at - DAY / 2, reason="Mati lagi")
        move(db.session.get(Subscription, number), "suspend", support, at - DAY, reason="Menunggak")
        db.session.commit()
        found, before = (risk.signs(db.session, moment)[number] for moment in (now() + DAY, at - 10 * DAY))
    assert (found[S.REOPENED], found[S.SUSPENDED]) == (1, 1)
    assert not before.get(S.REOPENED) and not before[S.SUSPENDED]


def test_who_has_ended_has_no_score(app, weighed, past):
    """Before the end it had one; the worker takes it away."""
    _at, number = past
    with app.app_context():
        db.session.get(Subscription, number).valid_from = (now() - 3.5 * 365 * DAY).date()
        complain(now() - DAY)
        complain(now() - DAY)
        assert risk.keep(db.session, now())
        db.session.commit()
        assert one(RiskScore, subscription_id=number).signs == {"complaints": 2, "years": 3}
        move(db.session.get(Subscription, number), "end", one(User, email=email("support")), now(), reason="Pindah")
        db.session.commit()
        risk.keep(db.session, now() + DAY)
        db.session.commit()
        assert db.session.scalar(select(RiskScore).where(RiskScore.subscription_id == number)) is None
        assert number in risk.signs(db.session, now() - DAY)


def test_the_scores_are_counted_by_hand(app, weighed, past):
    """`flask risk` does what the worker does each day, and says how many subscriptions it found signs for."""
    _at, number = past
    with app.app_context():
        complain(now() - DAY)
        db.session.execute(RiskScore.__table__.delete())
        db.session.commit()
    printed = app.test_cli_runner().invoke(args=["risk"])
    with app.app_context():
        scores = {row.subscription_id: row.signs for row in db.session.scalars(select(RiskScore))}
    assert printed.exit_code == 0 and scores[number]["complaints"] == 1
    assert printed.output == f"Subscriptions with signs that speak against staying: {len(scores)}\n"


def test_the_page_explains_the_score_line_by_line(app, browser, weighed):
    """Managers and support read the same lines as the rule; technicians and customers read none."""
    with app.app_context():
        number = one(Subscription, customer_id=1).id
        lines = risk.lines(risk.signs(db.session, now())[number], risk.weights(db.session))
        total = sum(line.adds for line in lines)
    for role in ("support", "manager"):
        page = browser(role).get(f"/admin/{role}/subscription/details/?id={number}").text
        assert f"Risiko pelanggan berhenti: {total} poin" in page
        section = page[page.index('id="risk"'):]
        assert section[:section.index("</section>")].count("<tr>") == len(lines) + 1
    assert 'id="risk"' not in browser("technician").get(f"/admin/technician/subscription/details/?id={number}").text


@ONE_DATABASE
def test_who_gives_no_bandwidth_is_offered_no_form_for_it(app, browser, monkeypatch):
    """The way to the subscription's lines stays."""
    site = next(site for site in app.extensions["admin"] if site.role is RoleName.MANAGER)
    with app.app_context():
        number = one(RiskScore).id
    pages = [browser("manager").get(f"/admin/manager/risk_score/details/?id={number}").text]
    monkeypatch.setattr(site.screen(BandwidthGrant), "can_create", False)
    pages.append(browser("manager").get(f"/admin/manager/risk_score/details/?id={number}").text)
    assert ["bandwidth_grant/new/?subscription=" in page for page in pages] == [True, False] and all("#risk" in page for page in pages)


def test_managers_find_the_customers_at_risk(app, browser, weighed):
    """The tile counts the list behind it, the highest score first; the weights are theirs to change."""
    manager = browser("manager")
    assert 'risk_score/?flt0_risk=1" data-count="1"' in manager.get("/admin/manager/").text
    listed = manager.get("/admin/manager/risk_score/?flt0_risk=1")
    assert Page(listed).count() == 1 and "Keluhan dalam 90 hari: 2" in listed.text
    with app.app_context():
        row = one(RiskWeight, sign=S.COMPLAINTS)
        url = f"/admin/manager/risk_weight/edit/?id={row.id}"
    typed = fields_of(manager.get(url)) | {"points": "101"}
    refused = manager.send(url, typed)
    assert "is-invalid" in refused.text and "101" in refused.text
    assert manager.send(url, typed | {"points": "50", "active": "y"}).status_code == 302
    with app.app_context():
        assert one(RiskWeight, sign=S.COMPLAINTS).points == 50


def test_the_back_test_counts_who_left(app, weighed):
    """Ten customers, one of whom complained and left: the top tenth is that one, and nobody else left."""
    with app.app_context():
        first, support = one(Customer, number="PLG-000003"), one(User, email=email("support"))
        for number in range(17):
            db.session.add(Subscription(customer=one(Customer, number="PLG-000001"), plan=first.subscriptions[0].plan, address=f"Jl. {number}",
                                        valid_from=date(2023, 1, 1)))
        for _ in range(3):
            complain(now() - 150 * DAY)
        move(first.subscriptions[0], "end", support, now() - 110 * DAY, reason="Pindah")
        other = db.session.scalars(select(Subscription).where(Subscription.address == "Jl. 3")).one()
        move(other, "end", support, now() - 105 * DAY, reason="Pindah")
        db.session.commit()
        found = list(backtest.trials(db.session, now()))
        last = found[-2]
        assert (last.active, last.left, last.top, last.top_left) == (20, 2, 2, 1)
        printed = app.test_cli_runner().invoke(args=["risk-backtest"])
    assert printed.exit_code == 0 and "times as often" in printed.output


def test_the_back_test_without_an_end(app):
    """Nobody has left: it says so."""
    printed = app.test_cli_runner().invoke(args=["risk-backtest"])
    assert printed.exit_code == 1 and "No subscription has ended yet" in printed.output
