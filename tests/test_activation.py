"""Support activates an installed application: customer, subscription and account come of it at once, or nothing does."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from pypdf import PdfReader

from ecrm.extensions import db
from ecrm.models import Consent, Customer, Installation, Letter, ServiceStandard, Subscription, User, Visit
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.models.customer import CustomerStatus
from ecrm.models.recap import Measure, Unit
from ecrm.rules import move
from tests.conftest import ONE_DATABASE
from tests.staff import Page
from tests.world import email, one

NEW = "pemohon@test.example"


@pytest.fixture
def installed(app):
    """The application of the technician's visit, installed; return its id."""
    with app.app_context():
        row = one(Installation, applicant_name="Pemohon technician")
        row.agreed_wording = "2026-11"
        move(row, "install", one(User, email=email("technician")), now(), report="Terpasang rapi")
        db.session.commit()
        return row.id


def press(browser, number, verb="activate", **facts):
    """Press a button of the installation's page as support."""
    return browser("support").send(f"/admin/support/installation/move/?id={number}&verb={verb}", facts, follow_redirects=True)


def change(app, number, **values):
    """Change columns of the application."""
    with app.app_context():
        for name, value in values.items():
            setattr(db.session.get(Installation, number), name, value)
        db.session.commit()


def counts(app):
    """Return how many customers, subscriptions and accounts there are."""
    with app.app_context():
        return tuple(db.session.query(model).count() for model in (Customer, Subscription, User))


def status(app, number):
    """Return the status of the application."""
    with app.app_context():
        return db.session.get(Installation, number).status.value


def test_activated(app, browser, installed):
    """One customer, subscription, account and invitation, whoever presses again; the person chooses a password and is in."""
    before = counts(app)
    press(browser, installed)
    press(browser, installed)
    assert counts(app) == tuple(count + 1 for count in before) and status(app, installed) == "activated"
    with app.app_context():
        row = db.session.get(Installation, installed)
        line, = row.customer.subscriptions
        assert (row.customer.status, line.plan, line.address, line.status.value) == (CustomerStatus.ACTIVE, row.plan, row.address, "active")
        assert row.customer.since == line.valid_from == row.area.branch.local(row.activated_at).date()
        assert db.session.query(Consent).filter_by(customer_id=row.customer_id).one().purpose.value == "processing"
        letter = db.session.query(Letter).filter_by(template="account_invite_customer").one()
        assert letter.to_email == NEW and db.session.query(Letter).filter_by(template="installation_activate_applicant").one().customer_id == row.customer_id
        link = next(word for word in letter.data["body"].split() if "/reset/" in word)
    person = browser()
    words = "kopi-susu-hangat-7"
    person.send("/reset/" + link.rpartition("/reset/")[2], {"password": words, "password_confirm": words})
    person.send("/login", {"email": NEW, "password": words})
    assert "Home 50" in person.get("/home").text


def test_four_clerks_at_once(app, browser, installed):
    """One of them activates it; the others are told, and none sees a page that broke."""
    before, clerks = counts(app), [browser("support") for _each in range(4)]
    tokens = [clerk.token() for clerk in clerks]
    address = f"/admin/support/installation/move/?id={installed}&verb=activate"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda clerk, token: clerk.post(address, data={"csrf_token": token}).status_code, clerks, tokens))
    assert counts(app) == tuple(count + 1 for count in before) and status(app, installed) == "activated"
    assert set(answers) <= {302, 409} and 302 in answers
    with app.app_context():
        assert db.session.query(Letter).filter_by(template="account_invite_customer").count() == 1


@ONE_DATABASE
def test_the_same_address_is_asked_about(app, browser, installed):
    """A customer with this e-mail is named, and nothing is written until support links it; then no second customer nor account is made."""
    change(app, installed, applicant_email=email("customer"))
    before = counts(app)
    assert "Budi Santoso" in press(browser, installed).text
    assert counts(app) == before and status(app, installed) == "installed"
    press(browser, installed, "link_customer")
    press(browser, installed)
    assert status(app, installed) == "activated" and counts(app) == (before[0], before[1] + 1, before[2])
    with app.app_context():
        assert db.session.get(Installation, installed).customer.name == "Budi Santoso"
        assert db.session.query(Letter).filter_by(template="account_invite_customer").count() == 0


@ONE_DATABASE
def test_an_address_of_the_staff(app, browser, installed):
    """No customer's account is made of a colleague's."""
    change(app, installed, applicant_email=email("technician"))
    before = counts(app)
    assert "akun staf kami" in press(browser, installed).text and counts(app) == before and status(app, installed) == "installed"


@ONE_DATABASE
def test_without_an_address(app, browser, installed):
    """Who has no e-mail is a customer with a subscription, without an account."""
    change(app, installed, applicant_email=None)
    before = counts(app)
    press(browser, installed)
    assert counts(app) == (before[0] + 1, before[1] + 1, before[2]) and status(app, installed) == "activated"


