"""The portal over HTTP: what a customer sees, enters and may not reach."""

import gzip
import io
import re
import threading

import pytest
from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.models import Attachment, BandwidthGrant, Complaint, ComplaintCategory, Customer, Letter, Plan, Promo, Reply, Subscription, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.models.plan import Audience
from ecrm.rules import move
from ecrm.rules.complaint import answer
from tests.world import PASSWORD, email, one

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def pick(app, value):
    """Return what `value` reads from the database, in an application context of its own."""
    with app.app_context():
        return value()


def number(app, subject):
    return pick(app, lambda: one(Complaint, subject=subject).number)


def typed(app, **more):
    """Return the fields of a filled-in complaint form."""
    category = pick(app, lambda: str(one(ComplaintCategory, code="DOWN").id))
    return {"token": "a" * 32, "category": category, "subject": "Modem mati", "description": "Lampu merah <b>sejak</b> pagi."} | more


def complaints(app, **columns):
    return pick(app, lambda: db.session.scalar(select(func.count()).select_from(Complaint).filter_by(**columns)))


def bare(answer):
    """Return a page without its anti-forgery tokens, which differ from page to page."""
    return re.sub(r'name="csrf_token"[^>]*>', "", answer.text)


def solve(app, subject):
    """Let the technician resolve a complaint."""
    with app.app_context():
        move(one(Complaint, subject=subject), "resolve", one(User, email=email("technician")), now(), reason="Kabel diganti")
        db.session.commit()


@pytest.mark.parametrize("path", ["/", "/promos", "/promos/HEMAT", "/login", "/register", "/confirm", "/reset", "/registered"])
def test_pages_for_everybody(browser, path):
    """A visitor reads them without logging in."""
    page = browser().get(path)
    assert page.status_code == 200 and "<h1" in page.text and '<html lang="id"' in page.text


@pytest.mark.parametrize("path", ["/home", "/complaints", "/complaints/new", "/bandwidth", "/profile", "/promos", "/promos/HEMAT",
                                  "/change", "/change-email"])
def test_pages_of_a_customer(browser, path):
    """A customer opens them; a visitor is asked to log in and comes back to the same page."""
    assert browser("customer").get(path).status_code == 200
    if path.startswith("/promos"):
        return
    sent = browser().get(path)
    assert sent.status_code == 302 and sent.location.startswith("/login?next=") and path.strip("/") in sent.location


def test_everybody_is_sent_where_they_work(browser):
    """Staff to their site, customers home, visitors to the login."""
    assert browser("customer").get("/start").location == "/home"
    assert browser("technician").get("/start").location == "/admin/"
    assert browser().get("/start").location == "/login"
    assert browser("customer").get("/").location == "/start"
    assert browser("support").get("/complaints").location == "/start"


def test_the_front_page_shows_only_promos_that_run_for_visitors(app, browser):
    """Drafts, past ones and those for existing customers are not there."""
    page = browser().get("/").text
    assert "Hemat akhir tahun" in page and "Belum terbit" not in page and "Home 20" in page
    with app.app_context():
        one(Promo, code="HEMAT").audience = Audience.EXISTING
        db.session.commit()
    assert "Hemat akhir tahun" not in browser().get("/").text
    assert "Hemat akhir tahun" in browser("customer").get("/home").text


def test_a_promo_on_other_plans_is_not_offered(app, browser):
    """A promo on Home 50 is not for somebody on Home 20; one on both is."""
    with app.app_context():
        one(Promo, code="HEMAT").plans = [one(Plan, code="HOME50")]
        db.session.commit()
    assert "Hemat akhir tahun" not in browser("customer").get("/home").text
    with app.app_context():
        promo = one(Promo, code="HEMAT")
        promo.plans = [*promo.plans, one(Plan, code="HOME20")]
        db.session.commit()
    assert "Hemat akhir tahun" in browser("customer").get("/home").text


