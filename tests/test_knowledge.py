"""Templates of replies are filled in and inserted; help pages are suggested and counted; what was entered twice is shown, and merged."""

import pytest

from ecrm.extensions import db
from ecrm.letters.rendering import render
from ecrm.models import Attachment, Complaint, ComplaintCategory, Customer, HelpPage, Letter, ReplyTemplate, Step
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.rules.complaint import answer, enter
from ecrm.rules.errors import FieldRefused
from ecrm.rules.knowledge import check, filled, suggested
from tests.chromium import window  # noqa: F401
from tests.portal import typed
from tests.projection import project
from tests.staff import details, id_of, reply, texts_of
from tests.world import one


@pytest.mark.parametrize(("text", "fine"), [
    ("Halo {nama}, {nomor} {perihal} {teknisi} {batas} {perusahaan} {saya}", True), ("tanpa tempat", True), ("{namaa}", False), ("{}", False),
    ("{nama.__class__}", False), ("{nama", False), ("nama}", False), ("{{nama}}", False), ("{NIK}", False),
])
def test_places(text, fine):
    """Only the known places pass, so that no template reads anything else."""
    if fine:
        return check(ReplyTemplate(text=text))
    with pytest.raises(FieldRefused, match="nama"):
        check(ReplyTemplate(text=text))


def test_what_is_filled_in_is_not_looked_at_again():
    """A customer whose name is a place keeps it."""
    assert filled("{nama}: {nomor}", {"nama": "{nomor}", "nomor": "KL-1"}) == "{nomor}: KL-1"


def test_refused_at_the_field(app, browser):
    """Saving names the unknown place beside the field and keeps the text; the same name twice in a language is refused."""
    support = browser("support")
    words = {"name": "Baru", "language": "id", "category": "__None", "text": "Halo {nik}", "active": "y"}
    answer = support.send("/admin/support/reply_template/new/", words)
    assert 'id="text-error"' in answer.text and "{nik}" in answer.text and "Halo {nik}" in answer.text
    assert support.send("/admin/support/reply_template/new/", words | {"text": "Halo {nama}"}).status_code == 302
    assert "Ini sudah ada" in support.send("/admin/support/reply_template/new/", words | {"text": "Halo {nama}"}).text


def test_inserted_without_a_script(app, browser):
    """The button brings the filled-in text after what was typed, sends nothing, and offers only what fits category and language."""
    number = id_of(app)
    before = texts_of(app, number)
    with app.app_context():
        template, row = one(ReplyTemplate, name="Jadwal teknisi"), db.session.get(Complaint, number)
        template_id, name, subject = template.id, row.number, row.customer.name
        db.session.add(ReplyTemplate(name="English one", language=Language.ENGLISH, text="Hello {nama}"))
        db.session.commit()
    for role in ("support", "technician"):
        page = browser(role).get(details(role, number)).text
        assert "Jadwal teknisi" in page and "Tagihan dicek" not in page and "English one" not in page
        answer = browser(role).send(reply(role, number), {"text": "Selamat pagi.", "template": template_id})
        assert answer.status_code == 200
        said = answer.text[answer.text.index("<textarea id=\"text\""):] if '<textarea id="text"' in answer.text else answer.text
        assert f"Selamat pagi.\n\nHalo {subject}, Technician datang untuk {name} sebelum" in said.replace("\r", "")
    assert "Selamat pagi." in browser("support").send(reply("support", number), {"text": "Selamat pagi.", "template": "x"}).text
    assert texts_of(app, number) == before


def test_inserted_with_a_key(app, window):  # noqa: F811
    """t and Enter put the text where the cursor stands."""
    page = window(person="support")
    page.goto(details("support", id_of(app, "Tagihan ganda")))
    page.fill("#text", "Pagi. ")
    page.locator("h1").click()
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    assert page.input_value("#text") == "Pagi. Tagihan Budi Santoso kami cek."
    page.fill("#text", "")


def test_what_fits(app):
    """The category counts, words of the text too, in either language; what has nothing in common is not suggested."""
    with app.app_context():
        down, bill = one(ComplaintCategory, code="DOWN").id, one(ComplaintCategory, code="BILL").id
        pages = db.session.query(HelpPage).order_by(HelpPage.id).all()
        los, read = pages
        assert suggested(pages, "", None) == [] and suggested(pages, "sepatu baru", None) == []
        assert suggested(pages, "", bill) == [read] and suggested(pages, "Lampu saya merah", None) == [los]
        assert suggested(pages, "the adapter light", None) == [los] and suggested(pages, "tagihan", down) == [los, read]


