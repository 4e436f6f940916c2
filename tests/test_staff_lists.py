"""The staff's lists and front pages over HTTP: they open usefully, and every count is the number of rows behind it."""

from datetime import date, timedelta

import pytest
from flask_login import login_user
from sqlalchemy import event, select

from ecrm.admin import look, pages, sidebar
from ecrm.admin.site import Front
from ecrm.admin.tiles import GROUPS, SIDEBAR
from ecrm.extensions import db
from ecrm.models import Complaint, ComplaintCategory, Customer, Installation, Letter, PromoRequest, ServiceStandard, User
from ecrm.models.account import STAFF, Language, RoleName
from ecrm.models.base import Priority, now
from ecrm.models.complaint import UNSOLVED, ComplaintStatus
from ecrm.models.recap import Measure, Unit
from ecrm.rules import move, queue
from ecrm.rules.complaint import enter
from tests.conftest import ONE_DATABASE
from tests.staff import JOB, LIST, Page, details, id_of
from tests.world import email, one


def test_who_works_on_complaints_begins_with_the_unsolved_the_most_urgent_first(app, browser):
    """The filter is a chip that can be removed; then all are there, the newest first. A manager begins with all."""
    with app.app_context():
        customer = one(Customer, number="PLG-000003")
        for priority, subject in ((Priority.LOW, "santai"), (Priority.URGENT, "gawat")):
            enter(db.session, Complaint(customer=customer, category=one(ComplaintCategory, code="BILL"), subject=subject, description="x",
                                        priority=priority), now() - timedelta(hours=1))
        move(one(Complaint, subject="Tagihan ganda"), "resolve", None, now(), reason="Beres")
        db.session.commit()
        unsolved = [f"{LIST}details/?id={row.id}" for row in sorted(
            db.session.scalars(select(Complaint).where(Complaint.resolved_at.is_(None))),
            key=lambda row: (queue.band(row, now()), queue.rank(row, now()), row.id))]
        everything = db.session.query(Complaint).count()
    support = browser("support")
    page = Page(support.get(LIST))
    assert page.rows() == unsolved
    chips = [own["href"] for own in page.all("a", **{"class": "chip"})]
    assert len(chips) == 1
    shown = Page(support.get(chips[0]))
    assert shown.count() == everything and not shown.all("a", **{"class": "chip"})
    assert Page(browser("manager").get("/admin/manager/complaint/")).count() == everything


def test_the_export_button_sends_what_the_list_shows(app, browser):
    """The button of the opening list carries its filter."""
    support = browser("support")
    with app.app_context():
        move(one(Complaint, subject="Tagihan ganda"), "resolve", None, now(), reason="Beres")
        db.session.commit()
    url = Page(support.get(LIST)).all("a", id="export-csv")[0]["href"]
    body = support.get(url).get_data(as_text=True)
    assert JOB in body and "Tagihan ganda" not in body


def test_filters_are_a_plain_form(app, browser):
    """Every filter has a field with the name that the address takes, and a choice narrows the list."""
    support = browser("support")
    page = Page(support.get(LIST))
    names = [own["name"] for tag in ("select", "input") for own in page.all(tag) if own.get("name", "").startswith("flt")]
    keys = {name.partition("_")[2] for name in names}
    assert {"status", "priority", "category", "technician", "late", "reopened", "opened_at"} <= keys
    with app.app_context():
        number = one(User, email=email("technician")).id
    field = next(name for name in names if name.endswith("_technician"))
    page = Page(support.get(LIST, query_string={"view": "all", field: number}))
    assert page.rows() == [f"{LIST}details/?id={id_of(app)}"]


def test_the_bulk_bar_carries_out_a_verb_on_the_chosen_rows(app, browser):
    """The button and the boxes are one plain form."""
    support, number = browser("support"), id_of(app)
    page = Page(support.get(LIST))
    assert page.all("button", name="action", value="start")
    assert str(number) in [own["value"] for own in page.all("input", name="rowid", form="action_form")]
    support.send("/admin/support/complaint/action/", {"action": "start", "rowid": str(number), "url": LIST})
    with app.app_context():
        assert one(Complaint, id=number).status is ComplaintStatus.IN_PROGRESS