def test_home_adds_the_running_bandwidth(app, browser):
    """Base plus what runs today; a draft does not count."""
    assert "<strong>20</strong> Mbps" in browser("customer").get("/home").text
    with app.app_context():
        move(one(BandwidthGrant, extra_mbps=10), "approve", None, now())
        db.session.commit()
    assert "<strong>30</strong> Mbps" in browser("customer").get("/home").text
    assert "+10 Mbps" in browser("customer").get("/bandwidth").text
    assert "+10 Mbps" not in browser("customer2").get("/bandwidth").text


def test_a_customer_enters_a_complaint(app, browser):
    """It gets a number, its targets, the portal as channel, the only subscription, the files and a letter."""
    person = browser("customer")
    assert 'name="token"' in person.get("/complaints/new").text
    data = typed(app, files=[(io.BytesIO(PNG), "lampu.png"), (io.BytesIO(b""), "")])
    sent = person.send("/complaints/new", data, content_type="multipart/form-data")
    assert sent.status_code == 302
    page = person.get(sent.location)
    assert page.status_code == 200 and "Lampu merah &lt;b&gt;sejak&lt;/b&gt; pagi." in page.text
    with app.app_context():
        row = one(Complaint, subject="Modem mati")
        assert (row.status, row.channel.value, row.resolution_hours) == (S.NEW, "portal", 24)
        assert row.subscription == one(Subscription, customer_id=row.customer_id)
        assert sent.location == f"/complaints/{row.number}" and [file.name for file in row.attachments] == ["lampu.png"]
        assert db.session.query(Letter).filter_by(template="complaint_received_customer", customer_id=row.customer_id).count() == 3
        file = row.attachments[0].id
    with person.get(f"/attachments/{file}") as served:
        assert served.status_code == 200 and served.headers["X-Content-Type-Options"] == "nosniff"
    assert browser("customer2").get(f"/attachments/{file}").status_code == 404


def test_sending_twice_makes_one_complaint(app, browser):
    """The second press leads to the same complaint; other words on the same form are another one."""
    person = browser("customer")
    first, second = (person.send("/complaints/new", typed(app)) for _press in range(2))
    assert first.location == second.location and complaints(app, subject="Modem mati") == 1
    other = person.send("/complaints/new", typed(app, description="Sekarang mati total."))
    assert other.location != first.location and complaints(app, subject="Modem mati") == 2


def test_two_at_the_same_moment_make_one_complaint(app, browser):
    """Both arrive before either is written."""
    people = [browser("customer") for _person in range(2)]
    forms = [{"csrf_token": person.token()} | typed(app) for person in people]
    gate, places = threading.Barrier(2), []

    def press(person, form):
        gate.wait()
        places.append(person.post("/complaints/new", data=form).location)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(people, forms, strict=True)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(set(places)) == 1 and places[0].startswith("/complaints/KL-") and complaints(app, subject="Modem mati") == 1


@pytest.mark.parametrize("missing", ["category", "subject", "description"])
def test_what_was_typed_survives_an_error(app, browser, missing):
    """The form comes back filled in, the error stands at its field, and nothing is stored."""
    fields = typed(app)
    page = browser("customer").send("/complaints/new", fields | {missing: " "})
    assert page.status_code == 200 and f'id="{missing}-error"' in page.text and complaints(app, subject="Modem mati") == 0
    for name in {"subject", "description"} - {missing}:
        assert fields[name].replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;") in page.text
    assert f'value="{fields["token"]}"' in page.text


def test_with_two_connections_one_is_chosen(app, browser):
    """No silent first one."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        second = Subscription(customer=customer, plan=one(Plan, code="HOME50"), address="Jl. Kedua", valid_from=customer.since)
        db.session.add(second)
        db.session.commit()
        second = second.id
    person = browser("customer")
    assert 'id="subscription-error"' in person.send("/complaints/new", typed(app)).text
    assert person.send("/complaints/new", typed(app, subscription=second)).status_code == 302
    assert pick(app, lambda: one(Complaint, subject="Modem mati").subscription_id) == second


def test_foreign_choices_are_refused(app, browser):
    """Another customer's subscription and an unknown category are not on the list."""
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        db.session.add(Subscription(customer=customer, plan=one(Plan, code="HOME50"), address="Jl. Kedua", valid_from=customer.since))
        foreign = db.session.scalars(select(Subscription).where(Subscription.customer_id != customer.id)).first().id
        db.session.commit()
    person = browser("customer")
    assert 'id="subscription-error"' in person.send("/complaints/new", typed(app, subscription=foreign)).text
    assert 'id="category-error"' in person.send("/complaints/new", typed(app, category="999")).text
    assert complaints(app, subject="Modem mati") == 0


