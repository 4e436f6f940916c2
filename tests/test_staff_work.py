"""What the staff meet on a working day: whom to send, who was sent, a session that ends while typing, a colleague who leaves."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from ecrm.admin import look
from ecrm.extensions import db
from ecrm.models import Branch, Complaint, Customer, Installation, Promo, User
from ecrm.models.base import now
from ecrm.portal import accounts
from tests.staff import JOB, LIST, Page, details, id_of, reply
from tests.world import email, one

JAKARTA = ZoneInfo("Asia/Jakarta")
ENGLISH = {"Accept-Language": "en"}


def options(answer):
    """Return the texts of the technicians that a complaint's page offers."""
    html = answer.get_data(as_text=True)
    parts = html.partition('name="technician"')[2].partition("</select>")[0].split("<option")
    return [part.partition(">")[2].partition("<")[0] for part in parts[2:]]


def test_technicians_of_the_complaints_branch_come_first_and_the_others_say_where_they_are(app, browser):
    """Nobody is sent to Jakarta from Batam by mistake."""
    with app.app_context():
        one(User, email=email("technician")).branch = one(Branch, code="BTM")
        one(User, email=email("technician2")).branch = one(Branch, code="JKT")
        db.session.commit()
    offered = options(browser("support").get(details("support", id_of(app))))
    assert [text.partition(" –")[0] for text in offered] == ["Technician2", "Technician (Batam)"]


def test_the_history_says_who_was_sent(app, browser):
    """A second assignment without the names tells nothing."""
    number = id_of(app)
    support = browser("support")
    with app.app_context():
        other = one(User, email=email("technician2")).id
    support.send(f"/admin/support/complaint/move/?id={number}&verb=assign", {"technician": other})
    page = support.get(details("support", number)).get_data(as_text=True)
    assert "<s>Technician</s> → Technician2" in page.partition('id="history"')[2].partition("</section>")[0]


def test_what_has_just_happened_is_not_to_come(app):
    """“In 0 minutes” is what the library says."""
    with app.test_request_context(headers=ENGLISH):
        assert look.ago(now()) == "just now" and look.ago(now() + timedelta(seconds=30)) == "in a moment"


def test_the_box_opens_a_complaint_by_its_number(app, browser):
    """Of a list with one row nobody has anything; in small letters too, and without the complaint the list says so."""
    with app.app_context():
        row = one(Complaint, subject=JOB)
        number, key = row.number, row.id
    support = browser("support")
    assert support.get("/admin/support/find", query_string={"q": f" {number.lower()} "}).location == details("support", key)
    assert support.get("/admin/support/find", query_string={"q": "KL-209901-000001"}).location.startswith(LIST + "?")


def test_a_new_account_leads_to_its_page_where_the_invitation_is_sent(app, browser):
    """An account that nobody was told about is of no use to anybody."""
    administrator = browser("administrator")
    typed = {"name": "Tuti", "email": "tuti@test.example", "language": "id", "active": "y"}
    answer = administrator.send("/admin/administrator/user/new/", typed)
    with app.app_context():
        number = one(User, email="tuti@test.example").id
    assert answer.location == f"/admin/administrator/user/details/?id={number}"


def test_a_refused_reply_comes_back_at_the_form(app, browser):
    """The page is long: what was wrong stands far below its head."""
    page = Page(browser("support").get(details("support", id_of(app))))
    assert page.all("form", id="answer")[0]["action"].endswith("#answer")


WORDS = "Sudah saya telepon dua kali, <b>tidak diangkat</b>"


