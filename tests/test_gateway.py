"""Letters by WhatsApp and Telegram: posted to a gateway, tried again, and by mail in the end; the customer chooses in the profile."""

import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ecrm.extensions import db
from ecrm.letters import posting
from ecrm.letters.outbox import GATEWAY_TRIES
from ecrm.models import Complaint, Customer, Letter, User
from ecrm.models.base import now
from ecrm.models.customer import ContactChannel
from ecrm.models.letter import LetterState
from ecrm.rules import signature
from ecrm.rules.complaint import answer
from tests.conftest import ONE_DATABASE
from tests.outbox import AT, connect, office, outbox, queue, row, run  # noqa: F401 - fixtures
from tests.smtp import free_port
from tests.staff import JOB
from tests.world import email, one

pytestmark = ONE_DATABASE
SECRET = "g" * 43


class _Gateway(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        time.sleep(self.server.slow)
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words):
        """Say nothing."""


@pytest.fixture
def there(outbox, monkeypatch):
    """A gateway that takes everything, and settings that name it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    server.got, server.status, server.slow = [], 202, 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setitem(outbox.config["ECRM"], "GATEWAY_URL", f"http://127.0.0.1:{server.server_address[1]}/send")
    monkeypatch.setitem(outbox.config["ECRM"], "GATEWAY_SECRET", SECRET)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def by_whatsapp(*people):
    """Queue a letter to each of the people, by WhatsApp to the first customer's telephone."""
    queue(*people, channel=ContactChannel.WHATSAPP, customer_id=one(Customer, number="PLG-000001").id)


def test_posted_and_signed(outbox, office, connect, there):
    """Once, with the words of the mail and a signature that is right; mail goes to the others as ever."""
    connect(office.port)
    with outbox.app_context():
        by_whatsapp("budi")
        queue("siti")
        assert run().sent == 2 and run(AT + timedelta(days=1)).tried == 0
        assert row().state is LetterState.SENT and "reason" not in row().data
    ((headers, body),) = there.got
    said = json.loads(body)
    assert office.recipients == ["siti@mail.example"]
    assert (said["channel"], said["to"], said["language"]) == ("whatsapp", "+628120000001", "en") and "Ganti kabel" in said["text"]
    assert signature.right(SECRET, headers["X-Ecrm-Timestamp"], body, headers["X-Ecrm-Signature"], now())


@pytest.mark.parametrize("status", [500, 503, 429, 408, 302])
def test_a_gateway_that_cannot_now(outbox, office, connect, there, status):
    """It is tried again under the same number; after the last try the letter goes by mail."""
    connect(office.port)
    there.status, at = status, AT
    with outbox.app_context():
        by_whatsapp("budi")
        for number in range(GATEWAY_TRIES):
            tally = run(at)
            assert tally.put_off == 1 and str(status) in tally.no_gateway and len(there.got) == number + 1
            at = row().next_try_at
        assert len({json.loads(body)["id"] for _headers, body in there.got}) == 1
        assert row().channel is ContactChannel.EMAIL and at - AT <= timedelta(minutes=16)
        assert run(at).sent == 1 and office.recipients == ["budi@mail.example"]


def test_a_gateway_that_refuses_or_is_away(outbox, office, connect, there, monkeypatch):
    """What it will never take goes by mail at once; a closed port and a hanging one are asked once for a batch, and no mail waits for them."""
    connect(office.port)
    with outbox.app_context():
        there.status = 422
        by_whatsapp("budi")
        assert run().put_off == 1 and run().sent == 1 and "422" not in office.recipients
        there.status, there.slow = 202, 1.5
        monkeypatch.setattr(posting, "PATIENCE", 0.2)
        by_whatsapp("agus", "dewi")
        queue("siti")
        tally = run()
        assert (tally.sent, tally.put_off, len(there.got)) == (1, 2, 2) and "timed out" in tally.no_gateway
        monkeypatch.setitem(outbox.config["ECRM"], "GATEWAY_URL", f"http://127.0.0.1:{free_port()}/")
        assert "refused" in run(AT + timedelta(minutes=2)).no_gateway
        monkeypatch.setitem(outbox.config["ECRM"], "GATEWAY_URL", None)
        assert run(AT + timedelta(minutes=9)).sent == 2


def test_a_customer_without_a_telephone(outbox, office, connect, there):
    """Nothing is posted to nobody: the letter goes by mail at the next turn."""
    connect(office.port)
    with outbox.app_context():
        by_whatsapp("budi")
        one(Customer, number="PLG-000001").phone = ""
        db.session.commit()
        assert run().put_off == 1 and there.got == [] and "telephone" in row().last_error
        assert run().sent == 1 and office.recipients == ["budi@mail.example"]


def test_the_customer_chooses(outbox, browser, there, monkeypatch):
    """In the profile, where there is a gateway; letters about the complaint go so from then on, also to who has no e-mail address."""
    person = browser("customer")
    page = person.get("/profile").text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    typed = {"phone": "08120000001", "language": "id", "version": version}
    refused = person.send("/profile", typed | {"channel": "pigeon"})
    assert 'name="channel"' in page and refused.status_code == 200 and "channel-error" in refused.text
    assert person.send("/profile", typed | {"channel": "telegram"}).status_code == 302
    with outbox.app_context():
        complaint = one(Complaint, subject=JOB)
        answer(complaint, "Kami datang besok.", one(User, email=email("support")), now())
        answer(complaint, "Baik.", complaint.customer.user, now())
        other = one(Complaint, subject="Internet putus-putus")
        other.customer.user, other.customer.email, other.customer.preferred_channel = None, None, ContactChannel.WHATSAPP
        answer(other, "Sudah baik?", one(User, email=email("support")), now())
        db.session.commit()
        assert sorted((letter.template.rpartition("_")[2], letter.channel.value, bool(letter.to_email)) for letter in db.session.query(Letter)) == [
            ("customer", "telegram", True), ("customer", "whatsapp", False), ("technician", "email", True)]
    monkeypatch.setitem(outbox.config["ECRM"], "GATEWAY_URL", None)
    assert 'name="channel"' not in person.get("/profile").text