def test_a_refused_file_stores_nothing(app, browser):
    """The reason stands at the file field, the text stays."""
    before = pick(app, lambda: db.session.query(Attachment).count())
    data = typed(app, files=[(io.BytesIO(PNG), "baik.png"), (io.BytesIO(b"<svg onload=alert(1)>"), "jahat.svg")])
    page = browser("customer").send("/complaints/new", data, content_type="multipart/form-data")
    assert page.status_code == 200 and 'id="files-error"' in page.text and "jahat.svg" in page.text and "Modem mati" in page.text
    assert complaints(app, subject="Modem mati") == 0 and pick(app, lambda: db.session.query(Attachment).count()) == before


def test_too_many_files_are_refused(app, browser):
    """Five are enough."""
    data = typed(app, files=[(io.BytesIO(PNG), f"{count}.png") for count in range(6)])
    assert 'id="files-error"' in browser("customer").send("/complaints/new", data, content_type="multipart/form-data").text
    assert complaints(app, subject="Modem mati") == 0


def test_only_the_upload_views_read_much(app, browser):
    """More than the usual 256 KiB goes through where files belong, and nowhere else."""
    much = {"files": [(io.BytesIO(PNG + b"\0" * 300_000), "besar.png")]}
    person = browser("customer")
    assert person.send("/complaints/new", typed(app) | much, content_type="multipart/form-data").status_code == 302
    refused = person.send("/profile", {"files": [(io.BytesIO(b"\0" * 300_000), "besar.png")]}, content_type="multipart/form-data")
    assert refused.status_code == 413 and "<h1" in refused.text


@pytest.mark.parametrize("thing", ["complaint", "reply", "verb", "rating"])
def test_what_is_not_ones_own_does_not_exist(app, browser, thing):
    """Another customer's complaint answers exactly as one that never was."""
    theirs, never = number(app, "Internet putus-putus"), "KL-209912-000001"
    person = browser("customer")
    tail = {"complaint": "", "reply": "/reply", "verb": "/cancel", "rating": "/rating"}[thing]
    if thing == "complaint":
        answers = [person.get(f"/complaints/{which}") for which in (theirs, never)]
    else:
        answers = [person.send(f"/complaints/{which}{tail}", {"text": "x", "reason": "x", "rating": "5"}) for which in (theirs, never)]
    assert [page.status_code for page in answers] == [404, 404] and bare(answers[0]) == bare(answers[1])
    assert pick(app, lambda: one(Complaint, number=theirs).status) is S.ASSIGNED


def test_attachments_and_letters_of_others_do_not_exist(app, browser):
    """By id as well."""
    with app.app_context():
        theirs = one(Complaint, subject="Internet putus-putus").id
    person = browser("customer")
    assert bare(person.get(f"/go/complaint/{theirs}")) == bare(person.get("/go/complaint/999999"))
    for path in (f"/go/complaint/{theirs}", "/go/nonsense/1", "/go/complaint/99999999999999999999", "/attachments/99999999999999999999",
                 "/attachments/999999"):
        assert person.get(path).status_code == 404


def test_the_address_in_letters_finds_the_readers_page(app, browser):
    """Customers go to the portal, staff to their site, visitors to the login first."""
    row = pick(app, lambda: one(Complaint, subject="Lampu LOS merah").id)
    assert browser("customer").get(f"/go/complaint/{row}").location == f"/complaints/{number(app, 'Lampu LOS merah')}"
    assert browser("technician").get(f"/go/complaint/{row}").location == f"/admin/go/complaint/{row}"
    assert browser().get(f"/go/complaint/{row}").location == f"/login?next=/go/complaint/{row}"


