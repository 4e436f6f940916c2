"""Mail comes in: fetched from the mailbox, filed where the rules are sure, else sorted by support; nothing is lost or filed twice."""

import base64
import ssl
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from ecrm import storage
from ecrm.channels import mail, mailbox
from ecrm.extensions import db
from ecrm.housekeeping import forget_applicants
from ecrm.incoming_jobs import Hand, fetch_mail, sort_messages
from ecrm.letters.delivery import message_of
from ecrm.models import Attachment, Complaint, ComplaintCategory, Customer, IncomingMessage, Letter, Reply, User
from ecrm.models.base import now
from ecrm.models.incoming import IncomingStatus as S, Why
from ecrm.rules import move
from ecrm.rules.complaint import answer
from ecrm.rules.incoming import MOST_AN_HOUR, reply_address
from tests.conftest import ONE_DATABASE
from tests.imap import post_box
from tests.portal import PNG
from tests.staff import JOB, Page
from tests.test_delivery_faults import self_signed
from tests.world import email, one

HAND = Hand("worker")


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A server's context, and the certificate that proves it."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def box(app, certified, monkeypatch):
    """A mailbox that the application polls; nothing has come in yet."""
    context, certificate = certified
    with app.app_context():
        db.session.execute(delete(IncomingMessage.__table__))
        db.session.execute(delete(Letter))
        db.session.commit()
    with post_box(context) as box:
        settings = {"IMAP_SERVER": "127.0.0.1", "IMAP_PORT": box.port, "IMAP_CA": str(certificate), "IMAP_USERNAME": "jawab", "IMAP_PASSWORD": box.password,
                    "REPLY_ADDRESS": "jawab@prestasi.example", "INCOMING_CATEGORY": "BILL"}
        for name, value in settings.items():
            monkeypatch.setitem(app.config["ECRM"], name, value)
        yield box


def letter(sender=email("customer"), subject="Internet mati", text="Lampu LOS merah.", to="jawab@prestasi.example", more="", file=None):
    """Return a mail, with a file where there is one."""
    head = f"From: Budi <{sender}>\nTo: {to}\nSubject: {subject}\nMessage-ID: <{abs(hash(subject + text))}@mail.example>\n{more}".replace("\n\n", "\n")
    if file is None:
        return f"{head}\n{text}\n".encode()
    name, content = file
    parts = f"--x\n\n{text}\n--x\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n"
    return f"{head}Content-Type: multipart/mixed; boundary=x\n\n{parts}{base64.b64encode(content).decode()}\n--x--\n".encode()


def arrive(app):
    """Fetch and sort as the worker does, and return what came in."""
    with app.app_context():
        fetch_mail(db.session(), now(), HAND)
        sort_messages(db.session(), now(), HAND)
        return list(db.session.execute(select(
            IncomingMessage.sender, IncomingMessage.status, IncomingMessage.why, IncomingMessage.complaint_id).order_by(IncomingMessage.id)))


def to(app, subject=JOB):
    """Return the reply address of a complaint."""
    with app.app_context():
        return reply_address("jawab@prestasi.example", one(Complaint, subject=subject).id, app.config["ECRM"]["SECRET_KEY"])


def test_a_mail_becomes_a_complaint(app, box, browser):
    """Of a known customer, with its photo and a letter of thanks; the customer sees it in the portal."""
    box.put(letter(file=("lampu.png", PNG), text="Lampu LOS merah.\n\nPada Rab, 25 Nov 2026 PT menulis:\n> Halo"))
    ((_sender, status, why, number),) = arrive(app)
    assert (status, why) == (S.FILED, None) and box.seen == {1}
    with app.app_context():
        row = db.session.get(Complaint, number)
        assert (row.subject, row.channel.value, row.category.code, row.customer.number) == ("Internet mati", "email", "BILL", "PLG-000001")
        assert row.description == "Lampu LOS merah." and row.subscription is not None
        assert [file.media_type for file in row.attachments] == ["image/png"]
        assert db.session.query(Letter).filter_by(template="complaint_received_customer").count() == 1
        url = f"/complaints/{row.number}"
    assert "lampu.png" in browser("customer").get(url).text


