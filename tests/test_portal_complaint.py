"""One complaint over HTTP: what its customer sees and does, and what does not exist for others."""

import io

import pytest
from sqlalchemy import event, update

from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Reply, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.rules import move
from ecrm.rules.complaint import answer
from tests.portal import PNG, bare, number, pick, solve
from tests.world import email, one


@pytest.mark.parametrize("thing", ["complaint", "reply", "verb", "rating"])
def test_what_is_not_ones_own_does_not_exist(app, browser, thing):
    """Another customer's complaint answers exactly as one that never was."""
    theirs, never = number(app, "Internet putus-putus"), "KL-209912-000001"
    person = browser("customer")
    tail = {"complaint": "", "reply": "/reply", "verb": "/cancel", "rating": "/rating"}[thing]
    if thing == "complaint":
        answers = [person.get(f"/complaints/{which}") for which in (theirs, never)]
    else:
        data = {"text": "x", "reason": "x", "rating": "5"}
        answers = [person.send(f"/complaints/{which}{tail}", data) for which in (theirs, never)]
    assert [page.status_code for page in answers] == [404, 404] and bare(answers[0]) == bare(answers[1])
    assert pick(app, lambda: one(Complaint, number=theirs).status) is S.ASSIGNED


def test_attachments_and_letters_of_others_do_not_exist(app, browser):
    """By id as well."""
    with app.app_context():
        theirs = one(Complaint, subject="Internet putus-putus").id
    person = browser("customer")
    assert bare(person.get(f"/go/complaint/{theirs}")) == bare(person.get("/go/complaint/999999"))
    for path in (f"/go/complaint/{theirs}", "/go/nonsense/1", "/go/complaint/99999999999999999999",
                 "/attachments/99999999999999999999", "/attachments/999999"):
        assert person.get(path).status_code == 404


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
        row, technician = one(Complaint, subject="Lampu LOS merah"), one(User, email=email("technician"))
        move(row, "wait", technician, now(), reason="Kapan di rumah?")
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
    with app.app_context():
        row = one(Complaint, number=which)
        assert (row.rating, row.rating_remark) == (4, "Bagus sekali")


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


@pytest.fixture
def overtaken(app):
    """Return a function that lets somebody else's change of a complaint come between the customer's look and the customer's own."""
    def first(session, *_more):
        rows = [row for row in session.dirty if isinstance(row, Complaint)]
        for row in rows:
            table = Complaint.__table__
            session.connection().execute(update(table).where(table.c.id == row.id).values(version=table.c.version + 1))

    yield lambda: event.listen(db.session, "before_flush", first)
    event.remove(db.session, "before_flush", first)


@pytest.mark.parametrize("act", ["rating", "confirm"])
def test_overtaken_while_it_is_written(app, browser, overtaken, act):
    """Seen by the version of the row alone: the page says so and shows what was typed; nothing is written."""
    solve(app, "Lampu LOS merah")
    which = number(app, "Lampu LOS merah")
    overtaken()
    page = browser("customer").send(f"/complaints/{which}/{act}", {"rating": "4", "remark": "Cepat sekali"})
    assert page.status_code == 409 and "Sudah ada perubahan" in page.text and (act == "confirm" or "Cepat sekali" in page.text)
    assert pick(app, lambda: (one(Complaint, number=which).status, one(Complaint, number=which).rating)) == (S.RESOLVED, None)


def test_a_rating_before_its_time(app, browser):
    """The page says why, and shows what was typed."""
    which = number(app, "Lampu LOS merah")
    page = browser("customer").send(f"/complaints/{which}/rating", {"rating": "4", "remark": "Cepat sekali"})
    assert page.status_code == 409 and "memberi penilaian setelah" in page.text and "Sudah ada perubahan" not in page.text
    assert pick(app, lambda: one(Complaint, number=which).rating) is None


def test_an_empty_message(app, browser):
    """It is said beside the field; of files that were chosen it is said that they must be chosen again."""
    which = number(app, "Lampu LOS merah")
    page = browser("customer").send(f"/complaints/{which}/reply", {"text": " ", "files": [(io.BytesIO(PNG), "lampu.png")]}, content_type="multipart/form-data")
    assert page.status_code == 422 and 'id="text-error"' in page.text and "Pilih" in page.text
    assert pick(app, lambda: db.session.query(Attachment).filter_by(name="lampu.png").count()) == 0


def test_an_answer_of_staff_is_seen(app, browser):
    """The name of who answered stands with the words."""
    with app.app_context():
        answer(one(Complaint, subject="Tagihan ganda"), "Kami periksa dulu.", one(User, email=email("support")), now())
        db.session.commit()
    page = browser("customer").get(f"/complaints/{number(app, 'Tagihan ganda')}").text
    assert "Kami periksa dulu." in page and "Support" in page
