"""Who a promo is for and why: the rule agrees with what is offered, the portal says it, and what was seen is noted once."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm.attributes import set_committed_value

from ecrm.extensions import db
from ecrm.models import Customer, Plan, Promo, PromoSeen, Step
from ecrm.models.base import now
from ecrm.models.customer import CustomerStatus
from ecrm.models.plan import Audience
from ecrm.models.promo_seen import note
from ecrm.rules.promo import fits, offered, reasons, suiting
from tests.staff import Page
from tests.world import one

AT = datetime(2026, 6, 15, 3, tzinfo=UTC)
RUNS, LATER, PAST = (date(2026, 6, 15), date(2026, 6, 30)), (date(2026, 6, 16), date(2026, 6, 30)), (date(2026, 6, 1), date(2026, 6, 14))
WHY, LINE = "Mengapa Anda?", "Anda pelanggan sejak 1 Mei 2023. Promo ini untuk paket Anda Home 20."
TABLE = [  # audience, its plans, status of a customer with Home 20, restricted, days, published → for, against
    (Audience.EVERYBODY, (), "active", False, RUNS, True, "until everybody", ""),
    (Audience.EVERYBODY, (), "active", True, RUNS, True, "until everybody", ""),
    (Audience.EVERYBODY, ("HOME20", "HOME50"), "active", False, RUNS, True, "until everybody plan", ""),
    (Audience.EVERYBODY, ("HOME50",), "active", False, RUNS, True, "until everybody", "other_plans"),
    (Audience.EVERYBODY, ("HOME20",), "active", True, RUNS, True, "until", "restricted"),
    (Audience.EVERYBODY, ("HOME50",), "prospect", False, RUNS, True, "until everybody", ""),
    (Audience.EXISTING, (), "suspended", False, RUNS, True, "until since", ""),
    (Audience.EXISTING, ("HOME20",), "active", False, RUNS, True, "until since plan", ""),
    (Audience.EXISTING, (), "active", True, RUNS, True, "until", "restricted"),
    (Audience.EXISTING, (), "prospect", False, RUNS, True, "until", "only_existing"),
    (Audience.NEW, (), "ended", False, RUNS, True, "until newcomer", ""),
    (Audience.NEW, ("HOME20",), "active", False, RUNS, True, "until plan", "only_new"),
    (Audience.EVERYBODY, (), "active", False, LATER, True, "everybody", "not_yet"),
    (Audience.EVERYBODY, (), "active", False, PAST, False, "everybody", "not_published over"),
]


def arranged(audience, plans, status, restricted, days, published):
    """Return the promo and the customer; uncommitted."""
    promo, customer = one(Promo, code="HEMAT"), one(Customer, number="PLG-000001")
    promo.audience, promo.plans, promo.published = audience, [one(Plan, code=code) for code in plans], published
    promo.valid_from, promo.valid_until = days
    values = {"status": CustomerStatus(status), "restricted_at": AT if restricted else None}
    db.session.connection().execute(update(Customer.__table__).where(Customer.__table__.c.id == customer.id).values(values))  # as if it had been moved
    set_committed_value(customer, "status", CustomerStatus(status))
    set_committed_value(customer, "restricted_at", AT if restricted else None)
    db.session.flush()
    return promo, customer


def words(found):
    return " ".join(reason.why.value for reason in found)


def test_reasons(app):
    """What speaks for a promo and what stands against it, with the day or name that each is about."""
    with app.app_context():
        for *facts, speaks, against in TABLE:
            promo, customer = arranged(*facts)
            found = reasons(promo, customer, suiting(promo, customer), AT)
            assert (words(found.speaks), words(found.against)) == (speaks, against), facts
        promo, customer = arranged(Audience.EXISTING, ("HOME20",), "active", False, RUNS, True)
        assert [reason.fact for reason in reasons(promo, customer, suiting(promo, customer), AT).speaks] == [RUNS[1], customer.since, "Home 20"]
        assert words(reasons(promo, customer, None, AT).against) == "other_plans"


def test_nothing_against_is_offered(app):
    """Of every combination, the promos that nothing stands against are those that the SELECT of the portal finds and the recap counts."""
    days, plans = (RUNS, LATER, PAST), ((), ("HOME20",), ("HOME50",))
    found = []
    with app.app_context():
        for facts in product(Audience, plans, ("active", "suspended", "prospect", "ended"), (False, True), days, (True, False)):
            promo, customer = arranged(*facts)
            chosen = select(Promo.id).where(Promo.id == promo.id, Promo.published.is_(True), offered(customer, AT.date()))
            given = db.session.scalar(chosen) is not None
            assert given is not bool(reasons(promo, customer, suiting(promo, customer), AT).against), facts
            counted = db.session.scalar(select(Customer.id).where(Customer.id == customer.id, fits(promo))) is not None
            assert given is (counted and facts[4] is RUNS and facts[5]), facts
            found.append(given)
    assert True in found and False in found


@pytest.fixture
def hemat(app):
    """A promo for customers on Home 20 that runs."""
    today = now().date()
    with app.app_context():
        db.session.query(PromoSeen).delete()
        arranged(Audience.EXISTING, ("HOME20",), "active", False, (today - timedelta(days=2), today + timedelta(days=9)), True)
        db.session.commit()


def seen(app):
    """Return (promo, customer's number) of what was seen."""
    with app.app_context():
        return [(row.promo.code, row.customer.number) for row in db.session.query(PromoSeen).order_by(PromoSeen.id)]


def test_why_me(app, browser, hemat):
    """The list and the page say it to a customer, not to a visitor; a promo that does not fit says why not, and cannot be asked for."""
    for url in ("/promos", "/promos/HEMAT", "/home"):
        assert f"{WHY}</strong> {LINE}" in (page := browser("customer").get(url).text) or f"{WHY} {LINE}" in page, url
    assert WHY not in browser().get("/promos/HEMAT").text
    with app.app_context():
        one(Promo, code="HEMAT").plans = [one(Plan, code="HOME50")]
        db.session.commit()
    page = browser("customer").get("/promos/HEMAT").text
    assert 'id="why"' in page and WHY not in page and 'id="interested"' not in page
    assert WHY not in browser("customer").get("/promos").text


def test_seen_once(app, browser, hemat):
    """The page and the list note a promo at the first look, without a trail; visitors, staff and restricted customers are not noted."""
    for who in (None, "support"):
        browser(*([who] if who else [])).get("/promos/HEMAT")
    with app.app_context():
        one(Customer, number="PLG-000002").restricted_at = now()
        before = db.session.query(Step).count()
        db.session.commit()
    browser("customer2").get("/promos/HEMAT")
    assert seen(app) == []
    for url in ("/home", "/promos/HEMAT", "/promos", "/promos/HEMAT"):
        assert browser("customer").get(url).status_code == 200
        assert seen(app) == ([] if url == "/home" else [("HEMAT", "PLG-000001")])
    with app.app_context():
        assert db.session.query(Step).filter(Step.table == "promo_seen").count() == 0 and before
    shown = Page(browser("support").get("/admin/support/promo_seen/"))
    assert shown.count() == 1


def test_two_at_once(app, hemat):
    """The first look stays where two requests note it."""
    with app.app_context():
        promo, customer = one(Promo, code="HEMAT").id, one(Customer, number="PLG-000001").id
        db.session.rollback()
        for at in (AT, AT + timedelta(days=1)):
            with db.engine.begin() as connection:
                note(connection, customer, [promo], at)
        assert db.session.scalars(select(PromoSeen.seen_at)).all() == [AT]
