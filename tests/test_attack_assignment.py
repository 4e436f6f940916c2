"""Mass assignment: what no form of the portal holds can be sent along and changes nothing."""

from ecrm.extensions import db
from ecrm.models import Complaint, Customer, Reply, User
from ecrm.models.complaint import Channel, ComplaintStatus
from tests.conftest import ONE_DATABASE
from tests.portal import number, typed
from tests.test_accounts import NEW, form, link
from tests.world import email, one

pytestmark = ONE_DATABASE

EXTRA = {
    "id": "1", "roles": "6", "roles-0": "administrator", "role": "administrator", "is_admin": "1", "active": "", "status": "closed", "customer": "2",
    "customer_id": "2", "technician": "1", "technician_id": "4", "priority": "1", "channel": "counter", "opened_at": "2001-01-01", "version": "99",
    "row_version": "99", "confirmed_at": "2001-01-01", "fs_uniquifier": "x" * 32, "user_id": "1", "branch": "2", "since": "2001-01-01",
    "identity_number": "3171010101900009", "name": "Orang Lain", "email": "lain@test.example", "address": "Di mana saja", "public": "", "by": "1",
    "author_id": "1", "language_": "xx", "tf_primary_method": "authenticator", "resolved_at": "2001-01-01", "rating": "5",
}


def test_a_complaint(app, browser):
    """Status, customer, urgency, technician and times are ours."""
    words = typed(app, subject="Titipan")
    browser("customer").send("/complaints/new", EXTRA | words)
    with app.app_context():
        row = one(Complaint, subject="Titipan")
        assert (row.status, row.customer.number, row.channel, row.technician, row.rating) == (ComplaintStatus.NEW, "PLG-000001", Channel.PORTAL, None, None)
        assert row.version == 1 and row.opened_at.year > 2020 and row.priority == row.category.priority and row.branch.code == "JKT"


def test_a_reply(app, browser):
    """It is the customer's own, public, and moves nothing."""
    browser("customer").send(f"/complaints/{number(app, 'Lampu LOS merah')}/reply", EXTRA | {"text": "Titipan", "token": "b" * 32})
    with app.app_context():
        row = one(Reply, text="Titipan")
        assert row.public and row.author.email == email("customer") and row.complaint.status is ComplaintStatus.ASSIGNED


def test_the_profile(app, browser):
    """Telephone and language change, and nothing else."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        before = {column.key: getattr(customer, column.key) for column in Customer.__table__.columns}
        account = {column.key: getattr(customer.user, column.key) for column in User.__table__.columns}
    answer = browser("customer").send("/profile", EXTRA | {"phone": "0813 1111 2222", "language": "en", "version": str(before["version"])})
    assert answer.status_code == 302
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        for row, old, may in ((customer, before, {"phone", "version"}), (customer.user, account, {"phone", "language", "version"})):
            assert {key for key, value in old.items() if getattr(row, key) != value} <= may


def test_a_registration(app, browser):
    """Who registers is nobody until the e-mail is verified, and then a customer."""
    person = browser()
    own = form(app)
    person.send("/register", EXTRA | own)
    with app.app_context():
        user = one(User, email=NEW)
        assert user.roles == [] and user.confirmed_at is None and user.active and user.fs_uniquifier != "x" * 32 and user.tf_primary_method is None
    person.get(link(app, "confirm"))
    with app.app_context():
        assert [role.name for role in one(User, email=NEW).roles] == ["customer"] and db.session.query(User).filter_by(email="lain@test.example").count() == 0
