"""The staff's work pages over HTTP: the complaint's page, lists that open usefully, counts that agree, nothing lost that was typed."""

import io
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from PIL import Image
from sqlalchemy import select

from ecrm import policy
from ecrm.admin.screens import SCREENS
from ecrm.admin.site import Front
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, ComplaintCategory, Customer, Letter, Promo, Reply, Subscription, User
from ecrm.models.account import STAFF, RoleName
from ecrm.models.base import Priority, now
from ecrm.models.complaint import ComplaintStatus
from ecrm.rules import move
from ecrm.rules.complaint import enter
from tests import sweep
from tests.world import email, one

JOB = "Lampu LOS merah"
LIST = "/admin/support/complaint/"


class Page(HTMLParser):
    """The elements of a page as (tag, attributes, the open elements around them), and its text."""

    def __init__(self, answer):
        super().__init__()
        self.found, self.open, self.text = [], [], ""
        self.feed(answer.get_data(as_text=True))

    def handle_starttag(self, tag, attrs):
        """Note the element."""
        self.found.append((tag, dict(attrs), list(self.open)))
        if tag not in ("input", "br", "img", "meta", "link", "hr"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Leave the element."""
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        """Collect the text."""
        self.text += data

    def all(self, tag, **wanted):
        """Return the attributes of the elements with these attributes."""
        return [own for name, own, _around in self.found if name == tag and all(own.get(key) == value for key, value in wanted.items())]

    def count(self):
        """Return the number of rows that a list says it has."""
        return next(int(own["data-count"]) for _tag, own, _around in self.found if own.get("id") == "count")

    def rows(self):
        """Return the addresses of the rows of a list, in order."""
        return [own["data-href"].partition("&")[0] for own in self.all("tr") if "data-href" in own]

    def verbs(self):
        """Return the verbs that have a button."""
        return {own["data-verb"] for own in self.all("button") if "data-verb" in own}


def id_of(app, subject=JOB):
    """Return the id of a complaint."""
    with app.app_context():
        return one(Complaint, subject=subject).id


def details(role, number):
    """Return the address of a complaint's page."""
    return f"/admin/{role}/complaint/details/?id={number}"


def reply(role, number):
    """Return the address that takes answers."""
    return f"/admin/{role}/complaint/reply/?id={number}"


def photo(name="modem.jpg", size=(64, 48)):
    """Return a photo as a form sends it."""
    file = io.BytesIO()
    Image.effect_noise(size, 90).save(file, "JPEG", quality=95)
    file.seek(0)
    return file, name


def texts_of(app, number, **columns):
    """Return the texts of a complaint's replies."""
    with app.app_context():
        return [row.text for row in db.session.scalars(select(Reply).filter_by(complaint_id=number, **columns).order_by(Reply.id))]


# Under the strict policy

CELLS = [(role, screen) for role in STAFF for screen in SCREENS if policy.grant(screen.model, role)]


@pytest.mark.parametrize(("role", "screen"), CELLS, ids=lambda value: getattr(value, "value", None) or value.__name__)
def test_no_page_needs_what_the_policy_forbids(app, browser, role, screen):
    """No handler, style or address of a script in any page, and every script is a file of ours with this answer's nonce."""
    person, base = browser(role.value), f"/admin/{role.value}/{screen.model.__tablename__}/"
    with app.app_context():
        row = db.session.scalars(policy.visible(screen.model, role, one(User, email=email(role.value)))).first()
    addresses = [f"/admin/{role.value}/", base, f"{base}?search=zzz&view=all", f"{base}new/"]
    addresses += [f"{base}{page}/?id={row.id}" for page in ("details", "edit") if row is not None]
    for address in addresses:
        answer = person.get(address)
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, address
        nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        for tag, own, _around in Page(answer).found:
            assert not [name for name in own if name.startswith("on") or name == "style"], (address, tag, own)
            assert not any((value or "").strip().lower().startswith("javascript:") for value in own.values()), (address, own)
            assert tag != "script" or (own["src"].startswith("/static/") and own["nonce"] == nonce), (address, own)


def test_deleting_asks_first(app, browser):
    """The page has one form that deletes, inside a fold that has to be opened; its button deletes for good."""
    support = browser("support")
    with app.app_context():
        number = one(Promo, code="RAHASIA").id
    page = Page(support.get(f"/admin/support/promo/details/?id={number}"))
    forms = [around for tag, own, around in page.found if tag == "form" and own.get("action", "").endswith("/delete/")]
    assert len(forms) == 1 and [own for tag, own in forms[0] if tag == "details" and "open" not in own]
    assert not [own for own in Page(support.get("/admin/support/promo/")).all("form") if own.get("action", "").endswith("/delete/")]
    assert support.get(f"/admin/support/promo/delete/?id={number}").status_code == 405
    support.send("/admin/support/promo/delete/", {"id": number})
    with app.app_context():
        assert not db.session.scalars(select(Promo).filter_by(code="RAHASIA")).all()


# Answers

def test_a_reply_reaches_the_customer_and_a_note_does_not(app, browser):
    """The reply is public, on the customer's page and in a letter; the note is none of that."""
    number, support = id_of(app), browser("support")
    with app.app_context():
        before = db.session.query(Letter).count()
    assert support.send(reply("support", number), {"text": "Kabel diganti besok.", "public": "1"}).status_code == 302
    assert support.send(reply("support", number), {"text": "Pelanggan ini galak.", "public": "0"}).status_code == 302
    assert support.send(reply("support", number), {"text": "Tanpa tombol."}).status_code == 302
    assert texts_of(app, number, public=True)[-1:] == ["Kabel diganti besok."]
    assert texts_of(app, number, public=False)[-2:] == ["Pelanggan ini galak.", "Tanpa tombol."]
    with app.app_context():
        letters = list(db.session.scalars(select(Letter).order_by(Letter.id)))[before:]
        assert [letter.to_email for letter in letters] == [email("customer")]
        code = one(Complaint, id=number).number
    seen = browser("customer").get(f"/complaints/{code}").get_data(as_text=True)
    assert "Kabel diganti besok." in seen and "galak" not in seen and "Catatan dalam 1." not in seen
    page = support.get(details("support", number)).get_data(as_text=True)
    assert "Pelanggan ini galak." in page and page.count("is-note") == 3


def test_the_button_pressed_twice_makes_one_reply(app, browser):
    """The same text again is the same reply; as a note it is another one."""
    number, support = id_of(app), browser("support")
    for public in ("1", "1", "0"):
        support.send(reply("support", number), {"text": "Sedang kami periksa.", "public": public})
    assert texts_of(app, number).count("Sedang kami periksa.") == 2


def test_what_was_typed_survives_a_refusal(app, browser):
    """A blank text, a refused file, a complaint that somebody closed: nothing is written, and the words are still there."""
    number, support = id_of(app), browser("support")
    before = texts_of(app, number)
    assert support.send(reply("support", number), {"text": "   ", "public": "1"}).status_code == 422
    files = [photo(), (io.BytesIO(b"<svg onload=alert(1)>"), "jahat.svg")]
    answer = support.send(reply("support", number), {"text": "Lihat foto ini", "public": "1", "files": files})
    assert answer.status_code == 422
    assert "Lihat foto ini" in answer.get_data(as_text=True) and "jahat.svg" in answer.get_data(as_text=True)
    with app.app_context():
        move(one(Complaint, id=number), "cancel", one(User, email=email("support")), now(), reason="Salah lapor")
        db.session.commit()
    answer = support.send(reply("support", number), {"text": "Masih perlu dikirim", "public": "1"})
    assert answer.status_code == 409 and "Masih perlu dikirim" in answer.get_data(as_text=True)
    assert texts_of(app, number) == before


def test_only_who_may_write_writes(app, browser):
    """A manager reads, another technician sees nothing; neither adds a reply."""
    number = id_of(app)
    before = texts_of(app, number)
    page = Page(browser("manager").get(details("manager", number)))
    assert not page.all("form", id="answer") and not page.verbs()
    assert browser("manager").send(reply("manager", number), {"text": "x", "public": "1"}).status_code == 403
    assert browser("technician2").send(reply("technician", number), {"text": "x", "public": "1"}).status_code == 404
    assert browser("technician2").get(details("technician", number)).status_code == 404
    assert texts_of(app, number) == before


def test_a_photo_comes_with_a_reply_and_is_seen_by_who_sees_the_reply(app, browser):
    """Larger than other forms may be; served by each role's own address, and a note's photo never to the customer."""
    number, technician = id_of(app), browser("technician")
    large = photo(size=(700, 500))
    assert len(large[0].getvalue()) > app.config["MAX_CONTENT_LENGTH"]
    assert technician.send(reply("technician", number), {"text": "Konektor ini", "public": "1", "files": [large]}).status_code == 302
    assert technician.send(reply("technician", number), {"text": "Kode ODP", "public": "0", "files": [photo("odp.jpg")]}).status_code == 302
    with app.app_context():
        public, note = [row.id for row in db.session.scalars(select(Attachment).where(Attachment.reply_id.is_not(None)).order_by(Attachment.id))]
    for role in ("technician", "support", "manager"):
        answer = browser(role).get(f"/admin/{role}/attachment/file/?id={note}")
        assert (answer.status_code, answer.mimetype, answer.headers["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
        assert f"/admin/{role}/attachment/file/?id={note}" in browser(role).get(details(role, number)).get_data(as_text=True)
    assert browser("technician2").get(f"/admin/technician/attachment/file/?id={public}").status_code == 404
    assert browser("sales").get(f"/admin/sales/attachment/file/?id={public}").status_code == 404
    assert browser("customer").get(f"/attachments/{public}").status_code == 200
    assert browser("customer").get(f"/attachments/{note}").status_code == 404


def test_other_forms_stay_small(app, browser):
    """Only the forms that take files take much."""
    number = id_of(app)
    files = {"reason": "Beres", "files": [photo(size=(700, 500))]}
    assert browser("technician").send(f"/admin/technician/complaint/move/?id={number}&verb=resolve", files).status_code == 413
    assert browser().post(reply("support", number), data={"text": "x", "files": [photo(size=(700, 500))]}).status_code in (400, 401, 413)


# Verbs

@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.TECHNICIAN, RoleName.MANAGER], ids=lambda role: role.value)
@pytest.mark.parametrize("status", list(ComplaintStatus), ids=lambda status: status.value)
def test_the_buttons_are_the_verbs_of_the_table_and_the_policy(app, browser, role, status):
    """Each status has exactly the buttons that the lifecycle allows and the role may press."""
    number = id_of(app)
    with app.app_context():
        table = Complaint.__table__
        db.session.execute(table.update().where(table.c.id == number).values(status=status, resolved_at=now()))
        db.session.commit()
        expected = {verb.name for verb in Complaint.__lifecycle__.verbs if status in verb.sources and policy.may_move(role, Complaint, verb.name)}
    assert Page(browser(role.value).get(details(role.value, number))).verbs() == expected


def test_start_and_resolve_in_two_taps_each(app, browser):
    """The technician starts with one press, resolves with one form; the reason stands in the history."""
    number, technician = id_of(app), browser("technician")
    url = f"/admin/technician/complaint/move/?id={number}&verb="
    technician.send(url + "start")
    assert technician.send(url + "resolve", {"reason": "Konektor diganti"}).status_code == 302
    page = technician.get(details("technician", number))
    assert Page(page).all("article", **{"data-status": "resolved"}) and "Konektor diganti" in page.get_data(as_text=True)


def test_a_blank_reason_opens_the_form_again(app, browser):
    """The page comes back with that verb's form open and nothing changed."""
    number = id_of(app)
    answer = browser("technician").send(f"/admin/technician/complaint/move/?id={number}&verb=resolve", {"reason": "  "})
    assert answer.status_code == 422
    page = Page(answer)
    assert "open" in page.all("details", id="verb-resolve")[0] and page.all("article", **{"data-status": "assigned"})


def test_somebody_was_faster_and_the_reason_is_kept(app, browser):
    """Support cancels while the technician writes: what was written comes back as a message that can still be sent or copied."""
    number, technician = id_of(app), browser("technician")
    with app.app_context():
        move(one(Complaint, id=number), "cancel", one(User, email=email("support")), now(), reason="Dobel")
        db.session.commit()
    answer = technician.send(f"/admin/technician/complaint/move/?id={number}&verb=resolve", {"reason": "Kabel sudah disambung ulang"})
    assert answer.status_code == 409
    assert "Kabel sudah disambung ulang" in answer.get_data(as_text=True)
    with app.app_context():
        assert one(Complaint, id=number).status is ComplaintStatus.CANCELLED


# Lists

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
            key=lambda row: (row.priority, row.resolution_due_at, row.id))]
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
    names = {own["name"]: own for tag in ("select", "input") for own in Page(support.get(LIST)).all(tag) if own.get("name", "").startswith("flt")}
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
    """The box in the head takes a telephone number with 0, a name, or a complaint's number."""
    support = browser("support")
    with app.app_context():
        number = one(Complaint, subject=JOB).number
    for typed, table in (("0812-0000-002", "customer"), ("08120000002", "customer"), ("Siti", "customer"), (number, "complaint")):
        page = Page(support.get("/admin/support/find", query_string={"q": typed}, follow_redirects=True))
        assert page.count() == 1 and f"/admin/support/{table}/details/" in page.rows()[0], typed


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
            resolution_due_at=at - timedelta(hours=1), response_due_at=at - timedelta(hours=2)))
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
    assert page.all("a", href="tel:+628120000001") and [own for own in page.all("a") if own.get("href", "").startswith("https://www.google.com/maps/search/?api=1&query=Jl.")]
    assert "Pemohon technician" in text and "Pemohon technician2" not in text
    with app.app_context():
        move(one(Complaint, subject=JOB), "resolve", None, now(), reason="Beres")
        db.session.commit()
    assert Page(browser("technician").get("/admin/technician/")).count() == 0


