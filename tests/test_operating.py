"""What operators see: health, numbers for Prometheus, log lines, and the number of a request."""

import io
import json
import logging
import shutil
import socket
import sqlite3
import urllib.request
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

import click
import pytest
from prometheus_client import generate_latest
from sqlalchemy import create_engine, delete, text
from sqlalchemy.exc import DBAPIError

from ecrm import config, create_app, health, logs, metrics
from ecrm.cli.start import _listen_for_prometheus
from ecrm.extensions import db
from ecrm.models import Job, Letter
from ecrm.models.base import now
from tests.conftest import ONE_DATABASE
from tests.settings import SECRETS
from tests.smtp import free_port
from tests.test_config import GIVEN
from tests.world import email


def test_alive_reads_nothing(app, browser, monkeypatch):
    """Also while the database is away."""
    monkeypatch.setattr(health, "problems", lambda: pytest.fail("it looked"))
    answer = browser().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_ready(app, browser):
    """In a few words, none of them about what runs here; and nothing is changed or kept."""
    with app.app_context():
        db.session.execute(delete(Letter))
        db.session.commit()
    answer = browser().get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "reasons": [], "late": []})
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers


def test_who_was_told_to_stop_is_not_ready(make_app):
    """A balancer sends nobody here any more, while pages still come."""
    app = make_app()
    client = app.test_client()
    health.stopping(app).set()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["reasons"]) == (503, ["stopping"])
    assert client.get("/healthz").status_code == client.get("/login").status_code == 200


@pytest.mark.parametrize("again", [timedelta(), timedelta(hours=1)], ids=("never tried", "put off by a server that takes nothing"))
def test_letters_that_wait_are_told_but_turn_nobody_away(app, browser, again):
    """A worker that died is no reason to close the pages, nor is a mail server that refuses."""
    at = now() - health.LETTERS_WAIT - timedelta(seconds=1)
    with app.app_context():
        db.session.execute(delete(Letter))
        db.session.add(Letter(to_email="x@mail.example", template="x", queued_at=at, next_try_at=at + again))
        db.session.commit()
    answer = browser().get("/readyz")
    assert answer.status_code == 200 and answer.json["late"] == ["outbox"]


@ONE_DATABASE
def test_somebody_else_who_writes_is_no_reason(app, browser):
    """SQLite lets one write at a time: to be told to wait means that it can be written."""
    with app.app_context():
        path = db.engine.url.database
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = browser().get("/readyz")
        other.execute("ROLLBACK")
    assert (answer.status_code, answer.json["reasons"]) == (200, [])


def test_a_disk_that_is_nearly_full(app, browser, monkeypatch):
    """Before the first photo is refused."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=health.LEAST_FREE - 1))
    answer = browser().get("/readyz")
    assert (answer.status_code, answer.json["reasons"]) == (503, ["disk"])


def test_another_revision(app, browser, monkeypatch):
    """A program that the database has not been migrated for."""
    monkeypatch.setattr("ecrm.revisions.head", lambda: "9999")
    assert browser().get("/readyz").json["reasons"] == ["migration"]


@pytest.fixture
def read_only(app, monkeypatch):
    """The database takes no writes."""
    with app.app_context():
        url = db.engine.url
        admin = create_engine(url.set(username="root")) if url.drivername != "sqlite" else db.engine
        if url.drivername == "sqlite":
            other = create_engine(f"sqlite:///file:{url.database}?mode=ro&uri=true")
        else:
            other = create_engine(url.set(username="reader"))
            with admin.begin() as connection:  # root may write whatever the server says
                for words in ("CREATE OR REPLACE USER reader@'%'", f"GRANT SELECT, UPDATE ON {url.database}.* TO reader@'%'"):
                    connection.execute(text(words))
                connection.execute(text("SET GLOBAL read_only=1"))
        monkeypatch.setattr(health, "engine", lambda: other)
        yield
        other.dispose()
        if url.drivername != "sqlite":
            with admin.begin() as connection:
                connection.execute(text("SET GLOBAL read_only=0"))
            admin.dispose()


def test_a_database_that_only_reads(read_only, browser):
    """A copy that nobody may write to is no place for complaints."""
    answer = browser().get("/readyz")
    assert (answer.status_code, answer.json["reasons"]) == (503, ["database"])


@pytest.fixture
def away(monkeypatch):
    """No database answers to the questions of this page."""
    nobody = create_engine(f"mysql+pymysql://x@127.0.0.1:{free_port()}/x")
    monkeypatch.setattr(health, "engine", lambda: nobody)


def test_a_database_that_is_away(away, app, browser):
    """503 with one word."""
    answer = browser().get("/readyz")
    assert (answer.status_code, answer.json["reasons"]) == (503, ["database"])


def numbers(app):
    """Return what Prometheus would read."""
    return generate_latest(app.extensions["metrics"]).decode()


def test_numbers_for_prometheus(app, browser):
    """Requests by what answered them, the work that waits, the outbox, the jobs and the pool; on no public address."""
    browser().get("/login")
    browser().get("/there/is/no/such/page")
    found = numbers(app)
    for line in ('ecrm_request_seconds_count{endpoint="security.login",method="GET",status="200"} ', "ecrm_complaints_unsolved 3.0",
                 'ecrm_request_seconds_count{endpoint="-",method="-",status="404"} ', "ecrm_complaints_late 0.0",
                 'ecrm_letters{state="queued"} ', 'ecrm_letters{state="failed"} 0.0', "ecrm_letters_oldest_seconds ",
                 'ecrm_job_failures{job="deliver"} 0.0', 'ecrm_job_last_run_timestamp_seconds{job="deliver"} ', "ecrm_pool_in_use ",
                 "ecrm_database_up 1.0"):
        assert line in found, line
    assert "such" not in found and browser().get("/metrics").status_code == 404


def test_numbers_of_what_has_not_happened(app):
    """No letter waits, so that none is old; a job that never ran has no time, and no failures."""
    with app.app_context():
        db.session.execute(delete(Letter))
        db.session.add(Job(name="baru"))
        db.session.commit()
    found = numbers(app)
    assert 'ecrm_letters{state="queued"} 0.0' in found and "ecrm_letters_oldest_seconds 0.0" in found
    assert 'ecrm_job_failures{job="baru"} 0.0' in found and 'timestamp_seconds{job="baru"}' not in found and 'ecrm_job_seconds{job="baru"}' not in found


def test_numbers_without_a_database(away, app):
    """That it is away is a number too."""
    found = numbers(app)
    assert "ecrm_database_up 0.0" in found and "ecrm_complaints" not in found and "ecrm_pool_in_use" in found


@pytest.fixture
def bare(tmp_path):
    """Return a function that makes an application whose database is not even made."""
    settings = {"PROFILE": "test", **SECRETS,
                "DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}
    return lambda **more: create_app(settings | more)


def test_numbers_at_their_own_address(bare):
    """Where the setting says, and nowhere by default."""
    port = free_port()
    app = bare(METRICS_ADDRESS=f"127.0.0.1:{port}")
    server = metrics.listen(app)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        assert b"ecrm_database_up" in answer.read()
    server.shutdown()
    server.server_close()
    assert metrics.listen(bare()) is None


def test_an_address_for_numbers_that_is_taken(bare):
    """The start refuses with the name of the setting."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(click.ClickException, match="ECRM_METRICS_ADDRESS 127.0.0.1:.* is not to be had"):
        _listen_for_prometheus(bare(METRICS_ADDRESS=f"127.0.0.1:{taken.getsockname()[1]}"))