@pytest.mark.parametrize("logged_in", [True, False], ids=["stale token", "logged out"])
def test_what_the_staff_wrote_is_shown_when_the_session_has_ended(app, browser, logged_in):
    """No copy of it is anywhere else."""
    number = id_of(app)
    client = browser("support") if logged_in else app.test_client()
    answer = client.post(reply("support", number), data={"csrf_token": "old", "text": WORDS, "public": "1"},
                         headers={"Referer": "http://localhost" + details("support", number)})
    html = answer.get_data(as_text=True)
    assert answer.status_code == (400 if logged_in else 401)
    assert "&lt;b&gt;tidak diangkat" in html and Page(answer).all("textarea")
    if not logged_in:
        assert any(own["href"].startswith("/login?next=/admin/support/complaint/details/") for own in Page(answer).all("a"))


@pytest.mark.parametrize("came", [
    "http://evil.example/admin/", "http://localhost/admin/support/complaint/reply/?id=1", "http://localhost//evil.example", None,
])
def test_the_way_back_leads_to_a_page_of_ours(app, came):
    """A page that was shown after a refusal has an address that only takes POST."""
    headers = {"Referer": came} if came else {}
    answer = app.test_client().post("/admin/support/complaint/reply/?id=1", data={"text": WORDS}, headers=headers)
    assert any(own["href"] == "/login?next=/start" for own in Page(answer).all("a"))


def test_what_the_staff_wrote_is_shown_when_the_account_was_ended(app, browser):
    """The anti-forgery token is still good then."""
    number, support = id_of(app), browser("support")
    support.get(details("support", number))
    with app.app_context():
        one(User, email=email("support")).fs_uniquifier = "f" * 32
        db.session.commit()
    answer = support.send(reply("support", number), {"text": WORDS, "public": "1"})
    assert answer.status_code == 401 and "tidak diangkat" in answer.get_data(as_text=True)


def test_a_password_is_never_shown_again(app):
    """Whatever form it came from."""
    answer = app.test_client().post("/admin/support/complaint/reply/", data={"password": "tahu goreng dua", "text": "Dua kata"})
    assert answer.status_code == 401 and "tahu goreng" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", ["support", "technician", "sales", "manager", "administrator"])
def test_the_staff_choose_their_language_and_change_their_address(app, browser, role):
    """As customers do."""
    page = Page(browser(role).get(f"/admin/{role}/"))
    assert {own["value"] for own in page.all("button", name="language")} == {"id", "en"}
    assert page.all("a", href="/change-email")


def test_complaints_of_a_technician_who_left_are_counted_and_found(app, browser):
    """Nobody's complaint is forgotten with the account of its technician."""
    assert "left=1" not in browser("support").get("/admin/support/").get_data(as_text=True)
    with app.app_context():
        one(User, email=email("technician")).active = False
        db.session.commit()
    support = browser("support")
    assert Page(support.get(LIST + "?flt0_status=unsolved&flt1_left=1")).count() == 1
    tiles = [own["href"] for own in Page(support.get("/admin/support/")).all("a") if "left=1" in own.get("href", "")]
    assert len(tiles) == 1 and Page(support.get(tiles[0])).count() == 1


def test_a_customer_is_one_since_the_day_that_it_is_there(app, monkeypatch):
    """At six in the morning in Jakarta it is still yesterday in Greenwich."""
    monkeypatch.setattr(accounts, "now", lambda: datetime(2026, 11, 23, 23, 7, tzinfo=UTC))
    with app.test_request_context():
        jakarta = one(Branch, code="JKT")
        user = User(name="Baru", email="baru@test.example", phone="+6281234567890", fs_uniquifier="b" * 32, branch=jakarta)
        db.session.add(user)
        db.session.flush()
        accounts._confirmed(app, user)
        db.session.flush()
        assert db.session.scalars(select(Customer).where(Customer.user_id == user.id)).one().since == date(2026, 11, 24)


