"""A customer says “I'm interested” in a promo; support sees it, answers, and the customer reads the answer."""

import re

import pytest

from ecrm.extensions import db
from ecrm.models import Letter, Promo, PromoRequest, Step
from ecrm.models.base import now
from ecrm.models.plan import Audience
from tests.staff import Page
from tests.world import one

URL = "/promos/HEMAT"


@pytest.fixture(autouse=True)
def no_wish_yet(app):
    """The little company's own request stands in the way of a first one."""
    with app.app_context():
        for row in db.session.query(PromoRequest).all():
            db.session.delete(row)
        promo = one(Promo, code="HEMAT")
        promo.audience, promo.published, promo.plans = Audience.EVERYBODY, True, []
        promo.valid_from, promo.valid_until = now().date().replace(month=1, day=1), now().date().replace(year=now().year + 1, month=12, day=31)
        db.session.commit()


def wishes(app):
    """Return (status, remark) of all requests."""
    with app.app_context():
        return [(row.status.value, row.remark) for row in db.session.query(PromoRequest).order_by(PromoRequest.id)]


def moved(app, browser, verb, **facts):
    """Let support answer the newest request."""
    with app.app_context():
        number = db.session.query(PromoRequest).order_by(PromoRequest.id.desc()).first().id
    return browser("support").send(f"/admin/support/promo_request/move/?id={number}&verb={verb}", facts)


def test_asked_once(app, browser):
    """Pressed twice it is one request; support is told once, and sees it on the front page and in the list."""
    person = browser("customer")
    assert 'id="interested"' in person.get(URL).get_data(as_text=True)
    for _again in range(2):
        assert person.send(f"{URL}/interest", {"remark": "Kapan <mulai>?"}).status_code == 302
    assert wishes(app) == [("requested", "Kapan <mulai>?")]
    page = person.get(URL).get_data(as_text=True)
    assert 'id="withdraw"' in page and "Kapan &lt;mulai&gt;?" in page and 'id="interested"' not in page
    with app.app_context():
        assert db.session.query(Letter).filter_by(template="promo_request_ask_support").count() > 0
    shown = Page(browser("support").get("/admin/support/promo_request/?flt0_status=requested"))
    assert shown.count() == 1


def test_taken_back(app, browser):
    """Taken back, it can be asked for again; only the own wish can be taken back."""
    browser("customer").send(f"{URL}/interest", {})
    assert browser("customer2").send(f"{URL}/withdraw").status_code == 404
    assert browser("customer").send(f"{URL}/withdraw").status_code == 302
    browser("customer").send(f"{URL}/interest", {"remark": "lagi"})
    assert wishes(app) == [("withdrawn", None), ("requested", "lagi")]


def test_too_long_a_remark(app, browser):
    """It is said beside the field, and what was typed stays."""
    answer = browser("customer").send(f"{URL}/interest", {"remark": "x" * 501})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="remark-error"' in said and "x" * 501 in said
    assert wishes(app) == []


def test_answered(app, browser):
    """A refusal needs a reason, which the customer reads on the page and in a letter; after it one may ask again."""
    browser("customer").send(f"{URL}/interest", {})
    assert moved(app, browser, "decline").status_code == 422
    assert moved(app, browser, "decline", reason="Belum ada di Bandung").status_code == 302
    page = browser("customer").get(URL).get_data(as_text=True)
    assert "Belum ada di Bandung" in page and 'id="interested"' in page
    with app.app_context():
        assert db.session.query(Letter).filter_by(template="promo_request_decline_customer").one().data["reason"] == "Belum ada di Bandung"
    browser("customer").send(f"{URL}/interest", {})
    assert moved(app, browser, "accept").status_code == 302
    page = browser("customer").get(URL).get_data(as_text=True)
    assert 'id="interested"' not in page and 'id="withdraw"' not in page and 'id="wish"' in page
    assert "Belum ada di Bandung" not in browser("customer2").get(URL).get_data(as_text=True)


def test_not_for_everybody(app, browser):
    """A promo for new customers is none for an old one; visitors log in first, and nothing is written for either."""
    with app.app_context():
        one(Promo, code="HEMAT").audience = Audience.NEW
        db.session.commit()
    assert browser("customer").send(f"{URL}/interest", {}).status_code == 409
    visitor = browser()
    assert 'id="interested"' not in visitor.get(URL).get_data(as_text=True)
    assert visitor.send(f"{URL}/interest", {"remark": "tamu"}).status_code == 401
    assert browser("customer").post(f"{URL}/interest", data={}).status_code in (302, 400)
    assert wishes(app) == []


def test_the_trail_of_a_row(app, browser):
    """Managers and administrators go from a row's page to its trail; others have no such link."""
    browser("customer").send(f"{URL}/interest", {})
    with app.app_context():
        number = db.session.query(PromoRequest).one().id
        steps = db.session.query(Step).filter_by(table="promo_request", row_id=number).count()
    page = browser("manager").get(f"/admin/manager/promo_request/details/?id={number}").get_data(as_text=True)
    address = re.search(r'id="trail" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert Page(browser("manager").get(address)).count() == steps > 0
    complaint = browser("manager").get("/admin/manager/complaint/details/?id=1").get_data(as_text=True)
    assert 'id="trail"' in complaint
    assert 'id="trail"' not in browser("support").get(f"/admin/support/promo_request/details/?id={number}").get_data(as_text=True)
