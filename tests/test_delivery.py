"""Delivery over a real SMTP server: everything arrives, once, and nobody waits for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from ecrm.extensions import db
from ecrm.letters.outbox import LEASE, OWN, claim
from ecrm.letters.senders import FolderSender
from ecrm.models import Letter, User
from ecrm.models.letter import LetterState
from ecrm.rules import letter as rules
from tests.outbox import AT, DATA, connect, office, outbox, queue, row, run  # noqa: F401 - fixtures


def test_letters_arrive_once_over_one_connection(outbox, office, connect):
    """Text and HTML, from the company, marked as automatic; the row says when, and forgets the contents."""
    connect(office.port)
    with outbox.app_context():
        queue("budi", "siti", "agus")
        assert run().sent == 3 and run(AT + timedelta(days=1)).tried == 0
        assert (office.recipients, office.connections) == (["budi@mail.example", "siti@mail.example", "agus@mail.example"], 1)
        message = office.received[0]
        assert message["From"].addresses[0].display_name == outbox.config["ECRM"]["COMPANY_NAME"]
        assert message["Auto-Submitted"] == "auto-generated" and message["Date"].datetime == AT
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert "> Ganti kabel" in message.get_body(("plain",)).get_content() and "Hello Budi," in message.get_body(("html",)).get_content()
        sent = row()
        assert (sent.state, sent.sent_at, sent.tries, sent.next_try_at, sent.lease_owner) == (LetterState.SENT, AT, 1, None, None)
        assert sent.data == {"table": "complaint", "id": 1, "number": "KL-202603-000001"}


def test_a_letter_waits_for_its_time(outbox, office, connect):
    """Not before next_try_at."""
    connect(office.port)
    with outbox.app_context():
        queue("budi", next_try_at=AT + timedelta(minutes=5))
        assert run().tried == 0 and run(AT + timedelta(minutes=5)).sent == 1


@pytest.mark.parametrize("name", ['Budi "Bos", S.Kom', "Ñandú 王", "Budi\r\nBcc: all@mail.example", "x" * 100, "é" * 100, ""])
def test_no_name_breaks_the_headers(outbox, office, connect, name):
    """Quotes, commas, other scripts and line breaks stay inside the name of the recipient."""
    connect(office.port)
    with outbox.app_context():
        queue("budi", to_name=name)
        assert run().sent == 1
    message = office.received[0]
    assert message["To"].addresses[0].display_name == " ".join(name.split()) and len(message["To"].addresses) == 1
    assert message["Bcc"] is None


def test_nobody_waits_for_the_database_while_a_letter_travels(outbox, office, connect):
    """The server is slow, and in the meantime others write: the worker holds no transaction."""
    connect(office.port)
    wrote = []

    def write():
        with db.engine.begin() as connection:
            connection.execute(update(Letter.__table__).values(to_name="x"))
            wrote.append(connection.execute(update(User.__table__).values(phone=None)).rowcount)

    def on_data():
        with outbox.app_context():
            write()

    office.on_data = on_data
    with outbox.app_context():
        queue("budi")
        assert run().sent == 1 and len(wrote) == 1


def test_two_workers_at_once_send_each_letter_once(outbox, office, connect):
    """Four threads with small batches, sixty letters, sixty messages."""
    connect(office.port)
    people = [f"person{number}" for number in range(60)]
    with outbox.app_context():
        queue(*people)

    def work(name):
        done = 0
        with outbox.app_context():
            while (tally := run(worker=name, limit=4)).tried:
                done += tally.sent
        return done

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, ["a", "b", "c", "d"]))
    assert sum(done) == 60 and sorted(office.recipients) == sorted(f"{person}@mail.example" for person in people)


def test_asked_to_stop_it_finishes_the_letter_in_hand_and_gives_the_rest_back(outbox, office, connect):
    """Another worker need not wait for the lease."""
    connect(office.port)
    with outbox.app_context():
        queue("budi", "siti", "agus")
        assert run(stop=lambda: bool(office.received)).sent == 1
        assert run(worker="two").sent == 2


def test_what_opens_an_account_does_not_stay_in_the_database(outbox, office, connect):
    """Sent or refused, its contents are gone, and it cannot be sent again."""
    connect(office.port)
    office.no_such_person = {"siti@mail.example": "550 5.1.1 no such user"}
    with outbox.app_context():
        queue("budi", "siti", template="account_reset_instructions", data={"subject": "s", "body": "t/reset/abc", "html": "<p>t/reset/abc"})
        run()
        assert "t/reset/abc" in office.received[0].get_body(("plain",)).get_content()
        assert (row("budi").data, row("siti").data) == ({}, {}) and row("siti").state is LetterState.FAILED
        assert not rules.failed(row("siti"))


def test_without_a_server_letters_become_files(outbox, tmp_path):
    """Readable by eye and by mail programs, for the owner alone; the same letter again is the same file."""
    with outbox.app_context():
        queue("budi")
        for worker in ("one", "two"):
            assert run(worker=worker, sender=FolderSender(tmp_path / "mail")).sent == 1
            db.session.execute(update(Letter).values(state=LetterState.QUEUED, next_try_at=AT, data=DATA))
            db.session.commit()
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name.startswith("20260302-030000-") and file.suffix == ".eml" and file.stat().st_mode & 0o077 == 0
    assert "Your complaint KL-202603-000001 is solved" in file.read_text() and "> Ganti kabel" in file.read_text()


def test_a_claim_is_for_one(outbox):
    """The second worker finds nothing until the lease is over; a failed or sent letter is nobody's."""
    with outbox.app_context():
        queue("budi", "siti")
        queue("agus", state=LetterState.SENT)
        assert len(claim(db.session(), "one", AT, 20)) == 2 and claim(db.session(), "two", AT, 20) == []
        assert len(claim(db.session(), "two", AT + LEASE + timedelta(microseconds=1), 20)) == 2


def test_what_a_worker_dropped_it_takes_up_again_soon(outbox):
    """The database failed with letters in hand: the same worker need not wait for its own lease to end, others do."""
    with outbox.app_context():
        queue("budi", "siti")
        assert len(claim(db.session(), "one", AT, 20)) == 2 and claim(db.session(), "one", AT + OWN, 20) == []
        later = AT + OWN + timedelta(microseconds=1)
        assert claim(db.session(), "two", later, 20) == [] and len(claim(db.session(), "one", later, 20)) == 2
