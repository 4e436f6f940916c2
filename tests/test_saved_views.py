"""A saved view belongs to the person who made it; shared, the others of the role see it and cannot change it."""

import html
import re

import pytest

from ecrm.extensions import db
from ecrm.models import Role, SavedView, User
from ecrm.models.account import RoleName
from tests.staff import Page
from tests.sweep import fields_of
from tests.world import email, one


@pytest.fixture
def view(app):
    """A view of technician2's that is shared with the technicians."""
    with app.app_context():
        row = SavedView(name="Bandung", owner=one(User, email=email("technician2")), role=RoleName.TECHNICIAN, table="complaint",
                        query="flt0_status=new", shared=True)
        db.session.add(row)
        db.session.commit()
        return row.id


def test_only_the_owner_changes_it(app, browser, view):
    """Editing and deleting are refused for a colleague, and go through for the owner."""
    base = "/admin/technician/saved_view"
    other, owner = browser("technician"), browser("technician2")
    shown = other.get(f"{base}/details/?id={view}").get_data(as_text=True)
    assert "Bandung" in shown and 'id="edit"' not in shown and 'id="delete"' not in shown
    mine = owner.get(f"{base}/details/?id={view}").get_data(as_text=True)
    assert 'id="edit"' in mine and 'id="delete"' in mine
    for answer in (other.get(f"{base}/edit/?id={view}"), other.send(f"{base}/edit/?id={view}", {"name": "x"}), other.send(f"{base}/delete/", {"id": view})):
        assert answer.status_code == 403
    with app.app_context():
        assert one(SavedView, id=view).name == "Bandung"
    typed = fields_of(owner.get(f"{base}/edit/?id={view}")) | {"name": "Bandung baru"}
    assert owner.send(f"{base}/edit/?id={view}", typed).status_code == 302
    with app.app_context():
        assert one(SavedView, id=view).name == "Bandung baru"
    assert owner.send(f"{base}/delete/", {"id": view}).status_code == 302
    with app.app_context():
        assert db.session.get(SavedView, view) is None


def test_not_shared_it_is_nobody_elses(app, browser, view):
    """What is not shared does not exist for a colleague, nor a shared one for another role."""
    assert browser("support").get(f"/admin/support/saved_view/details/?id={view}").status_code == 404
    with app.app_context():
        one(SavedView, id=view).shared = False
        db.session.commit()
    assert browser("technician").get(f"/admin/technician/saved_view/details/?id={view}").status_code == 404


LIST = "/admin/support/complaint/"
SHOWN = "?flt0_status=unsolved&flt1_technician=none&search=tagihan&sort=4&desc=1"


def hrefs(page, part):
    """Return the addresses in a section of a page."""
    text = page.text[page.text.index(f'id="{part}"'):]
    return [html.unescape(address) for address in re.findall(r'href="([^"]+)"', text[:text.index("</ul>")])]


def keep(person, name="Belum dipegang", shown=SHOWN, **more):
    """Press “Save this view” on a list."""
    return person.send(f"{LIST}keep_view/{shown}", {"name": name, **more})


def test_a_list_is_kept_with_all_that_it_shows(app, browser):
    """Filters, search and order; the link on the list and on the front page leads to the same rows."""
    person = browser("support")
    wanted = Page(person.get(LIST + SHOWN)).count()
    answer = keep(person)
    assert answer.status_code == 302
    page = person.get(answer.location)
    assert Page(page).count() == wanted == 1 and 'aria-sort="descending"' in page.text
    assert 'aria-current="true">Belum dipegang</a>' in page.text
    assert person.get(answer.location).text.count('id="keep-view"') == 0, "what is kept already is not offered again"
    for address in (LIST, "/admin/support/"):
        assert answer.location in hrefs(person.get(address), "views")
    with app.app_context():
        assert one(SavedView, name="Belum dipegang").shared is False


def test_technicians_find_their_views_on_their_own_front_page(app, browser):
    """It has jobs instead of tiles."""
    assert any(address.startswith("/admin/technician/complaint/") for address in hrefs(browser("technician").get("/admin/technician/"), "views"))