def test_two_who_assign_at_once_hear_of_each_other(app, browser):
    """The second is told who was faster and whom they sent; pressing again from the new page goes through."""
    number = id_of(app)
    with app.app_context():
        version = one(Complaint, subject=JOB).version
        first, second = (one(User, email=email(name)).id for name in ("technician2", "technician"))
    url = f"/admin/support/complaint/move/?id={number}&verb=assign"
    support = browser("support")
    assert support.send(url, {"technician": first, "row_version": version}).status_code == 302
    answer = support.send(url, {"technician": second, "row_version": version}, headers=ENGLISH)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Technician2" in page and f'<option selected value="{second}">' in page
    with app.app_context():
        assert one(Complaint, subject=JOB).technician_id == first
        version = one(Complaint, subject=JOB).version
    assert f'name="row_version" value="{version}"' in page
    assert support.send(url, {"technician": second, "row_version": version}).status_code == 302
    with app.app_context():
        assert one(Complaint, subject=JOB).technician_id == second


def test_what_is_too_late_is_not_offered(app, browser):
    """A complaint closed long ago has no button to reopen it; one of yesterday has."""
    number = id_of(app)
    table = Complaint.__table__
    for days, offered in ((1, True), (400, False)):
        with app.app_context():
            db.session.execute(table.update().where(table.c.id == number).values(status="closed", resolved_at=now() - timedelta(days=days)))
            db.session.commit()
        page = browser("support").get(details("support", number)).get_data(as_text=True)
        assert ('id="verb-reopen"' in page) is offered
    answer = browser("support").send(f"/admin/support/complaint/move/?id={number}&verb=reopen", {"reason": "Mati lagi <hari> ini"})
    assert answer.status_code == 409 and "Batas waktunya 7 hari dan sudah lewat" in answer.text and "Mati lagi &lt;hari&gt; ini" in answer.text
    with app.app_context():
        assert one(Complaint, id=number).status.value == "closed"


def test_a_visit_is_scheduled_on_a_calendar(app, browser):
    """The browser's own, from today and for a year; the time is the reader's, and what is no time is refused at its field."""
    support = browser("support")
    with app.app_context():
        row = one(Installation, applicant_name="Pemohon technician")
        number, person = row.id, row.technician_id
    page = Page(support.get(f"/admin/support/installation/details/?id={number}"))
    field = page.all("input", name="visit_at")[0]
    assert field["type"] == "datetime-local" and field["min"] == f"{now().astimezone(JAKARTA):%Y-%m-%d}T00:00" and field["max"] > field["min"]
    move = f"/admin/support/installation/move/?id={number}&verb=schedule"
    day = now().astimezone(JAKARTA).date() + timedelta(days=3)
    refused = support.send(move, {"technician": person, "visit_at": "besok pagi"})
    assert refused.status_code == 422 and Page(refused).all("input", **{"name": "visit_at", "class": "form-control is-invalid"})
    assert support.send(move, {"technician": person, "visit_at": f"{day}T09:30"}).status_code == 302
    with app.app_context():
        assert one(Installation, id=number).visit_at == datetime.combine(day, time(9, 30), JAKARTA)


@pytest.mark.parametrize("day", ["0026-11-24", "20266-01-01", "1889-01-01", "2100-01-01"])
def test_a_slip_in_a_year_is_refused_at_its_field(app, browser, day):
    """Here and by the browser, which is told the bounds; the last day is told what it must follow."""
    support = browser("support")
    path = "/admin/support/promo/new/"
    form = Page(support.get(path))
    first, last = form.all("input", name="valid_from")[0], form.all("input", name="valid_until")[0]
    assert (first["type"], first["min"], first["max"]) == ("date", "1990-01-01", "2099-12-31")
    assert last["data-after"] == "valid_from"
    answer = support.send(path, {"code": "X1", "title": "X", "text": "X", "valid_from": day, "valid_until": "2026-12-31",
                                 "audience": "everybody"})
    assert answer.status_code in (200, 422) and Page(answer).all("input", **{"name": "valid_from", "class": "form-control is-invalid"})
    with app.app_context():
        assert db.session.query(Promo).filter_by(code="X1").count() == 0