def test_suggested_and_counted(app, browser):
    """Without a script the form lists what is published; “this solved it” counts once for each login, and a draft stays unseen."""
    person = browser("customer")
    with app.app_context():
        out, hidden = one(HelpPage, published=True), one(HelpPage, published=False)
        out_id, hidden_id, category = out.id, hidden.id, out.category_id
    form = person.get("/complaints/new").text
    assert f'href="/help/{out_id}"' in form and f"/help/{hidden_id}" not in form
    assert person.get(f"/help/suggest?category={category}&words=los").get_json()["pages"][0]["url"] == f"/help/{out_id}"
    assert person.get("/help/suggest?category=x&words=tagihan").get_json() == {"pages": []}
    for visitor in (browser(), person):
        assert "Cabut adaptor" in visitor.get(f"/help/{out_id}").text and visitor.get(f"/help/{hidden_id}").status_code == 404
    for _again in range(2):
        assert person.send(f"/help/{out_id}/solved").status_code == 200
    assert browser().send(f"/help/{out_id}/solved").status_code in (302, 401)
    with app.app_context():
        assert one(HelpPage, published=True).helped == 1
    chosen = person.get(f"/complaints/new?category={category}").text
    assert f'value="{category}"' in chosen and "checked" in chosen
    assert person.send("/complaints/new", typed(app)).status_code == 302


def test_suggested_while_typing(app, window):  # noqa: F811
    """The list shows what fits the words."""
    with app.app_context():
        one(HelpPage, published=False).published = True
        db.session.commit()
    page = window(person="customer")
    page.goto("/complaints/new")
    page.fill("#subject", "Lampu merah menyala")
    page.locator('.help-box li').nth(1).wait_for(state="detached")
    assert "Lampu LOS merah" in page.inner_text(".help-box[open] li")
    page.fill("#subject", "")


def test_merged(app, browser):
    """Two complaints of one customer become one: told once, both ways linked, replies and files read in the kept one, by its technician too; final."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        twice = enter(db.session, Complaint(customer=customer, category=one(ComplaintCategory, code="DOWN"), subject="Masih LOS", description="Merah lagi."), now())
        answer(twice, "Lampu masih merah.", customer.user, now())
        db.session.add(Attachment(complaint=twice, name="dua.jpg", media_type="image/jpeg", size=10, sha256="1" * 64, storage_key="00/dua", by=customer.user))
        db.session.commit()
        twice, number = twice.id, twice.number
        others = one(Complaint, subject="Internet putus-putus").id
    kept, support = id_of(app), browser("support")
    page = support.get(details("support", twice)).text
    assert 'id="verb-merge"' in page and f'value="{kept}"' in page and f'value="{others}"' not in page
    url = f"/admin/support/complaint/move/?id={twice}&verb=merge"
    for wrong in ("", others, twice, "x"):
        assert support.send(url, {"merged_into": wrong}).status_code == 422
    assert browser("technician").send(url.replace("support", "technician"), {"merged_into": kept}).status_code in (403, 404)
    assert support.send(url, {"merged_into": kept}).status_code == 302
    with app.app_context():
        row = db.session.get(Complaint, twice)
        assert (row.status.value, row.merged_into_id) == ("cancelled", kept) and row.closed_at and project(
            db.session.query(Step).filter_by(table="complaint", row_id=twice).order_by(Step.id))["closed_at"] == row.closed_at
        letter = db.session.query(Letter).filter_by(template="complaint_merge_customer").one()
        assert render(letter).text.count(db.session.get(Complaint, kept).number) == 1
    for role in ("support", "technician"):
        shown = browser(role).get(details(role, kept)).text
        assert "Lampu masih merah." in shown and "dua.jpg" in shown
    assert f'id="merged-{twice}"' in support.get(details("support", kept)).text and 'id="merged-into"' in support.get(details("support", twice)).text
    person = browser("customer")
    with app.app_context():
        kept_number = db.session.get(Complaint, kept).number
    assert "Lampu masih merah." in person.get(f"/complaints/{kept_number}").text and f"/complaints/{number}" in person.get(f"/complaints/{kept_number}").text
    assert f"/complaints/{kept_number}" in person.get(f"/complaints/{number}").text
    assert support.send(url, {"merged_into": kept}).status_code == 409


def test_duplicates_shown(app, browser):
    """The portal asks above the form whether it is an open one, never somebody else's; the staff form says so after saving."""
    with app.app_context():
        mine, other, customer = one(Complaint, subject="Lampu LOS merah"), one(Complaint, subject="Internet putus-putus"), one(Customer, number="PLG-000001")
        number, foreign, words = mine.number, other.number, {
            "customer": customer.id, "subscription": customer.subscriptions[0].id, "channel": "phone", "category": mine.category_id, "priority": "__None",
            "subject": "Modem", "description": "Rusak."}
        bill = str(one(ComplaintCategory, code="BILL").id)
    form = browser("customer").get("/complaints/new").text
    assert number in form and foreign not in form
    answered = browser("support").send("/admin/support/complaint/new/", words, follow_redirects=True).text
    assert f"Mungkin sama dengan {number}" in answered
    answered = browser("support").send("/admin/support/complaint/new/", words | {"customer": customer_of(app, 3), "subscription": "", "category": bill}, follow_redirects=True).text
    assert "Mungkin sama" not in answered


def customer_of(app, number):
    """Return the id of a customer."""
    with app.app_context():
        return one(Customer, number=f"PLG-{number:06d}").id