@ONE_DATABASE
def test_the_token_leads_to_the_thread(app, box, browser):
    """The answer stands in the conversation as the customer's, whoever's address it came from, which the staff is told."""
    with app.app_context():
        move(one(Complaint, subject=JOB), "wait", None, now(), reason="Apakah lampu menyala?")
        db.session.commit()
    box.put(letter(to=to(app), subject="Re: x", text="Sudah menyala."))
    box.put(letter(to=to(app), subject="Re: y", text="Dari istri saya.", sender="istri@mail.example"))
    assert [row[1] for row in arrive(app)] == [S.FILED, S.FILED]
    with app.app_context():
        row = one(Complaint, subject=JOB)
        assert row.status.value == "in_progress"
        written = [(reply.text, reply.public, reply.by_customer) for reply in row.replies if reply.at > row.opened_at and reply.text != "Teknisi segera datang."]
        assert ("Sudah menyala.", True, True) in written and ("Dari istri saya.", True, True) in written
        assert any("istri@mail.example" in text and not public for text, public, _own in written)
        url = f"/complaints/{row.number}"
    page = browser("customer").get(url).text
    assert "Sudah menyala." in page and "istri@mail.example" not in page


@ONE_DATABASE
def test_a_customer_without_an_account_answers(app, box, browser):
    """There is no author; the staff reads the customer's name, and the letter to support says it."""
    with app.app_context():
        customer = one(Customer, number="PLG-000003")
        row = one(Complaint, subject="Tagihan ganda")
        row.customer, row.subscription = customer, None
        db.session.commit()
        number = row.id
    box.put(letter(to=to(app, "Tagihan ganda"), sender="agus@test.example", text="Nomor tagihan 77."))
    arrive(app)
    page = Page(browser("support").get(f"/admin/support/complaint/details/?id={number}"))
    assert "Agus Wijaya" in page.text and any("is-customer" in own.get("class", "") for own in page.all("article"))
    with app.app_context():
        assert "Agus Wijaya" in db.session.query(Letter).filter_by(template="complaint_reply_support").first().data["customer_name"]


@ONE_DATABASE
@pytest.mark.parametrize("more, text, status, why", [
    ("Auto-Submitted: auto-replied\n", "Saya cuti.", S.IGNORED, Why.AUTO_REPLY),
    ("Return-Path: <>\n", "Tidak sampai.", S.IGNORED, Why.BOUNCE),
    ("", "Lampu mati.", S.FILED, None),
])
def test_machines_are_not_answered(app, box, more, text, status, why):
    """Neither with a token nor without: a loop ends here."""
    box.put(letter(to=to(app), more=more, text=text))
    box.put(letter(more=more, text=f"{text} Lagi."))
    assert [(row[1], row[2]) for row in arrive(app)] == [(status, why)] * 2
    with app.app_context():
        assert bool(db.session.query(Letter).count()) is (status is S.FILED)
        for days, left in ((89, 2), (91, 0 if status is S.IGNORED else 2)):
            forget_applicants(db.session(), now() + timedelta(days=days), HAND)
            assert db.session.query(IncomingMessage).count() == left


@ONE_DATABASE
def test_who_only_claims_to_be_somebody(app, box, monkeypatch):
    """A number in the subject and a From open no thread: a new complaint at most, and none where our server must vouch for senders."""
    with app.app_context():
        number = one(Complaint, subject=JOB).number
    box.put(letter(subject=f"Re: {number}", text="Tutup saja."))
    ((_sender, _status, _why, filed),) = arrive(app)
    with app.app_context():
        assert db.session.get(Complaint, filed).subject == f"Re: {number}"
    monkeypatch.setitem(app.config["ECRM"], "MAIL_AUTHSERV", "mx.prestasi.example")
    box.put(letter(subject=f"Re: {number}", text="Tutup saja. Sekarang."))
    box.put(letter(subject=f"Re: {number}", text="Masih mati.", more="Authentication-Results: mx.prestasi.example; dkim=pass header.d=test.example\n"))
    _first, unproven, proven = arrive(app)
    assert (unproven[1], unproven[2]) == (S.NEW, Why.UNPROVEN)
    with app.app_context():
        assert db.session.get(Complaint, proven[3]).number == number
        other = one(Complaint, subject="Internet putus-putus").number
    box.put(letter(subject=f"Re: {other}", text="Punya orang.", more="Authentication-Results: mx.prestasi.example; dkim=pass header.d=test.example\n"))
    with app.app_context():
        assert db.session.get(Complaint, arrive(app)[-1][3]).customer.number == "PLG-000001"


