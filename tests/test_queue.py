"""The fair queue: its order as a truth table, the same in SQL, and why a complaint is next, on the pages."""

from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Complaint, ComplaintCategory, Customer, User
from ecrm.models.base import NEVER, Priority, now
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.rules import move, queue
from ecrm.rules.complaint import answer, enter
from tests.staff import JOB, LIST, Page, details, id_of
from tests.world import email, one

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def row(minutes, priority=Priority.NORMAL, repeats=0, reopened=0, near=None, number=1):
    """Return a complaint whose target is due in some minutes, or whose clock stands; `near` minutes before is “soon”."""
    due = NEVER if minutes is None else AT + timedelta(minutes=minutes)
    warn = NEVER if minutes is None else due - timedelta(minutes=near if near is not None else 1)
    return SimpleNamespace(id=number, clock_due_at=due, clock_warn_at=warn, priority=priority, repeats=repeats, reopen_count=reopened)


# The first of each pair comes before the second.
PAIRS = {
    "less time left": (row(30), row(60)),
    "urgent with four times the time": (row(100, Priority.URGENT), row(30)),
    "but not with five times": (row(30), row(150, Priority.URGENT)),
    "the second time about the same": (row(50, repeats=1), row(30)),
    "reopened counts like repeated": (row(50, reopened=1), row(30)),
    "missed before anything that is not": (row(-1, Priority.LOW), row(1, Priority.URGENT, repeats=3)),
    "nearly missed before anything that is not": (row(60, Priority.LOW, near=90), row(20, Priority.URGENT)),
    "missed for longer": (row(-60), row(-30)),
    "missed and more severe": (row(-30, Priority.URGENT), row(-60)),
    "more than three repeats count as three": (row(10, repeats=3), row(11, repeats=9)),
    "what waits for the customer comes last": (row(10_000, Priority.LOW), row(None, Priority.URGENT)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_which_comes_first(name):
    """Time left × severity × repeats, in bands."""
    first, second = ((queue.band(one, AT), queue.rank(one, AT)) for one in PAIRS[name])
    assert first < second


def test_what_is_solved_stands_nowhere():
    """There is no reason why it would be next."""
    assert queue.reasons(Complaint(status=S.RESOLVED), AT) == []


def test_the_database_sorts_as_the_rule_says(app):
    """Two hundred complaints of every kind, some late, some near, some standing."""
    with app.app_context():
        dice, at = Random(3), now()
        customer, category = one(Customer, number="PLG-000003"), one(ComplaintCategory, code="BILL")
        for number in range(60):
            enter(db.session, Complaint(customer=customer, category=category, subject=f"Uji {number}", description="x"), at - timedelta(hours=2))
        db.session.commit()
        table = Complaint.__table__
        for number in db.session.scalars(select(Complaint.id)).all():
            due = NEVER if dice.random() < 0.1 else at + timedelta(seconds=dice.randrange(-90_000, 90_000))
            db.session.execute(table.update().where(table.c.id == number).values(
                clock_due_at=due, clock_warn_at=NEVER if due == NEVER else due - timedelta(seconds=dice.randrange(40_000)),
                priority=dice.choice(list(Priority)), repeats=dice.choice((0, 0, 1, 2, 5)), reopen_count=dice.choice((0, 0, 1))))
        db.session.commit()
        rows = list(db.session.scalars(select(Complaint)))
        expected = sorted(rows, key=lambda one: (queue.band(one, at), queue.rank(one, at), one.id))
        assert [one.id for one in db.session.scalars(select(Complaint).order_by(*queue.order(at)))] == [one.id for one in expected]
        assert len({queue.band(one, at) for one in rows}) == 4


def test_the_page_says_why(app, browser):
    """Severity, which target and how long, and how often it came; the same on the technician's first job."""
    number = id_of(app)
    with app.app_context():
        table = Complaint.__table__
        db.session.execute(table.update().where(table.c.id == number).values(
            repeats=2, reopen_count=1, clock_due_at=now() + timedelta(minutes=25, seconds=30), clock_warn_at=now() - timedelta(minutes=1)))
        db.session.commit()
    support = browser("support")
    text = Page(support.get(details("support", number))).text
    assert "Mendesak · 25 menit lagi untuk menyelesaikan · keluhan ke-3 tentang ini dalam 30 hari · dibuka kembali 1 kali" in text
    first = Page(browser("technician").get("/admin/technician/"))
    assert "25 menit lagi untuk menyelesaikan" in first.text and first.all("span", id="next")
    marked = [own["data-href"] for own in Page(support.get(LIST)).all("tr") if own.get("class") == "is-soon"]
    assert [url.partition("id=")[2].partition("&")[0] for url in marked] == [str(number)]
    assert Page(support.get(f"{LIST}?flt0_soon=1")).count() == 1


def test_the_list_of_all_begins_with_what_is_due(app, browser):
    """Then comes what is solved, the newest first; a column that somebody chooses still sorts."""
    with app.app_context():
        solved = [one(Complaint, subject=subject) for subject in (JOB, "Tagihan ganda")]
        for complaint in solved:
            move(complaint, "resolve", None, now(), reason="Beres")
        db.session.commit()
        due = one(Complaint, subject="Internet putus-putus").id
        newest = sorted((complaint.id for complaint in solved), reverse=True)
    rows = Page(browser("manager").get("/admin/manager/complaint/")).rows()
    assert [int(url.partition("id=")[2]) for url in rows] == [due, *newest]


def test_what_nobody_has_answered_stands_on_the_front_page(app, browser):
    """It leaves the count when support answers."""
    support = browser("support")

    def waiting():
        return next(own["data-count"] for own in Page(support.get("/admin/support/")).all("a") if "data-count" in own and "unanswered" in own["href"])

    assert waiting() == "1"
    with app.app_context():
        row = one(Complaint, subject="Tagihan ganda")
        assert row.status is S.NEW
        answer(row, "Kami periksa.", one(User, email=email("support")), now())
        db.session.commit()
    assert waiting() == "0"