def test_a_number_as_people_say_it_finds_the_customer(app, browser):
    """The box in the head takes a telephone number with 0, or a name."""
    support = browser("support")
    for typed in ("0812-0000-002", "08120000002", "Siti"):
        page = Page(support.get("/admin/support/find", query_string={"q": typed}, follow_redirects=True))
        assert page.count() == 1 and "/admin/support/customer/details/" in page.rows()[0], typed


@pytest.mark.parametrize(("table", "filters", "count"), [
    ("complaint", "flt0_kind=disturbance", 2), ("complaint", "flt0_kind=billing", 1), ("complaint", "flt0_target=pending", 3), ("complaint", "flt0_target=missed", 0),
    ("complaint", "flt0_standard=restored.open.{days}", 2), ("complaint", "flt0_standard=restored.counted.{days}", 0),
    ("installation", "flt0_standard=installed.open.{days}", 1), ("installation", "flt0_standard=installed.no.{days}", 1), ("installation", "flt0_standard=installed.yes.{days}", 0),
])
def test_lists_behind_the_numbers_of_reports(app, browser, table, filters, count):
    """What a category is about, how the target stands, and how a standard was kept: of applications too, in working days of the branch."""
    today = now().date()
    with app.app_context():
        db.session.add(ServiceStandard(measure=Measure.INSTALLED, name="Pasang baru", name_en="New", within=5, unit=Unit.WORKING_DAY, goal_percent=95))
        one(Installation, applicant_name="Pemohon technician2").registered_at = now() - timedelta(days=30)
        db.session.commit()
    days = f"{today - timedelta(days=60)}..{today + timedelta(days=1)}"
    assert Page(browser("manager").get(f"/admin/manager/{table}/?{filters.format(days=days)}")).count() == count


@pytest.mark.parametrize("address", [
    "plan/?flt0_down_mbps=99999999999", "complaint/?flt0_open_on=2101-01-01", "complaint/?flt0_open_on=1969-12-31", "complaint/?flt0_standard=answered.yes.2026-01-01..2026-01-31",
    "installation/?flt0_standard=restored.yes.2026-01-01..2026-01-31", "complaint/?flt0_standard=restored.perhaps.2026-01-01..2026-01-31", "complaint/?flt0_standard=restored",
])
@ONE_DATABASE
def test_a_filter_that_cannot_be_is_said_and_left_out(browser, address):
    """A number that no column holds, a day that no report covers, a standard that nobody set or that is another list's: all rows are there."""
    person, (table, _question, _filter) = browser("manager"), address.partition("?")
    page = Page(person.get(f"/admin/manager/{address}"))
    assert address.rpartition("=")[2] in page.text and "bukan nilai" in page.text
    assert page.count() == Page(person.get(f"/admin/manager/{table}?view=all")).count() > 0


@ONE_DATABASE
@pytest.mark.parametrize("key", ["customer", "outage"])
def test_what_links_bring_is_chosen_from_no_list(app, key):
    """A filter by one customer, or one outage, offers nobody a list of all of them."""
    screen = next(view for site in app.extensions["admin"] for view in site._views if view.endpoint == "support_complaint")
    found = screen._filter_args[key][1]
    with app.test_request_context(LIST):
        assert found.kind == "hidden" and found.choices() == []


@ONE_DATABASE
def test_a_site_without_customers_and_complaints_has_nothing_to_find(app, browser, monkeypatch):
    """Its box leads nowhere, and no error is ours."""
    site = next(site for site in app.extensions["admin"] if site.role is RoleName.ADMINISTRATOR)
    monkeypatch.setattr(site, "_views", [view for view in site._views if getattr(view, "model", None) not in (Complaint, Customer)])
    assert browser("administrator").get("/admin/administrator/find?q=PLG-000001").status_code == 404


