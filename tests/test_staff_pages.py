"""The staff's work pages over HTTP: the complaint's page, forms, photos; nothing is lost that was typed."""

import io

import pytest
from sqlalchemy import select

from ecrm import policy
from ecrm.admin.screens import SCREENS
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, ComplaintCategory, Customer, Installation, Letter, Promo, Subscription, User
from ecrm.models.account import STAFF, RoleName
from ecrm.models.base import Priority, now
from ecrm.models.complaint import ComplaintStatus
from ecrm.rules import move
from ecrm.rules.installation import register
from ecrm.storage import MAX_FILES
from tests import sweep
from tests.conftest import ONE_DATABASE
from tests.staff import JOB, Page, details, id_of, photo, reply, texts_of
from tests.sweep import WIDEST
from tests.world import email, one

pytestmark = ONE_DATABASE

# Under the strict policy

CELLS = [(role, screen) for role in STAFF for screen in SCREENS if policy.grant(screen.model, role)]
FRONT = {role: screen for role, screen in reversed(CELLS)}  # with which of its screens the front page of a role is read
SCREENS_ONCE = [(role, screen) for role, screen in CELLS if (role, screen.model) in WIDEST or screen is FRONT[role]]


@pytest.mark.parametrize(("role", "screen"), SCREENS_ONCE, ids=lambda value: getattr(value, "value", None) or value.__name__)
def test_no_page_needs_what_the_policy_forbids(app, browser, role, screen):
    """No handler, style or address of a script in any page, and every script is a file of ours with this answer's nonce."""
    person, base = browser(role.value), f"/admin/{role.value}/{screen.model.__tablename__}/"
    with app.app_context():
        row = db.session.scalars(policy.visible(screen.model, role, one(User, email=email(role.value)))).first()
    addresses = [base, f"{base}?search=zzz&view=all", f"{base}new/"]
    addresses += [f"/admin/{role.value}/"] if screen is FRONT[role] else []
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
    listed = Page(support.get("/admin/support/promo/")).all("form")
    assert not [own for own in listed if own.get("action", "").endswith("/delete/")]
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
    for text, public, file in (("Konektor ini", "1", large), ("Kode ODP", "0", photo("odp.jpg"))):
        answer = technician.send(reply("technician", number), {"text": text, "public": public, "files": [file]})
        assert answer.status_code == 302
    with app.app_context():
        of_replies = select(Attachment.id).where(Attachment.reply_id.is_not(None)).order_by(Attachment.id)
        public, note = db.session.scalars(of_replies)
    for role in ("technician", "support", "manager"):
        answer = browser(role).get(f"/admin/{role}/attachment/file/?id={note}")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert f"/admin/{role}/attachment/file/?id={note}" in browser(role).get(details(role, number)).get_data(as_text=True)
    assert browser("technician2").get(f"/admin/technician/attachment/file/?id={public}").status_code == 404
    assert browser("sales").get(f"/admin/sales/attachment/file/?id={public}").status_code == 404
    assert browser("customer").get(f"/attachments/{public}").status_code == 200
    assert browser("customer").get(f"/attachments/{note}").status_code == 404


def test_too_many_files_come_back_with_the_words(app, browser):
    """The reason stands at the files; nothing is written."""
    number, technician = id_of(app), browser("technician")
    before = texts_of(app, number)
    answer = technician.send(reply("technician", number), {"text": "Lihat semua foto", "public": "1", "files": [photo(f"{n}.jpg") for n in range(MAX_FILES + 1)]})
    assert answer.status_code == 422 and "Lihat semua foto" in answer.text and f"Paling banyak {MAX_FILES} berkas" in answer.text
    with app.app_context():
        assert texts_of(app, number) == before and not db.session.scalars(select(Attachment).where(Attachment.reply_id.is_not(None))).all()