def test_every_role_has_a_front_page(app):
    """Counts, or jobs: no role opens on an empty page without a word."""
    fronts = {admin.role for admin in app.extensions["admin"] if isinstance(admin.index_view, Front)}
    assert fronts == set(STAFF)


# A complaint for a caller

def test_support_enters_a_complaint_for_the_caller(app, browser):
    """From the customer's page: customer and only subscription are filled in; saving leads to the complaint."""
    support = browser("support")
    with app.app_context():
        customer = one(Customer, number="PLG-000003")
        number, subscription = customer.id, customer.subscriptions[0].id
        category = one(ComplaintCategory, code="DOWN").id
    page = Page(support.get(f"/admin/support/customer/details/?id={number}"))
    links = [own["href"] for own in page.all("a") if own.get("href", "").startswith("/admin/support/complaint/new/")]
    assert len(links) == 1
    form = Page(support.get(links[0]))
    assert form.all("input", name="customer")[0]["value"] == str(number)
    assert form.all("input", name="subscription")[0]["value"] == str(subscription)
    typed = {"customer": number, "subscription": subscription, "category": category, "channel": "whatsapp", "priority": "__None",
             "subject": "Telepon dari Pak Agus", "description": "Lampu merah"}
    answer = support.send("/admin/support/complaint/new/", typed)
    row = id_of(app, "Telepon dari Pak Agus")
    assert answer.status_code == 302 and answer.location.endswith(f"/admin/support/complaint/details/?id={row}")
    with app.app_context():
        saved = one(Complaint, id=row)
        assert (saved.channel.value, saved.priority, saved.subscription_id) == ("whatsapp", Priority.URGENT, subscription)