@ONE_DATABASE
def test_a_linked_customer_who_was_erased(app, browser, installed):
    """Nothing is written about the person again: a new application is asked for."""
    with app.app_context():
        customer = one(Customer, number="PLG-000003")
        customer.erased_at, db.session.get(Installation, installed).customer = now(), customer
        db.session.commit()
    before = counts(app)
    assert "Masukkan permohonan baru" in press(browser, installed).text and counts(app) == before and status(app, installed) == "installed"


@ONE_DATABASE
def test_who_applied_by_telephone_has_consented_to_nothing_in_writing(app, browser, installed):
    """No consent is written down that nobody gave."""
    change(app, installed, agreed_wording=None)
    press(browser, installed)
    with app.app_context():
        assert db.session.get(Installation, installed).status.value == "activated"
        assert db.session.query(Consent).filter_by(customer_id=db.session.get(Installation, installed).customer_id).count() == 0


@ONE_DATABASE
def test_who_registered_the_address_before_has_no_way_in(app, browser, installed):
    """An account that was never verified may be a stranger's: its password opens nothing any more."""
    with app.app_context():
        user = User(email=NEW, name="Siapa", password=one(User, email=email("customer")).password, fs_uniquifier="y" * 32)
        db.session.add(user)
        db.session.commit()
    press(browser, installed)
    with app.app_context():
        user = one(User, email=NEW)
        assert user.password is None and user.fs_uniquifier != "y" * 32 and one(Customer, user_id=user.id).status is CustomerStatus.ACTIVE


def text_of(answer):
    """Return the words of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


@ONE_DATABASE
def test_forms_on_paper(app, browser, installed):
    """Filled in, in the language of the account; the activation's exists once it is installed; technicians have neither."""
    with app.app_context():
        visit = db.session.query(Visit).filter_by(installation_id=installed, kind="installation", status="done").one()
        visit.serials, visit.down_mbps, visit.up_mbps = "ZTEG-0042", 49, 24
        db.session.commit()
    person = browser("support")
    address = f"/admin/support/installation/paper/?id={installed}&kind="
    assert "kind=activation" in person.get(f"/admin/support/installation/details/?id={installed}").text
    press(browser, installed)
    words = text_of(person.get(f"{address}activation"))
    with app.app_context():
        row = db.session.get(Installation, installed)
        assert "Formulir aktivasi" in words and all(text in words for text in (row.number, row.customer.number, row.applicant_name, row.address, "Home 50", "Terpasang rapi", "ZTEG-0042", "Unduh 49 Mbps, unggah 24 Mbps"))
        row.customer.user.language = Language.ENGLISH
        db.session.commit()
        other = one(Installation, applicant_name="Pemohon technician2").id
    assert "Registration form" in text_of(browser("sales").get(f"/admin/sales/installation/paper/?id={installed}&kind=registration"))
    assert person.get(f"/admin/support/installation/paper/?id={other}&kind=activation").status_code == 404
    assert person.get(f"{address}x").status_code == 404
    with app.app_context():
        db.session.delete(db.session.query(Visit).filter_by(installation_id=installed, kind="installation", status="done").one())
        db.session.commit()
    words = text_of(person.get(f"{address}activation"))
    assert "Terpasang rapi" in words and "ZTEG-0042" not in words and "Unduh" not in words
    assert browser("technician").get(f"/admin/technician/installation/paper/?id={installed}&kind=activation").status_code == 403


@ONE_DATABASE
def test_pipeline(browser, installed):
    """Every column counts the list that it opens; who waits is named, and technicians keep to their visits."""
    for role in ("sales", "support", "manager"):
        person = browser(role)
        page = Page(person.get(f"/admin/{role}/installation/pipeline/"))
        counted = [own for own in page.all("a") if "data-count" in own]
        assert sorted(int(own["data-count"]) for own in counted) == [0, 0, 0, 0, 0, 1, 1]
        for own in counted:
            assert Page(person.get(own["href"])).count() == int(own["data-count"])
        assert "Pemohon technician" in page.text and "/pipeline/" in person.get(f"/admin/{role}/").text
    assert browser("technician").get("/admin/technician/installation/pipeline/").status_code == 403


def test_days_to_activation(app, browser, installed):
    """The dashboard's median is that of what was activated lately, and its share that of the sheet of service quality."""
    with app.app_context():
        db.session.add(ServiceStandard(measure=Measure.INSTALLED, name="Pasang baru", name_en="New", within=2, unit=Unit.DAY, goal_percent=95))
        row = db.session.get(Installation, installed)
        row.registered_at = now() - timedelta(days=3, minutes=1)
        db.session.commit()
    press(browser, installed)
    person = browser("manager")
    page = person.get("/admin/manager/").text
    section = page[page.index('id="connecting"'):page.index('id="board"')]
    assert "3,0 hari" in section and "0,0 %" in section
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', section)]
    assert [Page(person.get(link)).count() for link in links] == [1, 1]
