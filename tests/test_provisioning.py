"""What provisioning needs: the speed of every line as a table and for RADIUS, and signed calls that reach it in the end."""

import hmac
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ecrm.config import BadSetting, read
from ecrm.extensions import db
from ecrm.letters.provisioning import run
from ecrm.models import BandwidthGrant, ProvisionCall, Subscription, User
from ecrm.models.base import now
from ecrm.reports import speeds
from ecrm.row_by_row import Hand
from ecrm.rules import move
from tests.world import email, one

HAND, SECRET = Hand("test"), "r" * 40


@contextmanager
def receiver(answers):
    """Serve as provisioning: the answers in turn, the last one from then on; gives (address, calls as (headers, body))."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 - the library's name
            calls.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_parts):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook?from=ecrm", calls
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def approved(app):
    """The little company's addition of 10 Mbps, approved; nothing was told of it. Returns its id."""
    with app.app_context():
        db.session.delete(one(ProvisionCall))
        grant = one(BandwidthGrant)
        move(grant, "approve", one(User, email=email("support")), now())
        db.session.commit()
        return grant.id


@pytest.fixture
def told(app, monkeypatch):
    """Return a function that does the job at a moment, with provisioning at an address."""
    def tell(url, at, hand=HAND):
        monkeypatch.setitem(app.config["ECRM"], "PROVISION_URL", url)
        monkeypatch.setitem(app.config["ECRM"], "PROVISION_SECRET", SECRET)
        with app.app_context():
            return run(db.session(), at, hand)

    return tell


def test_the_speed_of_every_line(app, browser, approved):
    """The addition counts on its days, for download alone; what is suspended or over has no speed; both files say the same."""
    with app.app_context():
        grant, at = one(BandwidthGrant), now()
        line = grant.subscription_id
        db.session.rollback()
        assert [(one_.username, one_.down, one_.up, one_.extra) for one_ in speeds.every(db.engine, at)][0] == (f"PLG-000001-{line}", 30, 10, 10)
        db.session.rollback()
        assert speeds.of(db.session(), line, at - timedelta(days=2)).down == speeds.of(db.session(), line, at + timedelta(days=32)).down == 20
        move(one(Subscription, customer_id=2), "suspend", None, at, reason="Menunggak")
        one(Subscription, customer_id=3).valid_until = at.date() - timedelta(days=2)
        db.session.commit()
    wanted = f'PLG-000001-{line}\n\tMikrotik-Rate-Limit := "10M/30M"\n'
    table = f"PLG-000001-{line},PLG-000001,HOME20,30,10,10,10M/30M"
    for role in ("support", "manager"):
        assert browser(role).get(f"/admin/{role}/subscription/speeds/radius/").text == wanted
        assert browser(role).get(f"/admin/{role}/subscription/speeds/csv/").text.splitlines()[1:] == [table]
        assert 'id="speeds-radius"' in browser(role).get(f"/admin/{role}/subscription/").text
    assert browser("support").get("/admin/support/subscription/speeds/xml/").status_code == 404
    assert browser("technician").get("/admin/technician/subscription/speeds/csv/").status_code == 403
    run = app.test_cli_runner().invoke
    assert run(args=["grants", "speeds", "--format", "radius"]).output == wanted
    assert run(args=["grants", "speeds"]).output.splitlines() == [",".join(speeds.HEADER), table]


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_lines_are_read_by_chunks(app, monkeypatch, chunk):
    """However many are read at a time, each line is there once, in order."""
    at = now()
    with app.app_context():
        all_of_them = list(speeds.every(db.engine, at))
        monkeypatch.setattr(speeds, "CHUNK", chunk)
        assert len(all_of_them) == 3 and list(speeds.every(db.engine, at)) == all_of_them


def test_told_until_it_is_taken(app, approved, told):
    """A call that fails comes again, a redirect is no answer, one that was taken does not; each is signed and says the speed of now."""
    with receiver([500, 302, 200]) as (url, calls):
        at = now()
        assert told(url, at) == 0 and told(url, at) == 0  # the second try is not due yet
        assert told(url, at + timedelta(minutes=1)) == 0 and told(url, at + timedelta(minutes=3)) == 1 and told(url, at + timedelta(hours=1)) == 0
        assert len(calls) == 3
        headers, body = calls[-1]
        signed = hmac.new(SECRET.encode(), headers["X-ECRM-Timestamp"].encode() + b"." + body, "sha256").hexdigest()
        assert headers["X-ECRM-Signature"] == f"sha256={signed}"
        said = json.loads(body)
        assert (said["event"], said["grant"]["id"], said["subscription"]["down_mbps"], said["subscription"]["rate_limit"]) == ("started", approved, 30, "10M/30M")
        with app.app_context():
            assert one(ProvisionCall).tries == 3 and one(ProvisionCall).last_error is None
            move(one(BandwidthGrant), "revoke", one(User, email=email("support")), now(), reason="Salah")
            db.session.commit()
        assert told(url, at + timedelta(hours=2)) == 1
        said = json.loads(calls[-1][1])
        assert (said["event"], said["subscription"]["down_mbps"]) == ("revoked", 20)


def test_nothing_is_lost_while_it_is_away(app, approved, told):
    """Not reached, the call waits with its error; an addition that begins later, or ended before it was told, is not told."""
    at = now()
    assert told("http://127.0.0.1:9/", at) == 0
    with app.app_context():
        call = one(ProvisionCall)
        assert call.tries == 1 and call.sent_at is None and call.last_error and call.next_try_at == at + timedelta(minutes=1)
        move(one(BandwidthGrant), "expire", None, at)
        db.session.commit()
    with receiver([200]) as (url, calls):
        assert told(url, at + timedelta(minutes=2)) == 2
        assert [json.loads(body)["event"] for _headers, body in calls] == ["started", "expired"]
        assert {json.loads(body)["subscription"]["down_mbps"] for _headers, body in calls} == {20}
    with app.app_context():
        for later in (5, 10):
            grant = BandwidthGrant(subscription=one(Subscription, customer_id=2), extra_mbps=5, reason="promo", valid_from=(at + timedelta(days=later)).date(),
                                   valid_until=(at + timedelta(days=later + 4)).date())
            db.session.add(grant)
            db.session.flush()
            move(grant, "approve", None, at)
        db.session.commit()
        grant = grant.id
    with receiver([200]) as (url, calls):
        assert told(url, at + timedelta(hours=1)) == 0 and told(url, at + timedelta(days=6)) == 1
        with app.app_context():
            move(db.session.get(BandwidthGrant, grant), "revoke", None, at, reason="Batal")
            db.session.commit()
        assert told(url, at + timedelta(days=11)) == 0 and len(calls) == 1


def test_asked_to_stop(approved, told):
    """The call in hand is finished; the others wait for the next turn."""
    with receiver([200]) as (url, calls):
        at = now()
        assert told(url, at, Hand("test", stop=lambda: True)) == 0 and calls == []
        assert told(url, at) == 1 and len(calls) == 1


def test_address_and_secret_belong_together(tmp_path):
    """What is not signed is not sent."""
    given = {f"ECRM_{name}": "k" * 40 for name in ("SECRET_KEY", "PASSWORD_SALT", "TOTP_SECRET")}
    with pytest.raises(BadSetting, match="PROVISION_SECRET"):
        read(tmp_path, given | {"ECRM_PROVISION_URL": "https://radius.example/hook"})
    assert read(tmp_path, given)["PROVISION_URL"] is None