# Front pages

def _disturb(app):
    """Make some of every kind: late, reopened, waiting, failed, not verified."""
    with app.app_context():
        support, at = one(User, email=email("support")), now()
        rows = {row.subject: row for row in db.session.scalars(select(Complaint))}
        move(rows[JOB], "resolve", support, at, reason="Beres")
        db.session.commit()
        move(rows[JOB], "reopen", support, at, reason="Mati lagi")
        move(rows["Tagihan ganda"], "wait", support, at, reason="Menunggu bukti")
        one(User, email=email("customer2")).confirmed_at = None
        table = Complaint.__table__
        db.session.commit()
        db.session.execute(table.update().where(table.c.subject == "Internet putus-putus").values(
            resolution_due_at=at - timedelta(hours=1), response_due_at=at - timedelta(hours=2), clock_due_at=at - timedelta(hours=1)))
        db.session.execute(Letter.__table__.update().where(Letter.__table__.c.id == 1).values(state="failed"))
        db.session.commit()


@pytest.mark.parametrize("role", [role for role in STAFF if role is not RoleName.TECHNICIAN], ids=lambda role: role.value)
def test_every_count_opens_the_list_that_it_counts(app, browser, role):
    """The number on the front page is the number of rows behind it."""
    _disturb(app)
    person = browser(role.value)
    tiles = [own for own in Page(person.get(f"/admin/{role.value}/")).all("a") if "tile" in own.get("class", "").split()]
    assert tiles and any(own["data-count"] != "0" for own in tiles)
    for own in tiles:
        answer = person.get(own["href"])
        assert Page(answer).count() == int(own["data-count"]), own["href"]
    if role is RoleName.SUPPORT:
        counts = {own["href"].partition("?")[2]: own["data-count"] for own in tiles}
        assert counts["flt0_late=1"] == "1" and counts["flt0_status=unsolved&flt1_reopened=1"] == "1"


def test_waiting_for_the_customer_is_not_late(app, browser):
    """The clock stands while we wait, also on the front page."""
    number = id_of(app)
    with app.app_context():
        row = one(Complaint, id=number)
        move(row, "wait", one(User, email=email("support")), now() - timedelta(hours=3), reason="Tidak di rumah")
        db.session.commit()
        table = Complaint.__table__
        db.session.execute(table.update().where(table.c.id == number).values(
            resolution_due_at=now() - timedelta(hours=1), response_due_at=now() - timedelta(hours=2)))
        db.session.commit()
    support = browser("support")
    assert f"{LIST}details/?id={number}" not in Page(support.get(f"{LIST}?flt0_late=1")).rows()
    assert not [own for own in Page(support.get(LIST)).all("tr") if own.get("class") == "is-late"]


def test_the_technicians_site_opens_on_own_jobs(app, browser):
    """Own unsolved jobs with telephone and map, own visits; nothing of a colleague, nothing solved."""
    answer = browser("technician").get("/admin/technician/")
    page, text = Page(answer), answer.get_data(as_text=True)
    assert page.count() == 1 and JOB in text and "Internet putus-putus" not in text
    assert page.all("a", href="tel:+628120000001")
    assert page.all("a", href="https://www.google.com/maps/search/?api=1&query=Jl.%20Kapuk%201")
    assert "Pemohon technician" in text and "Pemohon technician2" not in text
    with app.app_context():
        move(one(Complaint, subject=JOB), "resolve", None, now(), reason="Beres")
        db.session.commit()
    assert Page(browser("technician").get("/admin/technician/")).count() == 0


def test_every_role_has_a_front_page(app):
    """Counts, or jobs: no role opens on an empty page without a word."""
    fronts = {admin.role for admin in app.extensions["admin"] if isinstance(admin.index_view, Front)}
    assert fronts == set(STAFF)


