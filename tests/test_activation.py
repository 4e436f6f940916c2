"""Support activates an installed application: customer, subscription and account come of it at once, or nothing does."""

import pytest

from ecrm.extensions import db
from ecrm.models import Consent, Customer, Installation, Letter, Subscription, User
from ecrm.models.base import now
from ecrm.models.customer import CustomerStatus
from ecrm.rules import move
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


def test_an_address_of_the_staff(app, browser, installed):
    """No customer's account is made of a colleague's."""
    change(app, installed, applicant_email=email("technician"))
    before = counts(app)
    assert "akun staf kami" in press(browser, installed).text and counts(app) == before and status(app, installed) == "installed"


def test_without_an_address(app, browser, installed):
    """Who has no e-mail is a customer with a subscription, without an account."""
    change(app, installed, applicant_email=None)
    before = counts(app)
    press(browser, installed)
    assert counts(app) == (before[0] + 1, before[1] + 1, before[2]) and status(app, installed) == "activated"


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