def test_another_customers_subscription_is_refused_and_not_offered(app, browser):
    """The look-up offers the caller's own; a forged one comes back beside its field with all that was typed."""
    support = browser("support")
    with app.app_context():
        number, other = one(Customer, number="PLG-000003").id, one(Subscription, customer_id=one(Customer, number="PLG-000001").id).id
        category, before = one(ComplaintCategory, code="DOWN").id, db.session.query(Complaint).count()
        own = one(Subscription, customer_id=number).id
    found = support.get(f"/admin/support/complaint/ajax/lookup/?name=subscription&query=&customer={number}").json
    assert [int(item[0]) for item in found] == [own]
    typed = {"customer": number, "subscription": other, "category": category, "channel": "phone", "priority": "__None",
             "subject": "Telepon dari Pak Agus", "description": "Lampu merah sejak subuh"}
    answer = support.send("/admin/support/complaint/new/", typed)
    assert answer.status_code == 200 and "Lampu merah sejak subuh" in answer.get_data(as_text=True)
    assert "has-error" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Complaint).count() == before


def test_a_category_is_chosen_and_not_assumed(app, browser):
    """The form begins without a category, and without one nothing is saved."""
    support = browser("support")
    with app.app_context():
        number, before = one(Customer, number="PLG-000003").id, db.session.query(Complaint).count()
    assert not [own for own in Page(support.get("/admin/support/complaint/new/")).all("option", selected=None) if "selected" in own and own["value"].isdigit()]
    answer = support.send("/admin/support/complaint/new/", {"customer": number, "category": "", "channel": "phone", "subject": "x", "description": "y"})
    assert answer.status_code == 200 and "field-category has-error" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Complaint).count() == before


