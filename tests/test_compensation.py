"""An overdue complaint is made good with bandwidth in one step, once."""

from datetime import timedelta

from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Branch, Complaint, Letter, ProvisionCall, Subscription
from ecrm.models.bandwidth import GrantReason, GrantStatus
from ecrm.models.base import now
from ecrm.rules import compensation
from tests.staff import Page, details, id_of
from tests.sweep import nothing_written
from tests.world import email, one

HOUR = timedelta(hours=1)


def test_in_one_step_once(app, browser):
    """In time there is no button; overdue, one click gives what the settings say, told to the customer; a second is refused."""
    number, support = id_of(app), browser("support")
    url = f"/admin/support/complaint/move/?id={number}&verb=compensate"
    assert "compensate" not in Page(support.get(details("support", number))).verbs()
    with nothing_written(app, "compensating what is in time"):
        support.send(url)
    with app.app_context():
        row = db.session.get(Complaint, number)
        row.clock_due_at = row.resolution_due_at = now() - HOUR
        for row in (one(ProvisionCall), one(BandwidthGrant)):
            db.session.delete(row)
        db.session.commit()
    page = support.get(details("support", number))
    assert "compensate" in Page(page).verbs() and "Kompensasi: +10 Mbps, 30 hari" in page.text
    assert "compensate" not in Page(browser("technician").get(details("technician", number))).verbs()
    assert browser("technician").send(url.replace("support", "technician")).status_code == 403
    assert support.send(url).status_code == 302
    with app.app_context():
        grant, day = one(BandwidthGrant), one(Branch, code="JKT").local(now()).date()
        assert (grant.extra_mbps, grant.valid_from, grant.valid_until, grant.reason, grant.status, grant.complaint_id, grant.granted_by.email) == (
            10, day, day + timedelta(days=29), GrantReason.COMPENSATION, GrantStatus.ACTIVE, number, email("support"))
        assert db.session.query(Letter).filter_by(template="bandwidth_grant_approve_customer").count() == 1
    with nothing_written(app, "compensating twice"):
        assert "compensate" not in Page(support.send(url, follow_redirects=True)).verbs()


def test_after_what_there_is(app, browser):
    """It begins when the line's active addition is over; resolved past the target counts, too, and a full branch is said."""
    number, support = id_of(app), browser("support")
    with app.app_context():
        given, row = one(BandwidthGrant), db.session.get(Complaint, number)
        given.extra_mbps = 95
        url = f"/admin/support/bandwidth_grant/move/?id={given.id}&verb=approve"
        row.resolution_due_at, row.resolved_at = now() - 2 * HOUR, now() - HOUR
        assert compensation.deserved(row, now())
        row.resolved_at = now() - 3 * HOUR
        assert not compensation.deserved(row, now())
        row.resolved_at = now() - HOUR
        one(Branch, code="JKT").grant_budget_mbps = 100
        last = given.valid_until
        db.session.commit()
    assert support.send(url).status_code == 302
    url = f"/admin/support/complaint/move/?id={number}&verb=compensate"
    with nothing_written(app, "more than the branch has"):
        assert "5 dari 100 Mbps" in support.send(url, follow_redirects=True).text
    with app.app_context():
        one(Branch, code="JKT").grant_budget_mbps = None
        db.session.commit()
    support.send(url)
    with app.app_context():
        assert one(BandwidthGrant, complaint_id=number).valid_from == last + timedelta(days=1)
        assert one(Subscription, customer_id=1).id == one(BandwidthGrant, complaint_id=number).subscription_id