@ONE_DATABASE
def test_what_is_over_begins_anew(app, box):
    """An answer to a closed complaint is a new one of the same customer."""
    with app.app_context():
        row = one(Complaint, subject=JOB)
        move(row, "cancel", None, now(), reason="Salah")
        db.session.commit()
        old = row.id
    box.put(letter(to=to(app), text="Mati lagi.", sender="orang@mail.example"))
    ((_sender, status, _why, filed),) = arrive(app)
    with app.app_context():
        assert status is S.FILED and filed != old and db.session.get(Complaint, filed).customer.number == "PLG-000001"


@ONE_DATABASE
def test_too_many_is_a_machine(app, box):
    """What comes after the twentieth of an hour is kept, and makes no complaints."""
    for number in range(MOST_AN_HOUR + 2):
        box.put(letter(text=f"Mati {number}"))
    arrived = arrive(app)
    assert {row[2] for row in arrived} == {Why.TOO_MANY} and len(arrived) == MOST_AN_HOUR + 2


@ONE_DATABASE
def test_files_are_checked_as_in_the_portal(app, box):
    """A script under a picture's name is not taken, and an internal note names it; too many likewise."""
    box.put(letter(to=to(app), file=("foto.png", b"<script>alert(1)</script>")))
    ((_sender, status, _why, number),) = arrive(app)
    with app.app_context():
        assert status is S.FILED and db.session.query(Attachment).filter_by(complaint_id=number, name="foto.png").count() == 0
        notes = db.session.scalars(select(Reply).filter_by(complaint_id=number, public=False)).all()
        assert any("foto.png" in note.text for note in notes)
    part = f"--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename={{}}.png\n\n{base64.b64encode(PNG).decode()}\n"
    parts = "".join(part.format(number) for number in range(storage.MAX_FILES + 1))
    box.put(letter(text=f"{parts}--x--", more="Content-Type: multipart/mixed; boundary=x\n"))
    number = arrive(app)[-1][3]
    with app.app_context():
        row = db.session.get(Complaint, number)
        assert [file.name for file in row.attachments] == [f"{number}.png" for number in range(storage.MAX_FILES)] and row.description == "(tanpa teks)"
        assert f"{storage.MAX_FILES}.png" in row.replies[-1].text and not row.replies[-1].public


@ONE_DATABASE
def test_no_room_for_more_files(app, box, monkeypatch):
    """A customer who has stored as much as is allowed still gets a complaint; the file is named in an internal note."""
    monkeypatch.setitem(app.config["ECRM"], "CUSTOMER_FILES_MB", 0)
    box.put(letter(file=("lampu.png", PNG)))
    ((_sender, status, _why, number),) = arrive(app)
    with app.app_context():
        row = db.session.get(Complaint, number)
        assert status is S.FILED and row.attachments == [] and "lampu.png" in row.replies[-1].text and not row.replies[-1].public


@ONE_DATABASE
def test_the_token_of_a_merged_complaint(app, box):
    """The answer stands where the complaint went."""
    address = to(app, "Tagihan ganda")
    with app.app_context():
        number = one(Complaint, subject=JOB).id
        move(one(Complaint, subject="Tagihan ganda"), "merge", None, now(), merged_into=one(Complaint, subject=JOB))
        db.session.commit()
    box.put(letter(to=address, text="Masih mati."))
    assert arrive(app)[0][3] == number


@ONE_DATABASE
def test_the_token_of_who_was_erased(app, box):
    """Nothing is opened for somebody who asked to be forgotten: support looks at it."""
    address = to(app)
    with app.app_context():
        one(Customer, number="PLG-000001").erased_at = now()
        db.session.commit()
    box.put(letter(to=address, text="Masih mati."))
    assert [row[1:3] for row in arrive(app)] == [(S.NEW, Why.UNKNOWN)]


def test_nothing_is_lost_or_filed_twice(app, box, monkeypatch, caplog):
    """A worker that dies before it marks a mail, a mail that breaks, a mail sent twice, a wrong password, a server nobody vouches for."""
    box.put(letter())
    box.forgets = True
    with app.app_context(), pytest.raises(Exception, match="."):
        fetch_mail(db.session(), now(), HAND)
    box.forgets = False
    box.put(letter())
    assert len(arrive(app)) == 1 and box.seen == {1, 2}
    box.put(letter(text="rusak"))
    box.put(letter(text="baik"))
    read = mail.read
    with monkeypatch.context() as patch:
        patch.setattr("ecrm.incoming_jobs.mail.read", lambda raw: read(raw) if b"rusak" not in raw else {}["rusak"])
        assert len(arrive(app)) == 2 and box.seen == {1, 2, 4}
    assert "could not be kept" in caplog.text
    assert len(arrive(app)) == 3 and box.seen == {1, 2, 3, 4}
    box.password = "lain"
    with app.app_context(), pytest.raises(Exception, match="wrong password"):
        fetch_mail(db.session(), now(), HAND)
    monkeypatch.setitem(app.config["ECRM"], "IMAP_CA", None)
    with app.app_context(), pytest.raises(ssl.SSLCertVerificationError):
        fetch_mail(db.session(), now(), HAND)