def test_internal_notes_are_never_shown(app, browser):
    """Public replies are, notes and the files of notes are not."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        note = next(reply for reply in row.replies if not reply.public)
        file = Attachment(complaint=row, reply=note, name="rahasia.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
                          storage_key="x", at=now())
        db.session.add(file)
        db.session.commit()
        secret = file.id
    person = browser("customer")
    page = person.get(f"/complaints/{number(app, 'Lampu LOS merah')}").text
    assert "Teknisi segera datang." in page and "Catatan dalam" not in page and "rahasia.pdf" not in page
    assert person.get(f"/attachments/{secret}").status_code == 404


def test_the_customer_answers(app, browser):
    """A waiting complaint goes on; pressing twice is one message."""
    with app.app_context():
        move(one(Complaint, subject="Lampu LOS merah"), "wait", one(User, email=email("technician")), now(), reason="Kapan di rumah?")
        db.session.commit()
    person, which = browser("customer"), number(app, "Lampu LOS merah")
    for _press in range(2):
        assert person.send(f"/complaints/{which}/reply", {"text": "Besok pagi."}).status_code == 302
    page = person.get(f"/complaints/{which}").text
    assert page.count("Besok pagi.") == 1 and "Kapan di rumah?" in page
    assert pick(app, lambda: one(Complaint, number=which).status) is S.IN_PROGRESS


def test_a_reply_with_a_refused_file_keeps_its_text(app, browser):
    """Nothing is stored, the text stays."""
    person, which = browser("customer"), number(app, "Lampu LOS merah")
    page = person.send(f"/complaints/{which}/reply", {"text": "Ini fotonya", "files": [(io.BytesIO(b"MZ"), "virus.exe")]},
                       content_type="multipart/form-data")
    assert page.status_code == 422 and "Ini fotonya" in page.text and "virus.exe" in page.text
    assert pick(app, lambda: db.session.query(Reply).filter_by(text="Ini fotonya").count()) == 0


def test_confirm_and_rate(app, browser):
    """The two keys: the technician says done, the customer confirms, then rates."""
    solve(app, "Lampu LOS merah")
    person, which = browser("customer"), number(app, "Lampu LOS merah")
    assert f"/complaints/{which}/confirm" in person.get(f"/complaints/{which}").text
    assert person.send(f"/complaints/{which}/confirm").status_code == 302
    assert pick(app, lambda: one(Complaint, number=which).status) is S.CLOSED
    refused = person.send(f"/complaints/{which}/rating", {"rating": "9", "remark": "Bagus sekali"})
    assert refused.status_code == 422 and "Bagus sekali" in refused.text
    assert person.send(f"/complaints/{which}/rating", {"rating": "4", "remark": "Bagus sekali"}).status_code == 302
    assert pick(app, lambda: (one(Complaint, number=which).rating, one(Complaint, number=which).rating_remark)) == (4, "Bagus sekali")


def test_reopen_needs_a_reason_and_cancel_too(app, browser):
    """A blank reason comes back with the field marked."""
    solve(app, "Lampu LOS merah")
    person, which = browser("customer"), number(app, "Lampu LOS merah")
    asked = person.send(f"/complaints/{which}/reopen", {"reason": " "})
    assert asked.status_code == 422 and 'id="reason-reopen-error"' in asked.text
    assert person.send(f"/complaints/{which}/reopen", {"reason": "Mati lagi"}).status_code == 302
    assert pick(app, lambda: one(Complaint, number=which).status) is S.ASSIGNED
    assert person.send(f"/complaints/{which}/cancel", {"reason": "Sudah pindah"}).status_code == 302
    assert pick(app, lambda: one(Complaint, number=which).status) is S.CANCELLED


@pytest.mark.parametrize("verb", ["assign", "start", "wait", "resolve", "close", "resume", "nonsense"])
def test_verbs_of_staff_do_not_exist_for_customers(app, browser, verb):
    """404, and nothing is written."""
    which = number(app, "Lampu LOS merah")
    assert browser("customer").send(f"/complaints/{which}/{verb}", {"reason": "x", "technician": "1"}).status_code == 404
    assert pick(app, lambda: one(Complaint, number=which).status) is S.ASSIGNED


def test_somebody_was_faster_keeps_what_was_typed(app, browser):
    """The complaint was resolved while the customer wrote why to cancel it."""
    solve(app, "Lampu LOS merah")
    which = number(app, "Lampu LOS merah")
    page = browser("customer").send(f"/complaints/{which}/cancel", {"reason": "Tidak jadi, terima kasih"})
    assert page.status_code == 409 and f"/complaints/{which}/confirm" in page.text
    assert pick(app, lambda: one(Complaint, number=which).status) is S.RESOLVED
    with app.app_context():
        move(one(Complaint, number=which), "confirm", one(User, email=email("customer")), now())
        db.session.commit()
    page = browser("customer").send(f"/complaints/{which}/reply", {"text": "Satu lagi pertanyaan"})
    assert page.status_code == 409


def test_the_list_filters_and_pages(app, browser):
    """Twelve more complaints: two pages, clamped numbers, the filter by what is left to do."""
    person = browser("customer")
    for count in range(12):
        person.send("/complaints/new", typed(app, subject=f"Keluhan {count:02d}"))
    solve(app, "Lampu LOS merah")
    first, second = person.get("/complaints").text, person.get("/complaints?page=2").text
    assert first.count("complaint-card") == 10 and second.count("complaint-card") == 4
    for odd in ("0", "-1", "x", "9" * 26):
        assert person.get(f"/complaints?page={odd}").status_code == 200
    assert "Lampu LOS merah" in person.get("/complaints?show=solved").text
    assert "Keluhan 03" not in person.get("/complaints?show=solved").text
    assert "Internet putus-putus" not in first + second


@pytest.mark.parametrize("path", ["/complaints/new", "reply", "reopen", "/profile"])
def test_an_expired_session_keeps_the_text(app, browser, path):
    """Post without a session, log in on the page that answers, and the form is there, filled in."""
    solve(app, "Lampu LOS merah")
    which = number(app, "Lampu LOS merah")
    path = path if path.startswith("/") else f"/complaints/{which}/{path}"
    words = "Teks panjang “saya” & lainnya"
    fields = typed(app, description=words, text=words, reason=words, phone="0813 9999 1111", files=[(io.BytesIO(PNG), "a.png")])
    for fresh in (True, False):  # with a token of the visitor's session, and with none at all
        person = browser()
        data = fields | {"csrf_token": person.token() if fresh else "stale", "files": [(io.BytesIO(PNG), "a.png")]}
        asked = person.post(path, data=data, content_type="multipart/form-data")
        assert asked.status_code == 401 and "Location" not in asked.headers
        draft = re.search(r'name="draft" value="([^"]+)"', asked.text)[1]
        wrong = person.send("/login", {"email": email("customer"), "password": "salah-sekali", "draft": draft})
        assert wrong.status_code == 200 and draft in wrong.text
        page = person.send("/login", {"email": email("customer"), "password": PASSWORD, "draft": draft})
        assert page.status_code == 200
        expected = "0813 9999 1111" if path == "/profile" else "Teks panjang “saya” &amp; lainnya"
        assert expected in page.text and f'action="{path}"' in page.text
    assert complaints(app, subject="Modem mati") == 0


def test_a_stale_token_keeps_the_text(app, browser):
    """Logged in, but the page is older than the session: the form comes back, filled in."""
    page = browser("customer").post("/complaints/new", data=typed(app))
    assert page.status_code == 400 and "Modem mati" in page.text and complaints(app, subject="Modem mati") == 0


def test_a_draft_of_somebody_else_is_not_shown(app, browser):
    """A draft on another customer's complaint leads home after the login, not to the complaint."""
    person = browser()
    asked = person.send(f"/complaints/{number(app, 'Internet putus-putus')}/reply", {"text": "Halo"})
    draft = re.search(r'name="draft" value="([^"]+)"', asked.text)[1]
    for kept in (draft, draft[:-3] + "xyz"):
        answer_ = browser().send("/login", {"email": email("customer"), "password": PASSWORD, "draft": kept})
        assert answer_.status_code == 302


