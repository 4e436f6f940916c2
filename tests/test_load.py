"""What technicians have in hand: told where complaints are assigned, and said where it is too much."""

import pytest

from ecrm.extensions import db
from ecrm.models import Branch, Complaint, User
from ecrm.rules.load import Load
from tests.staff import LIST, details, id_of
from tests.world import email, one


@pytest.mark.parametrize(("count", "most", "full", "over"), [
    (0, None, False, False), (99, None, False, False), (7, 8, False, False), (8, 8, True, False), (9, 8, True, True),
])
def test_when_it_is_too_much(count, most, full, over):
    """The most is still allowed; blank is no limit."""
    load = Load(count, most)
    assert (load.full, load.over) == (full, over)


@pytest.fixture
def limited(app):
    """Technician 1, whose one complaint is all that he should have, and technician 2 with room for more."""
    with app.app_context():
        one(User, email=email("technician")).most_jobs = 1
        one(User, email=email("technician2")).most_jobs = 5
        db.session.commit()
        return id_of(app, "Tagihan ganda")


def choices(page):
    """Return the texts of the technicians to choose from, in their order."""
    return [text for text in page.text.split("<option")[1:] if "unsolved" in text or "belum selesai" in text]


def test_who_has_room_comes_first(app, browser, limited):
    """The choice says how much each has; who is full comes last, who works elsewhere after that."""
    shown = choices(browser("support").get(details("support", limited)))
    assert "Technician2" in shown[0] and "1 dari paling banyak 5" in shown[0]
    assert "Technician" in shown[1] and "penuh" in shown[1]
    with app.app_context():
        one(User, email=email("technician2")).branch = one(Branch, code="BTM")
        db.session.commit()
    shown = choices(browser("support").get(details("support", limited)))
    assert "Technician2" in shown[1] and "Batam" in shown[1]


def test_too_much_is_said_and_done(app, browser, limited):
    """Support may have reasons: the complaint is assigned, and the page says that it is more than it should be."""
    with app.app_context():
        technician = one(User, email=email("technician")).id
    page = browser("support").send(f"{LIST}move/?id={limited}&verb=assign", {"technician": technician}, follow_redirects=True)
    assert "Technician sekarang memegang 2 dari paling banyak 1" in page.text
    with app.app_context():
        assert db.session.get(Complaint, limited).technician_id == technician


def test_the_manager_sees_the_most(browser, limited):
    """The table of the technicians' load names it."""
    page = browser("manager").get("/admin/manager/").text
    load = page[page.index('id="part-load"'):]
    assert "Paling banyak" in load[:load.index("</figure>")]


def test_technicians_see_what_they_should_have(browser, limited):
    """Their page says how many of at most how many."""
    assert "1 dari paling banyak 1 belum selesai (penuh)" in browser("technician").get("/admin/technician/").text


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "x"])
def test_no_such_limit(app, browser, typed):
    """A limit is a whole number from one."""
    person = browser("administrator")
    with app.app_context():
        user = one(User, email=email("technician"))
        data = {"name": user.name, "email": user.email, "language": "id", "roles": [role.id for role in user.roles], "active": "y",
                "row_version": user.version, "most_jobs": typed}
        url = f"/admin/administrator/user/edit/?id={user.id}"
    page = person.send(url, data)
    assert "is-invalid" in page.text
    with app.app_context():
        assert one(User, email=email("technician")).most_jobs is None
