"""Requests about personal data: sent from the portal or taken by telephone, three days for each, and what follows from a decision."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.jobs import Hand, remind_of_requests
from ecrm.models import Consent, Customer, Letter, PdpRequest, Promo, RiskScore, RiskWeight, Subscription, User
from ecrm.models.base import NEVER, now
from ecrm.models.escalation import Level
from ecrm.models.pdp_request import PdpKind, PdpStatus
from ecrm.models.plan import Audience
from ecrm.rules import consent, risk
from ecrm.rules.pdp_request import CLOCK
from tests.conftest import ONE_DATABASE
from tests.staff import Page
from tests.test_accounts import form
from tests.test_two_factor import stale
from tests.world import PASSWORD, email, one

pytestmark = ONE_DATABASE
HAND = Hand("test")
BASE = "/admin/administrator/pdp_request"


def newest():
    return db.session.scalars(select(PdpRequest).order_by(PdpRequest.id.desc()).limit(1)).one()


def letters(template):
    return [letter.to_email for letter in db.session.scalars(select(Letter).where(Letter.template == template))]


def decide(app, browser, verb, **facts):
    """Let the administrator decide the newest request."""
    with app.app_context():
        number = newest().id
    return browser("administrator").send(f"{BASE}/move/?id={number}&verb={verb}", facts)


def test_from_the_portal_to_the_answer(app, browser):
    """Sent twice it is one; the clock is 72 hours; both sides are told; the customer reads the answer and not the evidence."""
    person = browser("customer")
    assert "/data" in person.get("/profile").text
    for _again in range(2):
        assert person.send("/data", {"kind": "restriction", "wish": "Jangan <ditawari>"}).status_code == 302
    with app.app_context():
        row = newest()
        assert (row.kind, row.due_at - row.received_at, row.clock_due_at) == (PdpKind.RESTRICTION, CLOCK, row.due_at)
        assert db.session.query(PdpRequest).filter_by(kind=PdpKind.RESTRICTION).count() == 1
        assert email("customer") in letters("pdp_request_file_customer") and email("administrator") in letters("pdp_request_file_administrator")
        number = row.number
    assert "Jangan &lt;ditawari&gt;" in person.get("/data").text and browser("customer2").send(f"/data/{number}/withdraw").status_code == 404
    assert decide(app, browser, "fulfil", answer="Sudah dibatasi.").status_code == 422  # no evidence, no decision
    assert decide(app, browser, "fulfil", answer="Sudah dibatasi.", evidence="Tanda di pelanggan.").status_code == 302
    page = person.get("/data").text
    assert "Sudah dibatasi." in page and "Tanda di pelanggan." not in page and 'id="restricted"' in page
    assert person.send(f"/data/{number}/withdraw").status_code == 302  # too late, and said so
    with app.app_context():
        row = newest()
        assert row.status is PdpStatus.FULFILLED and row.clock_due_at == NEVER and row.handled_by.email == email("administrator")
        assert letters("pdp_request_fulfil_customer") == [email("customer")]


def test_the_copy_asks_for_the_password(app, browser):
    """Who sits down at an open browser does not get everything at once."""
    person = browser("customer")
    person.send("/data", {"kind": "access"})
    assert decide(app, browser, "fulfil", answer="Terlampir.", evidence="Salinan dibuat.").status_code == 302
    with app.app_context():
        url = f"/data/{newest().number}/file"
    stale(person)
    assert person.get(url).location.startswith("/verify?next=")
    person.send(f"/verify?next={url}", {"password": PASSWORD})
    assert person.get(url).mimetype == "application/zip"


def test_taking_back_after_the_session_has_ended(app, browser):
    """The login leads to the page of the requests, where the button is pressed again."""
    with app.app_context():
        number = newest().number
    person = browser()
    asked = person.send(f"/data/{number}/withdraw")
    draft = re.search(r'name="draft" value="([^"]+)"', asked.text)[1]
    page = person.send("/login", {"email": email("customer"), "password": PASSWORD, "draft": draft})
    assert asked.status_code == 401 and page.status_code == 200 and f'action="/data/{number}/withdraw"' in page.text
    with app.app_context():
        assert newest().status is PdpStatus.RECEIVED


@pytest.mark.parametrize(("typed", "field"), [({}, "kind"), ({"kind": "x"}, "kind"), ({"kind": "correction"}, "wish"), ({"kind": "access", "wish": "x" * 2001}, "wish")])
def test_bad_requests(app, browser, typed, field):
    """Said beside the field, with what was typed."""
    answer = browser("customer").send("/data", typed)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and typed.get("wish", "") in answer.text


def test_taken_by_telephone_and_overdue_ones_first(app, browser):
    """Support enters one for a customer; who waits longest stands first, marked, and in the counts at the side; the administrators are told twice."""
    desk = browser("support")
    with app.app_context():
        agus = one(Customer, number="PLG-000003").id
    assert desk.send("/admin/support/pdp_request/new/", {"customer": agus, "kind": "correction", "channel": "phone", "wish": "Nama jalan"}).status_code == 302
    with app.app_context():
        late, at = newest(), now()
        assert late.customer_id == agus and late.number.startswith("DP-")
        assert remind_of_requests(db.session(), at + CLOCK * 0.79, HAND) == 0
        assert remind_of_requests(db.session(), at + CLOCK * 0.81, HAND) == 3 == len(letters("pdp_request_near_administrator"))
        late = newest()
        late.received_at, late.due_at, late.clock_due_at = at - CLOCK - timedelta(hours=1), at - timedelta(hours=1), at - timedelta(hours=1)
        db.session.commit()
        assert remind_of_requests(db.session(), at, HAND) == 1 and remind_of_requests(db.session(), at, HAND) == 0
        assert newest().told is Level.MISSED and letters("pdp_request_missed_administrator") == [email("administrator")]
        number = newest().id
    boss = browser("administrator")
    page = Page(boss.get(f"{BASE}/?flt0_undecided=1"))
    assert page.rows()[0].endswith(f"id={number}") and len(page.rows()) == 3
    assert "is-late" in next(own["class"] for own in page.all("tr") if "data-href" in own)
    front = boss.get("/admin/administrator/").text
    assert re.search(r"overdue=1[^>]*>[^<]*<[^>]*>1<|is-alarm[^>]*overdue=1[^>]*data-count=\"1\"|overdue=1\" data-count=\"1\"", front)
    assert desk.send(f"/admin/support/pdp_request/move/?id={number}&verb=decline", {"answer": "x"}).status_code == 403


def test_a_restricted_customer(app, browser):
    """Is out of the promos for some, of letters about promos and of the scores, is shown as such, and comes back."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        hemat = one(Promo, code="HEMAT")
        hemat.audience = Audience.EXISTING
        assert customer in db.session.scalars(select(Customer).where(consent.may_be_told_of_promos())).all()
        one(RiskWeight, sign="overdue").points = 100
        db.session.add(RiskWeight(sign="unsolved", points=50, most=1))
        db.session.commit()
        risk.keep(db.session(), now())
        db.session.commit()
        line = customer.subscriptions[0].id
        assert db.session.scalars(select(RiskScore).where(RiskScore.subscription_id == line)).one()
        customer.restricted_at = now()
        db.session.commit()
        risk.keep(db.session(), now())
        db.session.commit()
        assert not db.session.scalars(select(RiskScore).where(RiskScore.subscription_id == line)).all()
        assert one(Customer, number="PLG-000001") not in db.session.scalars(select(Customer).where(consent.may_be_told_of_promos())).all()
    assert "Hemat akhir tahun" not in browser("customer").get("/promos").text and "Hemat akhir tahun" in browser("customer2").get("/promos").text
    desk = browser("support")
    assert 'id="restricted"' in desk.get("/admin/support/customer/details/?id=1").text
    assert Page(desk.get("/admin/support/customer/?flt0_restricted=1")).count() == 1
    assert 'id="risk"' not in desk.get(f"/admin/support/subscription/details/?id={line}").text
    assert browser("support").send("/admin/support/customer/move/?id=1&verb=lift_restriction").status_code == 302
    assert "Hemat akhir tahun" in browser("customer").get("/promos").text and 'id="restricted"' not in desk.get("/admin/support/customer/details/?id=1").text
    assert 'id="risk"' in desk.get(f"/admin/support/subscription/details/?id={line}").text