def test_the_profile_changes_phone_and_language(app, browser):
    """Any local way of writing; a wrong one is refused with the text kept; the older of two edits is told."""
    person = browser("customer")
    version = re.search(r'name="version" value="(\d+)"', person.get("/profile").text)[1]
    wrong = person.send("/profile", {"phone": "12", "language": "en", "version": version})
    assert 'id="phone-error"' in wrong.text and 'value="12"' in wrong.text
    assert person.send("/profile", {"phone": "0812-3456-7890", "language": "en", "version": version}).status_code == 302
    with app.app_context():
        customer = one(Customer, number="PLG-000001")
        assert (customer.phone, customer.user.phone, customer.user.language.value) == ("+6281234567890", "+6281234567890", "en")
    late = person.send("/profile", {"phone": "0812-1111-2222", "language": "en", "version": version})
    assert late.status_code == 409 and "0812" in late.text.replace("+62", "0")
    assert pick(app, lambda: one(Customer, number="PLG-000001").phone) == "+6281234567890"


def test_the_language_is_kept(app, browser):
    """In the session of a visitor, on the account of a person; only a path of ours is gone back to."""
    visitor = browser()
    assert visitor.send("/language", {"language": "en", "back": "/login"}).location == "/login"
    assert '<html lang="en"' in visitor.get("/login").text
    assert visitor.send("/language", {"language": "xx"}).status_code == 400
    for away in ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert visitor.send("/language", {"language": "en", "back": away}).location == "/"
    person = browser("customer")
    person.send("/language", {"language": "en", "back": "/home"})
    assert '<html lang="en"' in browser("customer").get("/home").text