def test_the_way_back_leads_to_the_list_as_it_was(app, browser):
    """From a filtered list to a complaint, through a verb, and back to the same filter; never to another host."""
    support, number = browser("support"), id_of(app)
    row = Page(support.get(f"{LIST}?flt0_priority=1")).all("tr", **{"class": ""})
    opened = next(own["data-href"] for own in row if f"id={number}&" in own.get("data-href", ""))
    form = next(own["action"] for own in Page(support.get(opened)).all("form") if "verb=start" in own.get("action", ""))
    page = Page(support.send(form, follow_redirects=True))
    back = page.all("a", href=f"{LIST}?page_size=25&flt0_priority=1")
    assert back and page.all("article", **{"data-status": "in_progress"})
    elsewhere = support.get(f"{details('support', number)}&url=https://evil.example/").get_data(as_text=True)
    assert 'href="https://evil' not in elsewhere


def test_days_are_shown_as_people_write_them(app, browser):
    """The chip of a range of days has no technical form, and an open end is a dash."""
    text = Page(browser("support").get(f"{LIST}?flt0_opened_at=2026-11-01..2026-11-20")).text
    assert "1 Nov 2026 – 20 Nov 2026" in text
    assert "1 Nov 2026 –" in Page(browser("support").get(f"{LIST}?flt0_opened_at=2026-11-1..")).text


# The sidebar

@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_the_sidebar_counts_open_work_and_leads_to_it(app, browser, role):
    """On every page, of what exists for the person; the list that is open is marked, once."""
    _disturb(app)
    person = browser(role.value)

    def entries(answer):
        page = Page(answer)
        links = [(own, around) for tag, own, around in page.found if tag == "a" and any(a.get("id") == "menu" for _t, a in around)]
        counted = [(next(link for name, link in reversed(around) if name == "a"), own["data-count"])
                   for tag, own, around in page.found if tag == "b" and "data-count" in own]
        return [own for own, _around in links], counted

    links, counted = entries(person.get(f"/admin/{role.value}/"))
    assert links[0].get("aria-current") == "page" and counted and any(count != "0" for _own, count in counted)
    for own, count in counted:
        answer = person.get(own["href"])
        assert Page(answer).count() == int(count), own["href"]
        marked = [link["href"] for link in entries(answer)[0] if link.get("aria-current")]
        assert marked == [own["href"]]
    if role is RoleName.SUPPORT:
        marked = [link["href"] for link in entries(person.get(f"{LIST}?flt0_status=unsolved&search=x"))[0] if link.get("aria-current")]
        assert marked == [LIST], "a search within them is another list"


def test_the_sidebar_costs_one_query_that_reads_no_more_than_it_shows(app, browser, monkeypatch):
    """Whatever it counts, and however much there is: above the limit it says so."""
    monkeypatch.setattr("ecrm.admin.sidebar.MOST", 2)
    statements = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    page = browser("support").get("/admin/support/plan/")
    counting = [one for one in statements if one.count("LIMIT") == len(SIDEBAR[RoleName.SUPPORT])]
    assert len(counting) == 1
    assert "2+" in page.text and any(own.get("data-count") == "2+" for own in Page(page).all("b"))