def test_consent(app, browser):
    """Not ticked beforehand at the registration; given there with its moment and wording, changed in the profile, taken back by a request."""
    page = browser().get("/register").text
    assert re.search(r'<input[^>]*name="promos"[^>]*>', page) and not re.search(r'name="promos"[^>]*checked|checked[^>]*name="promos"', page)
    assert browser().send("/register", form(app, promos="y")).status_code == 302
    with app.app_context():
        assert one(User, email=form(app)["email"]).agreed_wording == consent.WORDING
    person = browser("customer2")

    def save(**more):
        version = re.search(r'name="version" value="(\d+)"', person.get("/profile").text)[1]
        return person.send("/profile", {"phone": "081234567890", "language": "id", "version": version} | more)

    assert save(promos="y").status_code == 302 and save(promos="y").status_code == 302
    with app.app_context():
        siti = one(Customer, number="PLG-000002").id
        assert [(row.given, row.wording) for row in db.session.scalars(select(Consent).where(Consent.customer_id == siti))] == [(True, consent.WORDING)]
    assert re.search(r'name="promos"[^>]*checked|checked[^>]*name="promos"', person.get("/profile").text)
    person.send("/data", {"kind": "withdrawal"})
    assert decide(app, browser, "fulfil", answer="Sudah.", evidence="Persetujuan ditarik.").status_code == 302
    assert not re.search(r'name="promos"[^>]*checked|checked[^>]*name="promos"', person.get("/profile").text)
    with app.app_context():
        assert [row.given for row in db.session.scalars(select(Consent).where(Consent.customer_id == siti).order_by(Consent.id))] == [True, False]
        assert not db.session.scalars(select(Subscription.id).join(Subscription.customer).where(consent.may_be_told_of_promos(), Customer.id == siti)).all()