@pytest.mark.parametrize("address", ["0.0.0.0:9100", "8.8.8.8:9100", "127.0.0.1", "127.0.0.1:0", "localhost:9100", "[::]:9100"])
def test_the_address_is_private(address, tmp_path):
    """Numbers of a company are not for everybody."""
    with pytest.raises(config.BadSetting, match="METRICS_ADDRESS"):
        config.read(tmp_path, GIVEN | {"ECRM_METRICS_ADDRESS": address})


@pytest.fixture
def written(monkeypatch):
    """Return a function that sets the logs up and returns the lines from then on."""
    root, before = logging.getLogger(), (logging.getLogger().handlers[:], logging.getLogger().level)

    def set_up(kind):
        monkeypatch.setattr("sys.stderr", stream := io.StringIO())
        logs.set_up(kind, logging.INFO)
        return stream

    yield set_up
    root.handlers[:], root.level = before


def test_lines_of_json(bare, written):
    """One for each request, with the number that its answer carries; what was typed into the address is not in it."""
    app, stream = bare(LOG_FORMAT="json"), written("json")
    answer = app.test_client().get("/reset/WyJhIiwiYiJd.aaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb?email=budi@mail.example")
    line = json.loads(stream.getvalue().splitlines()[-1])
    assert line["request_id"] == answer.headers["X-Request-ID"] and len(line["request_id"]) == 16
    assert (line["method"], line["rule"], line["status"]) == ("GET", "/reset/<token>", answer.status_code) and line["ms"] >= 0
    assert "budi" not in stream.getvalue() and "WyJ" not in stream.getvalue()


PRIVATE = ("budi.santoso+x@mail.example", "+6281234567890", "3171012010900001",
           "WyIxMjM0NTY3ODkwYWJjZGVmIl0.aSTnMA.2jXkJ0n0yRk7p0m9Z9Q0c9m5S1A")


@pytest.mark.parametrize("kind", ["text", "json"])
def test_nobody_is_in_the_log(kind, written):
    """Addresses, numbers of people and signed links are masked, in errors too, and nobody begins a line of their own."""
    stream = written(kind)
    try:
        raise ValueError(f"Duplicate entry '{PRIVATE[0]}' for key, {PRIVATE[1]}")
    except ValueError:
        logging.getLogger("ecrm").exception("refused %s /reset/%s\nERROR forged", PRIVATE[2], PRIVATE[3])
    said = stream.getvalue()
    assert not any(secret in said for secret in PRIVATE) and "ValueError" in said and "\nERROR forged" not in said
    logging.getLogger("ecrm").warning("KL-202611-000123 at 2026-11-24 10:00:00.123456, letter 7, 127.0.0.1:8000, 12345 rows")
    assert "KL-202611-000123 at 2026-11-24 10:00:00.123456, letter 7, 127.0.0.1:8000, 12345 rows" in stream.getvalue()


def test_what_a_statement_carried_is_not_in_the_log(app):
    """SQLAlchemy's errors show the statement without its values."""
    with app.app_context(), pytest.raises(DBAPIError) as refused:
        db.session.execute(text("INSERT INTO user (email) VALUES (:email)"), {"email": email("rahasia")})
    assert "rahasia" not in str(refused.value)


@pytest.mark.parametrize(("hops", "given", "taken"), [(0, "from-a-stranger", False), (1, "from-our-proxy.1", True), (1, "a\"b<script>x", False)])
def test_the_number_of_a_request(bare, hops, given, taken):
    """A proxy of ours may give it; an error page and the answer's header carry it."""
    answer = bare(TRUSTED_PROXIES=hops).test_client().get("/no/such/page", headers={"X-Request-ID": given})
    number = answer.headers["X-Request-ID"]
    assert (number == given) is taken and number in answer.text
