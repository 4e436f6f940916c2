"""Delivery when things break: failures wait and end, one bad letter stops nobody, a crash doubles one letter at most."""

import ipaddress
import json
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, select, update

from ecrm.extensions import db
from ecrm.letters import senders
from ecrm.letters.outbox import LEASE, WAITS
from ecrm.models import Letter
from ecrm.models.letter import LetterState
from ecrm.rules import letter as rules
from tests.outbox import AT, DATA, connect, office, outbox, queue, row, run  # noqa: F401 - fixtures
from tests.smtp import free_port, post_office, silence


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
    outbox.extensions["writes"].anywhere()
    with outbox.app_context():
        queue("budi", "siti")
        dead = subprocess.run([sys.executable, "-c", CRASH, json.dumps(settings), AT.isoformat()], cwd=Path(outbox.root_path).parent)
        assert dead.returncode == 9 and office.recipients == ["budi@mail.example"]
        assert run(AT + LEASE).tried == 0  # still in the hands of the dead
        assert run(AT + LEASE + timedelta(seconds=1)).sent == 2 and run(AT + timedelta(days=1)).tried == 0
    assert office.recipients == ["budi@mail.example", "budi@mail.example", "siti@mail.example"]
    assert office.received[0]["Message-ID"] == office.received[1]["Message-ID"] != office.received[2]["Message-ID"]


def test_the_certificate_of_the_server_is_checked(outbox, connect, tmp_path, monkeypatch):
    """STARTTLS with a certificate that nobody vouches for sends nothing; with one that the system or the setting trusts it does."""
    context, certificate = self_signed(tmp_path)
    with post_office(context) as office, outbox.app_context():
        connect(office.port, MAIL_USE_TLS=True)
        queue("budi")
        assert "CERTIFICATE_VERIFY_FAILED" in run().unreached and not office.received
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert run(AT + timedelta(minutes=1)).sent == 1
        monkeypatch.delenv("SSL_CERT_FILE")
        queue("siti")
        assert run(AT + timedelta(minutes=1)).sent == 0
        connect(office.port, MAIL_USE_TLS=True, MAIL_CA=str(certificate))
        assert run(AT + timedelta(minutes=9)).sent == 1


def test_tls_from_the_first_byte(outbox, connect, tmp_path, monkeypatch):
    """At the port of SMTPS the certificate is checked as well."""
    context, certificate = self_signed(tmp_path)
    with post_office(context, implicit=True) as office, outbox.app_context():
        monkeypatch.setattr(senders, "SMTPS_PORT", office.port)
        connect(office.port, MAIL_USE_TLS=True)
        queue("budi")
        assert "CERTIFICATE_VERIFY_FAILED" in run().unreached and not office.received
        connect(office.port, MAIL_USE_TLS=True, MAIL_CA=str(certificate))
        assert run(AT + timedelta(minutes=1)).sent == 1 and office.recipients == ["budi@mail.example"]


def test_a_server_that_closes(outbox, office, connect):
    """421 to a recipient or to a letter: that letter waits with the server's words, the next one gets a new connection."""
    connect(office.port)
    office.no_such_person = {"budi@mail.example": "421 4.3.2 shutting down"}
    with outbox.app_context():
        queue("budi", "siti")
        tally = run()
        assert (tally.put_off, tally.sent, office.connections, row().last_error) == (1, 1, 2, "421 4.3.2 shutting down")
        office.no_such_person, office.answer = {}, "421 4.3.2 not now"
        queue("agus", "dewi")
        assert run().put_off == 2 and office.connections == 4 and row("dewi").last_error == "421 4.3.2 not now"
        office.answer = "250 OK"
        assert run(AT + timedelta(minutes=1)).sent == 3 and sorted(office.recipients) == [f"{person}@mail.example" for person in ("agus", "budi", "dewi", "siti")]


def test_a_goodbye_that_cannot_be_read(outbox, office, connect):
    """The letters are through all the same, and the next turn begins with a new connection."""
    connect(office.port)
    office.goodbye = "221 " + "x" * 10_000
    with outbox.app_context():
        queue("budi")
        assert run().sent == 1 and row().state is LetterState.SENT
        queue("siti")
        assert run().sent == 1 and office.connections == 2


def test_what_happens_to_letters_in_hand(outbox, office, connect, caplog):
    """One is removed and of one the lease ends while another is sent: the first is nobody's, the second is left to who has it now."""
    connect(office.port)
    taken = {"lease_owner": "two", "lease_until": AT + LEASE}

    def on_data():
        with outbox.app_context():
            db.session.execute(delete(Letter).where(Letter.to_email == "siti@mail.example"))
            db.session.execute(update(Letter).where(Letter.to_email == "budi@mail.example").values(taken))
            db.session.commit()

    office.on_data = on_data
    with outbox.app_context():
        queue("budi", "siti")
        assert (run().sent, office.recipients) == (1, ["budi@mail.example"])
        assert (row().state, row().lease_owner) == (LetterState.QUEUED, "two") and "sent after its lease had ended" in caplog.text


def self_signed(folder):
    """Return the context of a server with a certificate for 127.0.0.1, and the certificate's file."""
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
