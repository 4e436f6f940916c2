"""Many people at once: no number twice, none left out, nobody refused."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Complaint, ComplaintCategory, Customer
from ecrm.models.base import now
from ecrm.rules.complaint import enter
from tests.world import one


def test_eight_clerks_enter_complaints_at_once(app):
    """Numbers follow each other without a gap, also in a month that nobody has begun yet."""
    at = now().replace(year=now().year + 1, month=7, day=15)

    def clerk(number):
        for count in range(10):
            with app.app_context():
                row = Complaint(customer=one(Customer, number="PLG-000001"), category=one(ComplaintCategory, code="BILL"),
                                subject=f"{number}-{count}", description="x")
                enter(db.session, row, at)
                db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(clerk, range(8)))
    with app.app_context():
        numbers = db.session.scalars(select(Complaint.number).where(Complaint.opened_at == at).order_by(Complaint.number)).all()
    month = f"KL-{at:%Y%m}"
    assert numbers == [f"{month}-{count:06d}" for count in range(1, 81)]
