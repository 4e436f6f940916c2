"""Delivery over a real SMTP server: everything arrives once, failures wait and end, one bad letter stops nobody."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from ecrm.extensions import db, mail
from ecrm.letters.delivery import deliver_due
from ecrm.letters.outbox import LEASE, WAITS, claim
from ecrm.letters.senders import FolderSender, SmtpSender
from ecrm.models import Letter, User
from ecrm.models.account import Language
from ecrm.models.letter import LetterState
from ecrm.rules import letter as rules
from tests.smtp import free_port, post_office, silence

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
DATA = {"table": "complaint", "id": 1, "number": "KL-202603-000001", "title": "x", "topic": "Lampu LOS merah", "zone": "Asia/Jakarta",
        "due": AT.isoformat(), "technician": "Joko", "reason": "Ganti kabel", "by": "Sari",
        "priority": 1, "customer_name": "Budi", "phone": "+62812000001", "address": "Jl. Kapuk 1"}


@pytest.fixture
def outbox(app):
    """The application, its outbox empty."""
    with app.app_context():
        db.session.execute(delete(Letter))
        db.session.commit()
    return app


@pytest.fixture
def office():
    """A server that takes everything."""
    with post_office() as office:
        yield office


@pytest.fixture
def connect(outbox, monkeypatch):
    """Return a function that points the application's mail settings at a port."""

    def point(port, **more):
        for name, value in {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False, **more}.items():
            monkeypatch.setitem(outbox.config, name, value)
        monkeypatch.setitem(outbox.extensions, "mailman", mail.init_mail(outbox.config))

    return point


def queue(*people, template="complaint_resolve_customer", **more):
    """Queue a letter to each of the people; needs an application context."""
    letters = [
        Letter(**{"template": template, "to_email": f"{person}@mail.example", "to_name": person.capitalize(), "data": DATA,
                  "queued_at": AT, "next_try_at": AT, "language": Language.ENGLISH} | more)
        for person in people
    ]
    db.session.add_all(letters)
    db.session.commit()


def run(at=AT, worker="one", sender=None, **more):
    """Deliver once as a worker does, and return the tally; needs an application context."""
    sender = sender or SmtpSender()
    try:
        return deliver_due(db.session(), sender, at, worker, **more)
    finally:
        sender.close()


def row(person="budi"):
    """Return the letter to somebody."""
    return db.session.scalars(select(Letter).filter_by(to_email=f"{person}@mail.example").execution_options(populate_existing=True)).one()


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


def test_failures_wait_longer_and_longer_and_end_after_a_day(outbox, office, connect):
    """1, 2, 4, 8, 15, 30, 60, 60 … minutes; a day after it was queued the letter is given up, the error on its row."""
    connect(office.port)
    office.answer = "451 4.3.0 come back later"
    waits, at = [], AT
    with outbox.app_context():
        queue("budi")
        while row().state is LetterState.QUEUED:
            assert run(at).tried == 1
            letter = row()
            assert "451 4.3.0 come back later" in letter.last_error
            if letter.next_try_at:
                assert run(letter.next_try_at - timedelta(seconds=1)).tried == 0
                waits.append((letter.next_try_at - at) / timedelta(minutes=1))
                at = letter.next_try_at
        assert waits[:8] == [*WAITS, 60] and set(waits[7:]) == {60}
        assert timedelta(days=1) <= at - AT < timedelta(days=1, hours=1)
        assert (letter.state, letter.tries, letter.data) == (LetterState.FAILED, len(waits) + 1, DATA)
        rules.again(letter, at)
        db.session.commit()
        office.answer = "250 OK"
        assert run(at).sent == 1


def test_a_letter_that_no_worker_looked_at_has_its_tries_all_the_same(outbox, office, connect):
    """After a weekend without a worker, one failure is not the end."""
    connect(office.port)
    office.answer = "451 later"
    with outbox.app_context():
        queue("budi")
        assert run(AT + timedelta(days=3)).put_off == 1 and row().state is LetterState.QUEUED


def test_nobody_answers(outbox, connect):
    """A closed port: all letters of the batch wait, one attempt to connect is enough."""
    connect(free_port())
    with outbox.app_context():
        queue("budi", "siti")
        tally = run()
        assert (tally.put_off, tally.sent) == (2, 0) and "refused" in tally.unreached
        assert {(letter.tries, letter.next_try_at) for letter in (row(), row("siti"))} == {(1, AT + timedelta(minutes=1))}
        assert "refused" in row("siti").last_error


def test_a_server_that_hangs_does_not_hold_the_worker(outbox, connect):
    """It is left after the timeout, which is ten seconds but in this test."""
    assert outbox.config["MAIL_TIMEOUT"] == 10
    with silence() as port, outbox.app_context():
        connect(port, MAIL_TIMEOUT=0.2)
        queue("budi", "siti")
        assert run().put_off == 2 and "timed out" in row().last_error


