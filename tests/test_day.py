"""The technician's day: what is overdue on top, visits at their time, jobs in the order in which they are due."""

from datetime import timedelta

import pytest

from ecrm.admin import look
from ecrm.extensions import db
from ecrm.models import Complaint, Installation, Visit
from ecrm.models.base import now
from ecrm.models.visit import Outcome
from ecrm.rules import appointment, move
from tests.staff import JOB, Page, id_of
from tests.world import one

DAY = "/admin/technician/day"


def due(app, away):
    """Move the due time of the technician's job, and return it."""
    with app.app_context():
        row = one(Complaint, subject=JOB)
        table = Complaint.__table__
        at = now() + away
        db.session.execute(table.update().where(table.c.id == row.id).values(clock_due_at=at, clock_warn_at=at))
        db.session.commit()
        return at


def sections(page):
    """Return (id of the heading above, address) of each card of a day, in order."""
    found, heading = [], None
    for tag, own, _around in page.found:
        heading = own.get("id") if tag == "h2" else heading
        if "data-job" in own:
            found.append((heading, own["data-job"]))
    return found


def local_day(app, at):
    """Return the day of a moment where the technician is."""
    with app.test_request_context():
        return at.astimezone(look.zone()).date()


def test_what_is_overdue_stands_on_top_of_today(app, browser):
    """And on no other day; the day before has no jobs of its own then."""
    due(app, -timedelta(minutes=5))
    number = id_of(app)
    first = sections(Page(browser("technician").get(DAY)))[0]
    assert first == ("overdue", f"/admin/technician/complaint/details/?id={number}")
    with app.test_request_context():
        tomorrow = look.today() + timedelta(days=1)
    assert "overdue" not in dict(sections(Page(browser("technician").get(f"{DAY}?day={tomorrow}"))))


def test_a_job_stands_on_the_day_on_which_it_is_due(app, browser):
    """Its customer can be called, written to and found from there."""
    at = due(app, timedelta(days=2))
    page = Page(browser("technician").get(f"{DAY}?day={local_day(app, at)}"))
    assert ("due", f"/admin/technician/complaint/details/?id={id_of(app)}") in sections(page)
    addresses = [own.get("href", "") for own in page.all("a")]
    for beginning in ("tel:+62812", "https://wa.me/62812", "https://www.google.com/maps/"):
        assert any(address.startswith(beginning) for address in addresses), beginning
    assert not sections(Page(browser("technician2").get(f"{DAY}?day={local_day(app, at)}")))


def test_a_visit_stands_on_its_day_at_its_time_also_when_it_is_done(app, browser):
    """A colleague's does not."""
    with app.app_context():
        row = appointment.planned_for(one(Installation, applicant_name="Pemohon technician"))
        number, at = row.id, row.window_from
    for done in (False, True):
        if done:
            with app.app_context():
                row = db.session.get(Visit, number)
                move(row, "report", row.technician, at, outcome=Outcome.DONE, note="Terpasang.")
                db.session.commit()
        page = browser("technician").get(f"{DAY}?day={local_day(app, at)}")
        assert ("visits", f"/admin/technician/visit/details/?id={number}") in sections(Page(page))
        assert "Pemohon technician2" not in page.get_data(as_text=True)


def test_days_are_turned_one_by_one(app, browser):
    """Today has a way back to itself from every day."""
    page = Page(browser("technician").get(f"{DAY}?day=2026-03-01"))
    assert page.all("a", rel="prev")[0]["href"].endswith("day=2026-02-28")
    assert page.all("a", rel="next")[0]["href"].endswith("day=2026-03-02")
    assert page.all("a", href=DAY)


@pytest.mark.parametrize("day", ["gestern", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_what_is_no_day_is_no_page(browser, day):
    """The first and last days have no neighbours."""
    assert browser("technician").get(f"{DAY}?day={day}").status_code == 404


def test_only_who_works_outside_has_a_day(browser):
    """The other sites open on their counts."""
    assert browser("support").get("/admin/support/day").status_code == 404


def test_what_a_phone_keeps_is_what_the_list_shows(app, browser):
    """Own jobs and visits, nothing of a colleague's, no identity number; the browser keeps no copy of its own."""
    answer = browser("technician").get("/admin/technician/kept")
    kept = answer.get_json()
    assert [job["title"] for job in kept["jobs"]] == [JOB]
    assert [visit["title"] for visit in kept["visits"]] == ["Pemohon technician"]
    assert {move["name"] for move in kept["jobs"][0]["moves"]} == {"start", "wait", "resolve"}
    assert kept["token"] and answer.headers["Cache-Control"] == "no-store"
    assert "31720101" not in answer.get_data(as_text=True)