def test_shared_with_the_role_and_no_other(app, browser):
    """Colleagues find it with its owner's name; other roles do not."""
    with app.app_context():
        second = one(User, email=email("technician2"))
        second.roles.append(one(Role, name="support"))
        db.session.commit()
    keep(browser("technician2"), "Untuk semua", shared="y")
    keep(browser("technician2"), "Untuk saya")
    page = browser("support").get("/admin/support/").text
    assert "Untuk semua" in page and "Technician2" in page and "Untuk saya" not in page
    assert "Untuk semua" not in browser("manager").get("/admin/manager/").text


@pytest.mark.parametrize(("name", "wrong"), [
    ("", "Wajib diisi"), ("   ", "Wajib diisi"), ("x" * 61, "60"), ("Tampilan support", "sudah memiliki"), ("tampilan  SUPPORT", "sudah memiliki"),
])
def test_a_name_that_cannot_be(app, browser, name, wrong):
    """The list comes again, with the reason beside the name and the name as it was typed."""
    person = browser("support")
    page = keep(person, name)
    assert page.status_code == 422 and wrong in page.text[page.text.index('id="view-name-error"'):]
    assert Page(page).count() == 1 and "details" in page.text and "tagihan" in page.text
    with app.app_context():
        assert not db.session.scalars(db.select(SavedView).where(SavedView.query.contains("tagihan"))).all()


def test_a_view_is_replaced_when_asked_for(app, browser):
    """Not before."""
    person = browser("support")
    assert keep(person, "Tampilan support", replace="y", shared="y").status_code == 302
    with app.app_context():
        row = one(SavedView, name="Tampilan support", owner_id=one(User, email=email("support")).id)
        assert "tagihan" in row.query and row.shared


def test_filters_that_are_too_long(browser):
    """A column of the database is not the place where that is found out."""
    long = "&".join(f"flt{n}_resolved_at=2026-01-01..2026-01-31" for n in range(19)) + "&search=" + "é" * 200
    page = keep(browser("support"), shown=f"?{long}")
    assert page.status_code == 422 and "terlalu panjang" in page.text


def test_too_many_views(app, browser):
    """There is an end, and it is said."""
    with app.app_context():
        owner = one(User, email=email("support"))
        db.session.add_all(SavedView(name=f"Nomor {n}", owner=owner, role=RoleName.SUPPORT, table="complaint") for n in range(60))
        db.session.commit()
    page = keep(browser("support"))
    assert page.status_code == 422 and "hapus salah satunya" in page.text


@pytest.mark.parametrize("query", ["", "flt0_nothing=1", "flt0_status=none&sort=nothing", "sort=99&desc=x&search=%00", "flt0_technician=999999",
                                   "_scheme=javascript&_external=1&view=x"])
def test_a_view_that_fits_no_more(app, browser, query):
    """What a list has no more is left out: no page breaks, and no address leads elsewhere."""
    with app.app_context():
        one(SavedView, name="Tampilan support").query = query
        db.session.commit()
    person = browser("support")
    addresses = hrefs(person.get("/admin/support/"), "views")
    assert all(address.startswith(LIST) for address in addresses)
    for address in (*addresses, "/admin/support/saved_view/"):
        assert person.get(address).status_code == 200


def test_a_bad_filter_is_said_once(browser):
    """The list, and the form that keeps it, read the same address."""
    person = browser("support")
    assert Page(person.get(f"{LIST}?flt0_status=nonsense")).text.count("nonsense") == 1
    assert "nonsense" not in person.get(LIST).text


def test_the_list_of_views_is_no_view(app, browser):
    """There is nothing to keep of it, and whoever asks all the same is refused."""
    assert browser("support").send("/admin/support/saved_view/keep_view/", {"name": "Semua tampilan"}).status_code == 403
    with app.app_context():
        assert db.session.query(SavedView).filter_by(name="Semua tampilan").count() == 0