@ONE_DATABASE
def test_a_disk_that_is_full(app, box, monkeypatch):
    """The job fails, no mail is marked as seen, and all come in when there is room again."""
    box.put(letter())
    box.put(letter(text="Masih mati."))

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, app.app_context(), pytest.raises(OSError, match="No space left"):
        patch.setattr("ecrm.storage.keeping.FolderStore.put", full)
        fetch_mail(db.session(), now(), HAND)
    assert box.seen == set() and len(arrive(app)) == 2 and box.seen == {1, 2}


@ONE_DATABASE
def test_asked_to_stop_it_stops_between_two_mails(app, box):
    """The one in hand is kept and marked; the other one is fetched at the next turn."""
    box.put(letter())
    box.put(letter(text="Masih mati."))
    with app.app_context():
        assert fetch_mail(db.session(), now(), Hand("worker", lambda: bool(box.seen))) == 1
    assert box.seen == {1} and len(arrive(app)) == 2


@ONE_DATABASE
@pytest.mark.parametrize("trouble, said", [({"refuses": "SELECT"}, "SELECT INBOX.*not today"), ({"refuses": "SEARCH"}, "SEARCH.*not today"),
                                           ({"refuses": "FETCH"}, "FETCH.*not today"), ({"gone": {1}}, "mail 1 was not sent")])
def test_a_mailbox_that_refuses(app, box, trouble, said):
    """The server's own words are the error; the mail waits there and comes in later."""
    box.put(letter())
    for name, value in trouble.items():
        setattr(box, name, value)
    with app.app_context():
        with pytest.raises(mailbox.MailboxError, match=said):
            fetch_mail(db.session(), now(), HAND)
        assert db.session.query(IncomingMessage).count() == 0
    box.refuses, box.gone = "", set()
    assert box.seen == set() and len(arrive(app)) == 1 and box.seen == {1}


@ONE_DATABASE
def test_tls_that_begins_later(app, box, certified, monkeypatch):
    """At the port where the talk begins in plain words TLS comes before the password, with a certificate that is checked."""
    with post_box(certified[0], starttls=True) as plain:
        plain.put(letter())
        monkeypatch.setattr(mailbox, "STARTTLS_PORT", plain.port)
        monkeypatch.setitem(app.config["ECRM"], "IMAP_PORT", plain.port)
        assert [row[1] for row in arrive(app)] == [S.FILED] and plain.seen == {1}
        plain.put(letter(text="Yang kedua."))
        monkeypatch.setitem(app.config["ECRM"], "IMAP_CA", None)
        with app.app_context(), pytest.raises(ssl.SSLCertVerificationError):
            fetch_mail(db.session(), now(), HAND)
        assert plain.seen == {1}


@ONE_DATABASE
def test_a_mail_that_is_too_large(app, box):
    """Its head is kept for support; the rest stays in the mailbox."""
    box.size = 10**9
    box.put(letter())
    assert [(row[1], row[2]) for row in arrive(app)] == [(S.NEW, Why.UNREADABLE)]


def waits(app, box, **more):
    """Let a stranger's mail come in and return its id."""
    box.put(letter(**{"sender": "orang@mail.example", "file": ("lampu.png", PNG)} | more))
    assert arrive(app)[-1][1:3] == (S.NEW, Why.UNKNOWN)
    with app.app_context():
        return db.session.scalar(select(IncomingMessage.id).order_by(IncomingMessage.id.desc()).limit(1))


