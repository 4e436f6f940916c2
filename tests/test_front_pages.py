"""Support's front page: what nobody has answered today, and what the reader has worked on today."""

from datetime import timedelta

import pytest

from ecrm.admin import look
from ecrm.extensions import db
from ecrm.models import Complaint, Reply, Step, User
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.complaint import answer
from tests.staff import JOB, LIST, Page, id_of
from tests.world import email, one

YESTERDAY = timedelta(days=1)


@pytest.fixture
def yesterday(app):
    """The company as it was a day ago: nothing has happened today."""
    with app.app_context(), db.engine.begin() as connection:
        for table, column in ((Step, "at"), (Reply, "at"), (Complaint, "first_response_at")):
            for number, at in connection.execute(db.select(table.id, getattr(table, column))):
                if at is not None:
                    connection.execute(table.__table__.update().where(table.id == number).values({column: at - YESTERDAY}))
    return app


def quiet(browser):
    """Return how many complaints support's list of those without an answer today has."""
    return Page(browser("support").get(f"{LIST}?flt0_quiet=1")).count()


def act(app, person, does):
    """Let somebody do something to the technician's job, now."""
    with app.app_context():
        does(one(Complaint, subject=JOB), one(User, email=email(person)))
        db.session.commit()


ANSWERS = {
    "a reply": ("support", lambda row, by: answer(row, "Kami periksa.", by, now()), True),
    "the technician's reply": ("technician", lambda row, by: answer(row, "Saya di jalan.", by, now()), True),
    "an internal note": ("support", lambda row, by: answer(row, "Catatan.", by, now(), public=False), False),
    "the customer's own reply": ("customer", lambda row, by: answer(row, "Masih mati!", by, now()), False),
    "work begun, which the customer is told of": ("technician", lambda row, by: move(row, "start", by, now()), True),
    "a question: then we wait for the customer": ("support", lambda row, by: move(row, "wait", by, now(), reason="Lampu apa?"), True),
    "solved": ("technician", lambda row, by: move(row, "resolve", by, now(), reason="Kabel diganti"), True),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_counts_as_an_answer_today(yesterday, browser, name):
    """What the customer got to read counts; of what was answered yesterday everything waits again."""
    person, does, counts = ANSWERS[name]
    assert quiet(browser) == 3
    act(yesterday, person, does)
    assert quiet(browser) == (2 if counts else 3)


def test_the_front_page_lists_them(yesterday, browser):
    """The list and the tile agree, and the link opens the rest."""
    page = browser("support").get("/admin/support/")
    section = page.text[page.text.index('id="quiet"'):]
    assert section[:section.index("</section>")].count("data-href") == 3
    assert 'flt0_quiet=1" data-count="3"' in page.text


@pytest.mark.parametrize(("person", "does"), [
    ("support", lambda row, by: answer(row, "Kami periksa.", by, now())),
    ("support", lambda row, by: answer(row, "Catatan.", by, now(), public=False)),
    ("support", lambda row, by: move(row, "wait", by, now(), reason="Lampu apa?")),
    ("technician", lambda row, by: move(row, "start", by, now())),
])
def test_mine_today(yesterday, browser, person, does):
    """Whatever the reader has done to a complaint today makes it theirs, and nobody else's."""
    act(yesterday, person, does)
    for reader in ("support", "technician"):
        shown = Page(browser(reader).get(f"/admin/{reader}/complaint/?flt0_mine=1"))
        assert [row.partition("id=")[2] for row in shown.rows()] == ([str(id_of(yesterday))] if reader == person else [])


def test_today_begins_where_the_reader_is(app):
    """At midnight of the reader's zone."""
    with app.test_request_context():
        assert look.midnight() <= now() < look.midnight() + YESTERDAY
        assert look.midnight().utcoffset() == timedelta(hours=7) and look.midnight().hour == 0
