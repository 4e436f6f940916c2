"""What the rules refuse, each with the field beside which it is said."""

from datetime import time, timedelta

import pytest

from ecrm.extensions import db
from ecrm.models import ApiToken, BandwidthGrant, Branch, Complaint, CoverageArea, Customer, Installation, Plan, PromoRequest, Subscription, User, Visit, WorkingHours
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.business_time import Weekday
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.installation import InstallationStatus
from ecrm.models.bandwidth import GrantReason
from ecrm.models.visit import Half, VisitKind
from ecrm.rules import account, api_token, appointment, bandwidth, compensation, complaint, erasure, installation, opening, visit
from ecrm.rules.errors import FieldRefused
from tests.conftest import ONE_DATABASE
from tests.world import email, one

pytestmark = ONE_DATABASE


@pytest.fixture(autouse=True)
def inside(app):
    """Work in the application, and keep nothing."""
    with app.app_context(), db.session.no_autoflush:
        yield
        db.session.rollback()


def refused(field, rule, *arguments):
    """Fail unless a rule refuses, beside this field."""
    with pytest.raises(FieldRefused) as caught:
        rule(*arguments)
    assert caught.value.name == field and str(caught.value)


def person(name):
    return one(User, email=email(name))


def test_hours():
    """They end after they begin, and no two of a day overlap; the next ones may begin when these end."""
    branch = one(Branch, code="JKT")

    def hours(begin, end):
        return WorkingHours(branch_id=branch.id, branch=branch, weekday=Weekday.MONDAY, opens=time(begin), closes=time(end))

    refused("closes", opening.check_hours, hours(12, 12))
    refused("opens", opening.check_hours, hours(16, 20))
    assert opening.check_hours(hours(17, 20)) is None


def test_tokens():
    """For somebody active, in a role of staff that they have, and not for ever."""
    at, support = now(), person("support")
    refused("expires_at", api_token.issue, ApiToken(user=support, role=RoleName.SUPPORT, expires_at=at), "x" * 43, at)
    refused("role", api_token.issue, ApiToken(user=support, role=RoleName.MANAGER, expires_at=at + timedelta(1)), "x" * 43, at)
    support.active = False
    refused("user", api_token.issue, ApiToken(user=support, role=RoleName.SUPPORT, expires_at=at + timedelta(1)), "x" * 43, at)


def test_somebody_stays_administrator():
    """Nobody takes it from themselves, and nobody from the last one."""
    last = person("administrator")
    assert account.check(db.session, last, last) is None
    last.active = False
    refused("active", account.check, db.session, last, last)
    refused("active", account.check, db.session, last, person("support"))


def test_ratings():
    """One to five stars, when it is resolved."""
    solved = Complaint(status=ComplaintStatus.RESOLVED)
    refused("rating", complaint.rate, Complaint(status=ComplaintStatus.NEW), 5, None)
    for stars in (0, 6, -1):
        refused("rating", complaint.rate, solved, stars, None)
    complaint.rate(solved, 5, "  Cepat  ")
    assert (solved.rating, solved.rating_remark) == (5, "Cepat")


def test_visits():
    """By an active technician, for one thing that needs it, within a year."""
    technician = person("technician")
    open_, solved = Complaint(status=ComplaintStatus.NEW), Complaint(status=ComplaintStatus.RESOLVED)
    applied, connected = Installation(status=InstallationStatus.REGISTERED), Installation(status=InstallationStatus.ACTIVATED)
    for field, values in (
        ("complaint", {}), ("complaint", {"complaint": open_, "installation": applied}), ("complaint", {"complaint": solved}),
        ("technician", {"complaint": open_, "technician": person("support")}), ("kind", {"complaint": open_, "kind": VisitKind.SURVEY}),
        ("kind", {"installation": applied, "kind": VisitKind.REPAIR}), ("installation", {"installation": connected, "kind": VisitKind.SURVEY}),
    ):
        refused(field, visit.check, Visit(**{"technician": technician, "kind": VisitKind.REPAIR} | values))
    assert visit.check(Visit(technician=technician, complaint=open_, kind=VisitKind.REPAIR)) is None
    at, branch = now(), one(Branch, code="JKT")
    for days in (-2, 400):
        row = Visit(complaint=Complaint(branch=branch, customer=Customer(branch=branch)), branch=branch, day=(at + timedelta(days)).date(), half=Half.MORNING)
        refused("day", appointment.promise, row, at)


def test_applications():
    """From the portal, only for an area where we connect people."""
    wanted = Installation(applicant_name="Eko", applicant_phone="+628120000007", address="Jl. 7", area=one(CoverageArea, name="Nagoya"), plan=one(Plan, code="HOME20"))
    refused("area", installation.apply, db.session(), wanted, now())
    assert wanted.number is None


def test_additions():
    """They add something, and a complaint is made good once."""
    line = db.session.scalars(db.select(Subscription)).first()
    today = now().date()
    refused("extra_mbps", bandwidth.check, BandwidthGrant(subscription=line, extra_mbps=0, valid_from=today, valid_until=today + timedelta(30), reason=GrantReason.LOYALTY))
    row = db.session.scalars(db.select(Complaint).where(Complaint.subscription_id.is_not(None))).first()
    compensation.give(db.session, row, 10, 30, person("support"), now())
    with pytest.raises(compensation.AlreadyCompensated) as caught:
        compensation.give(db.session, row, 10, 30, person("support"), now())
    assert str(caught.value)


def test_what_stands_against_an_erasure():
    """Each thing that is not over is named; who was erased cannot be again."""
    customer = one(Customer, number="PLG-000002")
    before = erasure.obstacles(db.session, customer, now(), 0)
    db.session.add(Installation(number="PSG-X", customer=customer, applicant_name="x", applicant_phone="+62812", applicant_email="x@mail.example", address="x",
                                area=customer.area, plan=db.session.scalars(db.select(Subscription)).first().plan))
    db.session.flush()
    customer.erased_at = now()
    texts = [str(text) for text in erasure.obstacles(db.session, customer, now(), 0)]
    assert len(texts) == len(before) + 2 and db.session.scalar(db.select(PromoRequest.id).where(PromoRequest.customer_id == customer.id))