def test_support_sorts_what_waits(app, box, browser):
    """By customer, complaint or not at all; what is typed must mean one row, and stays where it does not."""
    person, address = browser("support"), "/admin/support/incoming_message/move/?id={}&verb={}"
    first = waits(app, box)
    assert Page(person.get("/admin/support/incoming_message/?flt0_status=new")).count() == 1
    page = Page(person.get(f"/admin/support/incoming_message/details/?id={first}"))
    assert page.verbs() == {"open", "attach", "ignore"} and "Lampu LOS merah." in page.text and "lampu.png" in page.text
    refused = person.send(address.format(first, "open"), {"customer": "PLG-999999"})
    assert refused.status_code == 422 and "PLG-999999" in refused.text
    refused = person.send(address.format(first, "open"), {"customer": "PLG-999999"}, headers={"Accept": "application/json"})
    assert refused.status_code == 422 and "refused" in refused.json
    assert person.send(address.format(first, "open"), {"customer": "0812-000-0002"}).status_code == 302
    second = waits(app, box, text="Yang kedua.")
    with app.app_context():
        row = db.session.get(IncomingMessage, first)
        assert (row.status, row.customer.number, row.complaint.customer.number) == (S.FILED, "PLG-000002", "PLG-000002")
        assert [file.name for file in row.complaint.attachments] == ["lampu.png"]
        number = one(Complaint, subject=JOB).number
    assert person.send(address.format(second, "attach"), {"complaint": "KL-202001-999999"}).status_code == 422
    assert person.send(address.format(second, "attach"), {"complaint": number.lower()}).status_code == 302
    third = waits(app, box, text="Iklan.")
    assert person.send(address.format(third, "ignore"), {"reason": "Iklan"}).status_code == 302
    with app.app_context():
        assert "Yang kedua." in [reply.text for reply in one(Complaint, subject=JOB).replies]
        assert [row.status for row in db.session.query(IncomingMessage).order_by(IncomingMessage.id)] == [S.FILED, S.FILED, S.IGNORED]
    assert person.send(address.format(second, "ignore")).status_code in (302, 409) and person.send(address.format(third, "reconsider")).status_code == 302
    assert browser("technician").get("/admin/technician/incoming_message/").status_code == 404
    assert browser("manager").send(f"/admin/manager/incoming_message/move/?id={third}&verb=ignore").status_code == 403


@ONE_DATABASE
def test_no_category_is_left(app, box, browser):
    """Support is told beside the customer, and the message waits until the administrator has made one."""
    number = waits(app, box, file=None)
    with app.app_context():
        db.session.execute(update(ComplaintCategory.__table__).values(active=False))
        db.session.commit()
    refused = browser("support").send(f"/admin/support/incoming_message/move/?id={number}&verb=open", {"customer": "PLG-000001"})
    assert refused.status_code == 422 and "Tidak ada kategori" in refused.text
    with app.app_context():
        assert db.session.get(IncomingMessage, number).status is S.NEW


@ONE_DATABASE
def test_the_store_has_lost_what_came_in(app, box, browser):
    """What the row itself says waits for support, who can file it: the files that are lost are named."""
    box.put(letter(file=("lampu.png", PNG)))
    with app.app_context():
        fetch_mail(db.session(), now(), HAND)
        row = db.session.query(IncomingMessage).one()
        assert storage.store().remove(row.raw_key)
        sort_messages(db.session(), now(), HAND)
        assert (row.status, row.why) == (S.NEW, Why.UNREADABLE)
        number = row.id
    assert browser("support").send(f"/admin/support/incoming_message/move/?id={number}&verb=open", {"customer": "PLG-000001"}).status_code == 302
    with app.app_context():
        row = db.session.get(IncomingMessage, number).complaint
        assert row.description == "Lampu LOS merah." and "lampu.png" in row.replies[-1].text and not row.replies[-1].public


@ONE_DATABASE
def test_letters_ask_to_be_answered_there(app, box):
    """A customer's letters about a complaint are one conversation, and an answer finds it; those of the staff carry no token."""
    with app.app_context():
        row = one(Complaint, subject=JOB)
        answer(row, "Apakah lampu menyala?", one(User, email=email("support")), now())
        answer(row, "Lampu mati.", row.customer.user, now())
        db.session.commit()
        ours, staffs = (message_of(db.session.query(Letter).filter_by(template=f"complaint_reply_{who}").one(), now()) for who in ("customer", "technician"))
        headers = ours.message()
        assert headers["Auto-Submitted"] == "auto-generated" and "Reply-To" not in staffs.message() and "References" not in staffs.message()
        assert headers["References"] == headers["In-Reply-To"] == f"<complaint-{row.id}@prestasi.example>"
        assert "Balas e-mail ini" in ours.body and "tidak dibaca" not in ours.body
        number = row.id
    box.put(letter(to=f"PT Prestasi <{headers['Reply-To']}>", text="Ya, menyala."))
    assert arrive(app)[0][3] == number