def test_errors_have_a_page(app, browser):
    """404, and a visitor's broken token, in our look with the telephone number."""
    lost = browser().get("/nowhere")
    assert lost.status_code == 404 and "tel:+622150101234" in lost.text
    assert browser().post("/language", data={"language": "en"}).status_code == 400


def test_static_files_travel_small_and_once(browser):
    """By fingerprint: compressed and kept for a year; without it, or with a wrong one, as usual."""
    person = browser()
    address = re.search(r'href="(/static/vendor/bootstrap5/[^"]+)"', person.get("/").text)[1]
    small = person.get(address, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip" and "immutable" in small.headers["Cache-Control"]
    assert len(small.data) < 40_000 and b":root" in gzip.decompress(small.data)
    with person.get(address) as plain, person.get(address[:-3] + "xxx") as wrong:
        assert "Content-Encoding" not in plain.headers and "immutable" in plain.headers["Cache-Control"]
        assert "immutable" not in wrong.headers["Cache-Control"]


def test_an_account_without_a_customer_is_told_to_call(app, browser):
    """No page breaks while support has not linked the account."""
    with app.app_context():
        one(Customer, number="PLG-000001").user = None
        db.session.commit()
    person = browser("customer")
    for path in ("/home", "/complaints", "/bandwidth", "/profile", "/promos"):
        assert person.get(path).status_code == 200
    assert person.get("/complaints/new").status_code == 403
    assert person.send("/complaints/new", typed(app)).status_code == 403


def test_an_answer_of_staff_is_seen(app, browser):
    """The name of who answered stands with the words."""
    with app.app_context():
        answer(one(Complaint, subject="Tagihan ganda"), "Kami periksa dulu.", one(User, email=email("support")), now())
        db.session.commit()
    page = browser("customer").get(f"/complaints/{number(app, 'Tagihan ganda')}").text
    assert "Kami periksa dulu." in page and "Support" in page
