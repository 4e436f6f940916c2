"""The portal over HTTP: the pages around a complaint."""

import re
from dataclasses import replace

import pytest

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import (
    BandwidthGrant, Complaint, CoverageArea, Customer, Demand, Installation, Outage, OutageFollower, PdpRequest, Plan, Promo, PromoRequest, Reply, User,
)
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.plan import Audience
from ecrm.rules import move
from tests.conftest import ONE_DATABASE
from tests.portal import number, pick, solve, typed
from tests.world import email, one


@pytest.mark.parametrize("path", ["/", "/promos", "/promos/HEMAT", "/login", "/register", "/confirm", "/reset", "/registered"])
def test_pages_for_everybody(browser, path):
    """A visitor reads them without logging in."""
    page = browser().get(path)
    assert page.status_code == 200 and "<h1" in page.text and '<html lang="id"' in page.text


@pytest.mark.parametrize("path", ["/home", "/complaints", "/complaints/new", "/bandwidth", "/profile", "/promos", "/promos/HEMAT",
                                  "/change", "/change-email"])
def test_pages_of_a_customer(browser, path):
    """A customer opens them; a visitor is asked to log in and comes back to the same page."""
    assert browser("customer").get(path).status_code == 200
    if path.startswith("/promos"):
        return
    sent = browser().get(path)
    assert sent.status_code == 302 and sent.location.startswith("/login?next=") and path.strip("/") in sent.location


def test_everybody_is_sent_where_they_work(browser):
    """Staff to their site, customers home, visitors to the login."""
    assert browser("customer").get("/start").location == "/home"
    assert browser("technician").get("/start").location == "/admin/"
    assert browser().get("/start").location == "/login"
    assert browser("customer").get("/").location == "/start"
    assert browser("support").get("/complaints").location == "/start"


def test_the_front_page_shows_only_promos_that_run_for_visitors(app, browser):
    """Drafts, past ones and those for existing customers are not there."""
    page = browser().get("/").text
    assert "Hemat akhir tahun" in page and "Belum terbit" not in page and "Home 20" in page
    with app.app_context():
        one(Promo, code="HEMAT").audience = Audience.EXISTING
        db.session.commit()
    assert "Hemat akhir tahun" not in browser().get("/").text
    assert "Hemat akhir tahun" in browser("customer").get("/home").text


def test_a_promo_on_other_plans_is_not_offered(app, browser):
    """A promo on Home 50 is not for somebody on Home 20; one on both is."""
    with app.app_context():
        one(Promo, code="HEMAT").plans = [one(Plan, code="HOME50")]
        db.session.commit()
    assert "Hemat akhir tahun" not in browser("customer").get("/home").text
    with app.app_context():
        promo = one(Promo, code="HEMAT")
        promo.plans = [*promo.plans, one(Plan, code="HOME20")]
        db.session.commit()
    assert "Hemat akhir tahun" in browser("customer").get("/home").text


def test_home_adds_the_running_bandwidth(app, browser):
    """Base plus what runs today; a draft does not count."""
    assert "<strong>20</strong> Mbps" in browser("customer").get("/home").text
    with app.app_context():
        move(one(BandwidthGrant, extra_mbps=10), "approve", None, now())
        db.session.commit()
    assert "<strong>30</strong> Mbps" in browser("customer").get("/home").text
    assert "+10 Mbps" in browser("customer").get("/bandwidth").text
    assert "+10 Mbps" not in browser("customer2").get("/bandwidth").text


def test_the_address_in_letters_finds_the_readers_page(app, browser):
    """Customers go to the portal, staff to their site, visitors to the login first."""
    row = pick(app, lambda: one(Complaint, subject="Lampu LOS merah").id)
    assert browser("customer").get(f"/go/complaint/{row}").location == f"/complaints/{number(app, 'Lampu LOS merah')}"
    assert browser("technician").get(f"/go/complaint/{row}").location == f"/admin/go/complaint/{row}"
    assert browser().get(f"/go/complaint/{row}").location == f"/login?next=/go/complaint/{row}"


def test_the_list_filters_and_pages(app, browser):
    """Twelve more complaints: two pages, clamped numbers, the filter by what is left to do."""
    person = browser("customer")
    for count in range(12):
        person.send("/complaints/new", typed(app, subject=f"Keluhan {count:02d}"))
    solve(app, "Lampu LOS merah")
    first, second = person.get("/complaints").text, person.get("/complaints?page=2").text
    assert first.count("complaint-card") == 10 and second.count("complaint-card") == 4
    for odd in ("0", "-1", "x", "9" * 26):
        assert person.get(f"/complaints?page={odd}").status_code == 200
    assert "Lampu LOS merah" in person.get("/complaints?show=solved").text
    assert "Keluhan 03" not in person.get("/complaints?show=solved").text
    assert "Internet putus-putus" not in first + second


