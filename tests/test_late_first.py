"""What is past its due time is marked, and stands first, in every short list of complaints too."""

from datetime import timedelta

import pytest

from ecrm.extensions import db
from ecrm.models import Complaint
from ecrm.models.base import now
from tests.staff import JOB
from tests.world import one


@pytest.fixture
def overdue(app):
    """Customer 1 has two complaints; the older one is late."""
    with app.app_context():
        row, other = one(Complaint, subject=JOB), one(Complaint, subject="Tagihan ganda")
        assert row.id < other.id and row.customer_id == other.customer_id
        row.clock_due_at = now() - timedelta(hours=2)
        row.subscription_id = other.subscription_id
        db.session.commit()
        return row.customer_id, row.subscription_id


@pytest.mark.parametrize("address", ["/complaints", "/complaints?show=unsolved", "/home"])
def test_in_the_portal(browser, overdue, address):
    """The customer reads first what takes longer than promised."""
    page = browser("customer").get(address).get_data(as_text=True)
    cards = page.split('<article class="panel complaint-card')[1:]
    assert ["is-late" in card for card in cards] == [True, False]
    assert JOB in cards[0] and "Tagihan ganda" in cards[1]


@pytest.mark.parametrize("table", ["customer", "subscription"])
def test_on_the_pages_of_staff(browser, overdue, table):
    """A customer's and a subscription's page say how late a complaint is, and show it before the newer one."""
    number = overdue[table == "subscription"]
    page = browser("support").get(f"/admin/support/{table}/details/?id={number}").get_data(as_text=True)
    rows = page.partition('id="short-complaint"')[2].partition("</table>")[0].split("<tr ")[1:]
    assert ["is-late" in row for row in rows] == [True, False]
    assert JOB in rows[0] and "terlambat 2 jam" in rows[0]