def test_the_customers_page_has_what_is_theirs(app, browser):
    """Short lists of their own rows, and none of anybody else's."""
    with app.app_context():
        number = one(Customer, number="PLG-000001").id
    text = browser("support").get(f"/admin/support/customer/details/?id={number}").get_data(as_text=True)
    assert JOB in text and "Tagihan ganda" in text and "Internet putus-putus" not in text
    for table in ("complaint", "subscription", "bandwidth_grant", "installation"):
        assert f'id="short-{table}"' in text


def test_the_page_shows_the_customers_other_complaints(app, browser):
    """To support all of them; to the technician only own jobs."""
    number = id_of(app)
    assert "Tagihan ganda" in browser("support").get(details("support", number)).get_data(as_text=True)
    assert "Tagihan ganda" not in browser("technician").get(details("technician", number)).get_data(as_text=True)


def test_a_promos_picture_is_uploaded_and_shown(app, browser):
    """The form takes a picture, refuses what is none beside the field, and keeps the old one where it is left blank."""
    support = browser("support")
    with app.app_context():
        number = one(Promo, code="HEMAT").id
    edit = f"/admin/support/promo/edit/?id={number}"
    fields = sweep.fields_of(support.get(edit))
    answer = support.send(edit, fields | {"title": "Judul baru", "picture": (io.BytesIO(b"<svg/>"), "x.svg")})
    assert answer.status_code == 200 and "Judul baru" in answer.get_data(as_text=True) and "field-picture has-error" in answer.get_data(as_text=True)
    assert support.send(edit, fields | {"picture": photo(size=(700, 500))}).status_code == 302
    with app.app_context():
        key = one(Promo, id=number).picture_key
    assert key
    assert support.send(edit, sweep.fields_of(support.get(edit)) | {"title": "Judul baru"}).status_code == 302
    with app.app_context():
        assert (one(Promo, id=number).picture_key, one(Promo, id=number).title) == (key, "Judul baru")
    page = Page(support.get(f"/admin/support/promo/details/?id={number}"))
    shown = page.all("img", **{"class": "picture"})[0]["src"]
    assert (support.get(shown).status_code, support.get(shown).mimetype) == (200, "image/jpeg")
    assert support.get("/admin/support/promo/picture/?id=999999").status_code == 404


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