@ONE_DATABASE
@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_the_sidebar_reads_no_table_from_end_to_end(app, browser, role):
    """Every page pays for it, with a million complaints too: an index finds each count; jobs and categories alone are a handful."""
    statements = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2:4]))
    browser(role.value).get(f"/admin/{role.value}/{'plan' if role is not RoleName.ADMINISTRATOR else 'role'}/")
    counting = [one for one in statements if one[0].startswith(("SELECT (SELECT count(*)", "SELECT coalesce(customer.area_id"))]
    assert len(counting) == (2 if role is RoleName.SUPPORT else 1)
    with engine.connect() as connection:
        plan = [row[3] for statement, values in counting for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    made = ("SCAN anon", "SCAN CONSTANT", "SCAN (subquery")  # no tables
    scans = {line for line in plan if line.startswith("SCAN") and "INDEX" not in line and not line.startswith(made)}
    assert plan and scans <= {"SCAN job", "SCAN complaint_category"}, plan


@ONE_DATABASE
def test_the_sidebar_follows_rows_days_and_readers(app, browser, monkeypatch):
    """What is made once a day for all is that of the reader's language; counts are of the moment, and of the reader's own rows."""
    def stands(person, role):
        page = Page(person.get(f"/admin/{role}/plan/"))
        return page.text, [own["data-count"] for own in page.all("b") if "data-count" in own]

    support, technician = browser("support"), browser("technician")
    (text, before), (_text, own) = stands(support, "support"), stands(technician, "technician")
    assert "Perlu dikerjakan" in text and "To do" not in text
    with app.app_context():
        one(User, email=email("support")).language = Language.ENGLISH
        for complaint in db.session.scalars(select(Complaint).where(Complaint.status.in_(UNSOLVED))):
            move(complaint, "cancel", None, now(), reason="Salah ketik")
        db.session.commit()
    (text, after), (_text, left) = stands(support, "support"), stands(technician, "technician")
    assert "To do" in text and "Perlu dikerjakan" not in text
    assert after != before and own[0] != "0" and left[0] == "0"
    monkeypatch.setattr(look, "today", lambda: date(2031, 1, 1))
    assert "To do" in stands(support, "support")[0]
    assert {day for site in app.extensions["admin"] if site.role is RoleName.SUPPORT for _language, day in site.sidebars} == {date(2031, 1, 1)}


@ONE_DATABASE
@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_a_count_that_is_made_once_is_the_same_tomorrow(app, monkeypatch, role):
    """A filter that asks for the time or the reader must not say that it lasts."""
    site = next(site for site in app.extensions["admin"] if site.role is role)
    tiles = [*SIDEBAR[role], *(tile for group in GROUPS.get(role, ()) for tile in group.tiles)]
    others = [(email(role.value), now()), (email("customer"), now() + timedelta(days=1))]

    def made(reader, at):
        for module in ("admin.work_filters", "models.base"):
            monkeypatch.setattr(f"ecrm.{module}.now", lambda: at)
        with app.test_request_context():
            login_user(one(User, email=reader))
            return [(str(words := pages.counting([(site.screen(tile.model), tile.wanted(date(2026, 1, 1)))], 10).compile()), words.params) for tile in tiles]

    kept, fresh = [made(reader, at) for reader, at in others], []
    for reader, at in others:
        site.counting.clear()
        fresh.append(made(reader, at))
    assert kept == fresh
    assert role is RoleName.SALES or fresh[0] != fresh[1], "the time and the reader reach what is not made once"


@ONE_DATABASE
def test_a_role_without_open_work_has_no_heading_for_it(app, browser, monkeypatch):
    """The tables stand there as for everybody."""
    person = browser("sales")
    titles = [Page(person.get("/admin/sales/plan/")).text]
    monkeypatch.setitem(sidebar.tiles.SIDEBAR, RoleName.SALES, ())
    for site in app.extensions["admin"]:
        monkeypatch.setattr(site, "sidebars", {})
    titles.append(Page(person.get("/admin/sales/plan/")).text)
    assert ["Perlu dikerjakan" in text for text in titles] == [True, False] and all("Penawaran" in text for text in titles)


def test_an_empty_list_says_what_to_do(app, browser):
    """A table without rows says where its first one comes from; one that filters emptied says how to see more."""
    with app.app_context():
        db.session.execute(PromoRequest.__table__.delete())
        db.session.commit()
    support = browser("support")
    empty = Page(support.get("/admin/support/promo_request/"))
    assert "Permintaan masuk saat pelanggan meminta promo di portal" in empty.text and not empty.all("a", **{"class": "chip"})
    none = Page(support.get(f"{LIST}?search=zzz&flt0_status=unsolved&flt1_priority=1"))
    chips = [own["href"] for own in none.all("a", **{"class": "chip"})]
    assert "Hapus saringan" in none.text and len(chips) == 3
    for gone in ("search=", "status=", "priority="):
        assert sum(gone in address for address in chips) == 2, "each chip takes itself away and leaves the others"