def test_other_forms_stay_small(app, browser):
    """Only the forms that take files take much."""
    number = id_of(app)
    files = {"reason": "Beres", "files": [photo(size=(700, 500))]}
    assert browser("technician").send(f"/admin/technician/complaint/move/?id={number}&verb=resolve", files).status_code == 413
    nobody = browser().post(reply("support", number), data={"text": "x", "files": [photo(size=(700, 500))]})
    assert nobody.status_code in (400, 401, 413)
    stranger = {"text": "x", "files": [photo(size=(700, 500))]}
    assert browser("customer").send(reply("support", number), stranger).status_code == 413


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
        possible = {verb.name for verb in Complaint.__lifecycle__.verbs if status in verb.sources}
        expected = {name for name in possible if policy.may_move(role, Complaint, name)} - {"merge"}  # there is no earlier one to merge it into
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
    url = f"/admin/technician/complaint/move/?id={number}&verb=resolve"
    answer = technician.send(url, {"reason": "Kabel sudah disambung ulang"})
    assert answer.status_code == 409
    assert "Kabel sudah disambung ulang" in answer.get_data(as_text=True)
    with app.app_context():
        assert one(Complaint, id=number).status is ComplaintStatus.CANCELLED


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
        number = one(Customer, number="PLG-000003").id
        other = one(Subscription, customer_id=one(Customer, number="PLG-000001").id).id
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
    options = Page(support.get("/admin/support/complaint/new/")).all("option")
    assert not [own for own in options if "selected" in own and own["value"].isdigit()]
    typed = {"customer": number, "category": "", "channel": "phone", "subject": "x", "description": "y"}
    answer = support.send("/admin/support/complaint/new/", typed)
    assert answer.status_code == 200 and "field-category has-error" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Complaint).count() == before


def test_where_there_is_no_address_there_is_no_way_to_it(app, browser):
    """Rows that were brought in from elsewhere may have none; no link leads to the middle of the sea."""
    with app.app_context():
        number = one(Customer, number="PLG-000001").id
    page = f"/admin/support/customer/details/?id={number}"
    assert "google.com/maps" in browser("support").get(page).text
    with app.app_context():
        db.session.execute(Customer.__table__.update().where(Customer.__table__.c.id == number).values(address=""))
        db.session.commit()
    assert "google.com/maps" not in browser("support").get(page).text


TODAY = "{today}"
OPENED = [  # the form that an address opens, and fields with what stands in them
    ("subscription/new/?customer={customer}", {"customer": "{customer}", "address": "Jl. Kapuk 1", "valid_from": TODAY}),
    ("subscription/new/", {"customer": "", "address": "", "valid_from": TODAY}),
    ("bandwidth_grant/new/?customer={customer}", {"subscription": "{line}", "valid_from": TODAY}),
    ("bandwidth_grant/new/?customer=999999", {"subscription": "", "valid_from": TODAY}),
    ("bandwidth_grant/new/?subscription={line}&complaint={complaint}", {"subscription": "{line}", "complaint": "{complaint}", "reason": "compensation"}),
    ("visit/new/?complaint={complaint}&day=besok&half=malam", {"complaint": "{complaint}", "kind": "repair", "day": TODAY, "half": "morning"}),
    ("visit/new/?installation={registered}", {"installation": "{registered}", "kind": "survey", "day": TODAY}),
    ("visit/new/?installation={scheduled}&half=afternoon", {"installation": "{scheduled}", "kind": "installation", "half": "afternoon"}),
    ("outage/new/?area={area}&since=kemarin", {"area": "{area}", "branch": "{branch}", "started_at": TODAY}),
    ("outage/new/?since=0001-01-01T00:00:00%2B14:00", {"area": "__None", "started_at": TODAY}),
]


@pytest.mark.parametrize(("address", "wanted"), OPENED, ids=[address for address, _wanted in OPENED])
def test_a_form_begins_with_what_its_address_says(app, browser, address, wanted):
    """What is named is filled in with what follows from it; what cannot be read is left to the usual."""
    with app.app_context():
        customer, scheduled = one(Customer, number="PLG-000001"), one(Installation, applicant_name="Pemohon technician")
        registered = register(db.session, Installation(applicant_name="Eko", applicant_phone="+628120000007", address="Jl. 7", area=customer.area, plan=scheduled.plan), now())
        db.session.commit()
        known = {"customer": customer.id, "line": customer.subscriptions[0].id, "complaint": one(Complaint, subject=JOB).id, "registered": registered.id,
                 "scheduled": scheduled.id, "area": customer.area_id, "branch": customer.branch_id, "today": customer.branch.local(now()).date()}
    answer = browser("support").get(f"/admin/support/{address.format(**known)}")
    typed = sweep.fields_of(answer)
    assert answer.status_code == 200
    assert {name: typed[name][:10] if name == "started_at" else typed[name] for name in wanted} == {name: value.format(**known) for name, value in wanted.items()}


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
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Judul baru" in text and "field-picture has-error" in text
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
