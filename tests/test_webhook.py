"""Gateways post messages: signed, once, small enough; a known telephone goes on with its complaint, a stranger's waits."""

import base64
import json

import pytest
from sqlalchemy import delete, select

from ecrm.channels import filing, webhook
from ecrm.extensions import db
from ecrm.incoming_jobs import Hand, sort_messages
from ecrm.models import Complaint, IncomingMessage
from ecrm.models.base import now
from ecrm.models.incoming import IncomingStatus as S, Why
from ecrm.rules import move, signature
from tests.conftest import ONE_DATABASE
from tests.portal import PNG
from tests.staff import JOB
from tests.world import one

SECRET = "w" * 43
pytestmark = ONE_DATABASE  # tests/test_incoming.py has the statements


@pytest.fixture
def gateway(app, browser, monkeypatch):
    """Return a function that posts a message as a gateway does, and answers its status; `changes` break it."""
    monkeypatch.setitem(app.config["ECRM"], "WEBHOOK_SECRET", SECRET)
    with app.app_context():
        db.session.execute(delete(IncomingMessage.__table__))
        db.session.commit()

    def post(message, secret=SECRET, late=0, headers=None, body=None):
        raw, moment = message if isinstance(message, bytes) else json.dumps(message).encode(), int(now().timestamp()) - late
        signed = {"X-Ecrm-Timestamp": str(moment), "X-Ecrm-Signature": signature.sign(secret, moment, raw)}
        return browser().post("/channels/incoming", data=raw if body is None else body, headers=signed | (headers or {}), content_type="application/json").status_code

    return post


def message(**more):
    """Return a message of the first customer."""
    return {"id": "wamid.1", "from": "+62812-000-0001", "name": "Budi", "text": "Wifi lambat sejak pagi.\nMohon dicek."} | more


def arrived(app):
    """Sort as the worker does, and return what is there."""
    with app.app_context():
        sort_messages(db.session(), now(), Hand("worker"))
        return list(db.session.execute(select(IncomingMessage.status, IncomingMessage.why, IncomingMessage.complaint_id).order_by(IncomingMessage.id)))


def test_one_conversation(app, gateway):
    """The first message is a complaint, the next ones are replies while it is unsolved; after it a new one begins."""
    assert gateway(message(files=[{"name": "modem.png", "content": base64.b64encode(PNG).decode()}])) == 202
    assert gateway(message()) == 202 and gateway(message(id="wamid.2", text="Masih.")) == 202
    assert gateway(message(id="wamid.2", text="Masih.")) == 200
    first, _same_words, second = arrived(app)
    assert first[0] is second[0] is S.FILED and first[2] == second[2]
    with app.app_context():
        row = db.session.get(Complaint, first[2])
        assert (row.channel.value, row.subject, [file.name for file in row.attachments]) == ("whatsapp", "Wifi lambat sejak pagi.", ["modem.png"])
        assert "Masih." in [reply.text for reply in row.replies]
        move(row, "cancel", None, now(), reason="Selesai")
        db.session.commit()
        number = one(Complaint, subject=JOB).number
    assert gateway(message(id="wamid.3", text="Lambat lagi.")) == 202 and gateway(message(id="wamid.4", text=f"Soal {number}: sudah baik.")) == 202
    *_before, third, named = arrived(app)
    with app.app_context():
        assert third[2] != first[2] and db.session.get(Complaint, named[2]).number == number


def test_strangers_wait(app, gateway):
    """A number that nobody has makes nothing but a line in the queue."""
    assert gateway(message(**{"from": "0813 9999 0000"})) == 202
    assert [row[:2] for row in arrived(app)] == [(S.NEW, Why.UNKNOWN)]


@pytest.mark.parametrize("changes, status", [
    ({"secret": "x" * 43}, 401), ({"late": 301}, 401), ({"late": -301}, 401), ({"body": b"{}"}, 401), ({"headers": {"X-Ecrm-Timestamp": "1e9"}}, 401),
    ({"headers": {"X-Ecrm-Signature": ""}}, 401), ({"headers": {"X-Ecrm-Signature": "sha256=\xe4"}}, 401), ({"late": 290}, 202),
])
def test_only_who_has_the_key(app, gateway, changes, status):
    """Another key, another body, another time: refused, and nothing is kept."""
    assert gateway(message(), **changes) == status
    assert len(arrived(app)) == (status == 202)


@pytest.mark.parametrize("bad", [
    [], {}, message(id=""), message(id=7), {"id": "1", "from": "siapa", "text": "x"}, message(text=""), message(text="x" * 20_000), message(files={}),
    b"", b"{", b"\xff", b"[" * 100_000, message(files=[1]), message(files=[{"name": "a", "content": "ä"}]), message(files=[{"name": "a", "content": ""}]),
])
def test_what_is_no_message(app, gateway, bad):
    """It is said what is wrong, and nothing is kept."""
    assert gateway(bad) == 400 and arrived(app) == []


def test_size_and_absence(app, gateway, monkeypatch):
    """Too large is refused before it is read whole; where the store is down the gateway tries again; without a key there is no door."""
    assert gateway(message(), body=b"x" * (webhook.MOST_BYTES + 1)) == 413
    with monkeypatch.context() as patch:
        patch.setattr(filing.storage, "store", lambda: (_ for _ in ()).throw(OSError("no space")))
        assert gateway(message()) == 503
    assert arrived(app) == [] and gateway(message()) == 202
    monkeypatch.setitem(app.config["ECRM"], "WEBHOOK_SECRET", None)
    assert gateway(message()) == 404
