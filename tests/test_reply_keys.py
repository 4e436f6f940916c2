"""What a phone sends again because the answer was lost: the server knows it by the key of its device, and says so in JSON."""

from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Installation, Reply, User
from ecrm.models.base import now
from ecrm.rules import move
from tests.staff import details, elsewhere, id_of, photo, reply, texts_of
from tests.world import email, one

SCRIPT = {"Accept": "application/json"}


def send(client, url, **data):
    """Send as the script of a phone does."""
    return client.send(url, data, headers=SCRIPT)


def test_the_same_key_is_the_same_reply(app, browser):
    """The second time it is a success without a second reply, photo or letter; another key is another reply."""
    number, technician, key = id_of(app), browser("technician"), str(uuid4())
    for given in (key, key, str(uuid4())):
        answer = send(technician, reply("technician", number), text="Sudah di lokasi", public="1", client_key=given, files=[photo()])
        assert answer.status_code == 200 and answer.get_json() == {"sent": True}
    assert texts_of(app, number).count("Sudah di lokasi") == 2
    with app.app_context():
        assert db.session.query(Attachment).filter_by(complaint_id=number).filter(Attachment.reply_id.is_not(None)).count() == 2


def test_a_repeat_is_a_success_also_when_the_complaint_was_closed_between(app, browser):
    """What has arrived has arrived; what has not is refused with the reason."""
    number, technician, key = id_of(app), browser("technician"), str(uuid4())
    send(technician, reply("technician", number), text="Selesai dicek", public="0", client_key=key)
    with app.app_context():
        move(one(Complaint, id=number), "cancel", one(User, email=email("support")), now(), reason="Dobel")
        db.session.commit()
    assert send(technician, reply("technician", number), text="Selesai dicek", public="0", client_key=key).get_json() == {"sent": True}
    answer = send(technician, reply("technician", number), text="Terlambat", public="0", client_key=str(uuid4()))
    assert answer.status_code == 409 and "Dibatalkan" in answer.get_json()["refused"]
    assert "Terlambat" not in texts_of(app, number)


def test_the_same_reply_at_the_same_moment(app, browser):
    """The second arrives while the first is still looked at: one reply, and a success for both."""
    number, key, answers = id_of(app), str(uuid4()), []
    first, second = browser("technician"), browser("technician")

    def arrive(_session):
        """Send it again as soon as the lock is let go, before the first is written."""
        if not answers:
            answers.append(None)
            answers[0] = elsewhere(lambda: send(second, reply("technician", number), text="Sudah di lokasi", public="1", client_key=key))

    event.listen(db.session, "after_rollback", arrive)
    try:
        answers.append(send(first, reply("technician", number), text="Sudah di lokasi", public="1", client_key=key))
    finally:
        event.remove(db.session, "after_rollback", arrive)
    assert [answer.get_json() for answer in answers] == [{"sent": True}] * 2
    assert texts_of(app, number).count("Sudah di lokasi") == 1


def test_keys_are_a_persons_own(app, browser):
    """Two people may have the same key; nobody has it twice, whatever the application believes; a strange one is no key."""
    number, key = id_of(app), str(uuid4())
    for person in ("technician", "support"):
        assert send(browser(person), reply(person, number), text=f"Dari {person}", public="0", client_key=key).status_code == 200
    assert {"Dari technician", "Dari support"} <= set(texts_of(app, number))
    with app.app_context():
        author = one(User, email=email("technician")).id
        db.session.add(Reply(complaint_id=number, author_id=author, text="x", client_key=key))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()
    for text in ("Satu", "Dua"):
        send(browser("technician"), reply("technician", number), text=text, public="0", client_key="bukan kunci")
    assert texts_of(app, number)[-2:] == ["Satu", "Dua"]


def test_a_move_sent_again_by_the_same_person_is_done(app, browser):
    """In the same words; in others it is refused, as it is for somebody else."""
    number, technician = id_of(app), browser("technician")
    url = f"/admin/technician/complaint/move/?id={number}&verb="
    for _again in range(2):
        assert send(technician, url + "start").get_json() == {"sent": True}
    for _again in range(2):
        assert send(technician, url + "resolve", reason=" Konektor diganti ").get_json() == {"sent": True}
    assert send(technician, url + "resolve", reason="Lain").status_code == 409
    support = f"/admin/support/complaint/move/?id={number}&verb=resolve"
    assert send(browser("support"), support, reason="Konektor diganti").status_code == 409
    page = technician.get(details("technician", number)).get_data(as_text=True)
    assert page.partition('id="history"')[2].count("Konektor diganti") == 1


def test_a_report_of_an_installation_sent_again_is_done(app, browser):
    """Visits have no replies, only their report."""
    with app.app_context():
        number = one(Installation, applicant_name="Pemohon technician").id
    url = f"/admin/technician/installation/move/?id={number}&verb=install"
    for _again in range(2):
        assert send(browser("technician"), url, report="Redaman -19 dBm").get_json() == {"sent": True}
    assert send(browser("technician"), url, report="Lain").status_code == 409


def test_a_script_hears_what_is_missing(app, browser):
    """The errors of the fields, as a text for the person."""
    number, technician = id_of(app), browser("technician")
    answer = send(technician, reply("technician", number), text=" ", public="0", client_key=str(uuid4()))
    assert answer.status_code == 422 and "Wajib diisi" in answer.get_json()["refused"]
    answer = send(technician, f"/admin/technician/complaint/move/?id={number}&verb=resolve", reason=" ")
    assert answer.status_code == 422 and "Wajib diisi" in answer.get_json()["refused"]