def test_the_profile_changes_phone_and_language(app, browser):
    """Any local way of writing; a wrong one is refused with the text kept; the older of two edits is told."""
    person = browser("customer")
    version = re.search(r'name="version" value="(\d+)"', person.get("/profile").text)[1]
    wrong = person.send("/profile", {"phone": "12", "language": "en", "version": version})
    assert 'id="phone-error"' in wrong.text and 'value="12"' in wrong.text
    assert person.send("/profile", {"phone": "0812-3456-7890", "language": "en", "version": version}).status_code == 302
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        assert (customer.phone, customer.user.phone, customer.user.language.value) == ("+6281234567890", "+6281234567890", "en")
    late = person.send("/profile", {"phone": "0812-1111-2222", "language": "en", "version": version})
    assert late.status_code == 409 and "0812" in late.text.replace("+62", "0")
    assert pick(app, lambda: one(Customer, number="PLG-000001").phone) == "+6281234567890"


def test_the_language_is_kept(app, browser):
    """In the session of a visitor, on the account of a person; only a path of ours is gone back to."""
    visitor = browser()
    assert visitor.send("/language", {"language": "en", "back": "/login"}).location == "/login"
    assert '<html lang="en"' in visitor.get("/login").text
    assert visitor.send("/language", {"language": "xx"}).status_code == 400
    for away in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert visitor.send("/language", {"language": "en", "back": away}).location == "/"
    person = browser("customer")
    person.send("/language", {"language": "en", "back": "/home"})
    assert '<html lang="en"' in browser("customer").get("/home").text


def test_errors_have_a_page(app, browser):
    """404, and a visitor's broken token, in our look with the telephone number."""
    lost = browser().get("/nowhere")
    assert lost.status_code == 404 and "tel:+622150101234" in lost.text
    assert browser().post("/language", data={"language": "en"}).status_code == 400


def test_an_account_without_a_customer_is_told_to_call(app, browser):
    """No page breaks while support has not linked the account."""
    with app.app_context():
        one(Customer, number="PLG-000001").user = None
        db.session.commit()
    person = browser("customer")
    for path in ("/home", "/complaints", "/bandwidth", "/profile", "/promos"):
        assert person.get(path).status_code == 200
    assert person.send("/profile", {"phone": "0812-3456-7890", "language": "en"}).status_code == 302
    assert pick(app, lambda: (one(User, email=email("customer")).phone, one(Customer, number="PLG-000001").phone)) == ("+6281234567890", "+628120000001")
    assert person.get("/data").status_code == 403 and person.send("/promos/HEMAT/interest").status_code == 403
    assert person.get("/complaints/new").status_code == 403
    assert person.send("/complaints/new", typed(app)).status_code == 403


@ONE_DATABASE
@pytest.mark.parametrize(("model", "right", "url", "data"), [
    (Installation, policy.Right.CREATE, "/apply", {"area": "{area}"}), (Demand, policy.Right.CREATE, "/coverage/wait", {}),
    (Reply, policy.Right.CREATE, "/complaints/{complaint}/reply", {"text": "Halo"}), (PromoRequest, policy.Right.CREATE, "/promos/HEMAT/interest", {}),
    (OutageFollower, policy.Right.CREATE, "/outages/{outage}/follow", {}), (PdpRequest, policy.Right.CREATE, "/data", {"kind": "access"}),
    (Complaint, policy.Right.CREATE, "/complaints/new", {}), (Customer, policy.Right.EDIT, "/profile", {"phone": "08123456789", "language": "en"}),
])
def test_what_the_policy_takes_from_customers(app, browser, monkeypatch, model, right, url, data):
    """The form is refused, and nothing is written."""
    before = policy.POLICY[model][RoleName.CUSTOMER]
    monkeypatch.setitem(policy.POLICY[model], RoleName.CUSTOMER, replace(before, may=before.may & ~right))
    with app.app_context():
        named = {"area": one(CoverageArea, name="Kapuk Muara").id, "complaint": one(Complaint, subject="Lampu LOS merah").number,
                 "outage": db.session.query(Outage).filter_by(status="restored").one().number}
        rows = db.session.query(model).count()
    answer = browser("customer").send(url.format(**named), {name: value.format(**named) for name, value in data.items()})
    assert answer.status_code == 403
    with app.app_context():
        assert db.session.query(model).count() == rows and one(Customer, number="PLG-000001").phone == "+628120000001"