def test_a_recipient_who_does_not_exist_fails_at_once_and_alone(outbox, office, connect):
    """The server's answer stands on the row; the others get their letters over the same connection."""
    connect(office.port)
    office.no_such_person = {"siti@mail.example": "550 5.1.1 no such user", "agus@mail.example": "450 4.2.1 mailbox busy",
                             "dewi@mail.example": "554 5.7.1 relay access denied"}
    with outbox.app_context():
        queue("budi", "siti", "agus", "dewi", "rina")
        tally = run()
        assert (tally.sent, tally.failed, tally.put_off, office.connections) == (2, 1, 2, 1)
        assert (row("siti").state, row("siti").last_error) == (LetterState.FAILED, "550 5.1.1 no such user")
        assert (row("agus").state, row("agus").last_error) == (LetterState.QUEUED, "450 4.2.1 mailbox busy")
        assert row("dewi").state is LetterState.QUEUED  # about us: our operator can put it right
        assert office.recipients == ["budi@mail.example", "rina@mail.example"]


def test_one_bad_letter_does_not_stop_the_others(outbox, office, connect):
    """No template, a fact that is missing, no address: each is noted on its row."""
    connect(office.port)
    with outbox.app_context():
        queue("nofacts", data={"table": "complaint"})
        queue("notemplate", template="complaint_dance_customer")
        queue("noaddress", to_email="not an address")
        queue("budi")
        assert (run().sent, office.recipients) == (1, ["budi@mail.example"])
        assert "UndefinedError" in row("nofacts").last_error and "dance_customer.txt" in row("notemplate").last_error
        bad = db.session.scalars(select(Letter).filter_by(to_email="not an address")).one()
        assert bad.state is LetterState.FAILED and "not an e-mail address" in bad.last_error


def test_a_connection_lost_after_data_is_a_double_at_most(outbox, office, connect):
    """We do not know whether it arrived: it comes again, recognisable by its Message-ID; the next letter gets a new connection."""
    connect(office.port)
    office.hangs_up = True
    with outbox.app_context():
        queue("budi", "siti")
        assert run().put_off == 2 and office.connections == 2
        office.hangs_up = False
        assert run(AT + timedelta(minutes=1)).sent == 2
    identities = [message["Message-ID"] for message in office.received]
    assert len(identities) == 4 and len(set(identities)) == 2


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


CRASH = """
import json, os, sys
from datetime import datetime
from ecrm import create_app
from ecrm.extensions import db
from ecrm.letters import outbox
from ecrm.letters.delivery import deliver_due
from ecrm.letters.senders import SmtpSender
outbox.sent = lambda *_: os._exit(9)  # the power fails between the server's "250 OK" and our note of it
with (app := create_app(json.loads(sys.argv[1]))).app_context():
    deliver_due(db.session(), SmtpSender(), datetime.fromisoformat(sys.argv[2]), "dead")
"""


def test_a_crash_between_sending_and_marking_sends_at_most_once_more(outbox, office, connect):
    """A worker dies in that moment: when its lease ends another sends its letters; the one that had left comes twice."""
    connect(office.port)
    settings = outbox.config["ECRM"] | {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": office.port, "MAIL_USE_TLS": False}
    with outbox.app_context():
        queue("budi", "siti")
        dead = subprocess.run([sys.executable, "-c", CRASH, json.dumps(settings), AT.isoformat()], cwd=Path(outbox.root_path).parent)
        assert dead.returncode == 9 and office.recipients == ["budi@mail.example"]
        assert run(AT + LEASE).tried == 0  # still in the hands of the dead
        assert run(AT + LEASE + timedelta(seconds=1)).sent == 2 and run(AT + timedelta(days=1)).tried == 0
    assert office.recipients == ["budi@mail.example", "budi@mail.example", "siti@mail.example"]
    assert office.received[0]["Message-ID"] == office.received[1]["Message-ID"] != office.received[2]["Message-ID"]


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


def test_the_certificate_of_the_server_is_checked(outbox, connect, tmp_path, monkeypatch):
    """STARTTLS with a certificate that nobody vouches for sends nothing; with one that we trust it does."""
    context, certificate = self_signed(tmp_path)
    with post_office(context) as office, outbox.app_context():
        connect(office.port, MAIL_USE_TLS=True)
        queue("budi")
        assert "CERTIFICATE_VERIFY_FAILED" in run().unreached and not office.received
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert run(AT + timedelta(minutes=1)).sent == 1


def self_signed(folder):
    """Return the context of a server with a certificate for 127.0.0.1, and the certificate's file."""
    import ipaddress
    import ssl

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    made = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(made - timedelta(days=1)).not_valid_after(made + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    file, key_file = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return context, file


def test_a_claim_is_for_one(outbox):
    """The second worker finds nothing until the lease is over; a failed or sent letter is nobody's."""
    with outbox.app_context():
        queue("budi", "siti")
        queue("agus", state=LetterState.SENT)
        assert len(claim(db.session(), "one", AT, 20)) == 2 and claim(db.session(), "two", AT, 20) == []
        assert len(claim(db.session(), "two", AT + LEASE + timedelta(microseconds=1), 20)) == 2
