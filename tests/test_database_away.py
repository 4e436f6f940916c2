"""While the database is away or busy nobody loses what they typed, and it is saved once."""

import errno
import html
import io
import re

import pytest
from flask import request_finished
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from ecrm import extensions
from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Plan
from ecrm.portal import complaint_entry
from tests.portal import PNG, complaints, pick, typed
from tests.smtp import silence
from tests.world import PASSWORD, email

WORDS = 'Lampu merah <b>sejak</b> pagi.'


@pytest.fixture
def away(app):
    """Return a function that takes the database away, and one that brings it back."""

    def refuse(dialect, _record, _args, _options):
        raise dialect.loaded_dbapi.OperationalError(2003, "Can't connect: rahasia")

    def go():
        event.listen(engine, "do_connect", refuse)
        patch.setattr(extensions, "Line", lambda *_args, **_options: refuse(engine.dialect, None, (), {}))
        engine.dispose()

    def come_back():
        if event.contains(engine, "do_connect", refuse):
            event.remove(engine, "do_connect", refuse)
        patch.undo()

    with app.app_context():
        engine = db.engine
    with pytest.MonkeyPatch.context() as patch:
        yield go, come_back
        come_back()


def fields(page):
    """Return the hidden fields of the form that sends all again, and where it goes."""
    form = re.search(r'<form class="button-row button-rows" method="post" action="([^"]*)">(.*?)</form>', page.text, re.DOTALL)
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[2])
    return html.unescape(form[1]), {name: html.unescape(value) for name, value in found}


def test_a_complaint_written_while_the_database_is_away(app, browser, away):
    """The page says so, in the customer's language, shows what was typed, and sends it again when the database is back."""
    go, come_back = away
    person, form = browser("customer"), typed(app)
    form["csrf_token"] = person.token()
    go()
    page = person.post("/complaints/new", data=form, headers={"Accept-Language": "en"})
    assert person.get("/healthz").status_code == 200  # whoever asks
    assert page.status_code == 503 and page.headers["Retry-After"] == "60" and '<html lang="en"' in page.text
    assert html.escape(WORDS, quote=False) in page.text and "rahasia" not in page.text and WORDS not in page.text
    assert page.headers["X-Request-ID"] in page.text
    again, sent = fields(page)
    assert (again, sent) == ("/complaints/new", form)
    assert person.post(again, data=sent).status_code == 503
    come_back()
    assert person.post(again, data=sent).status_code == 302
    assert person.post(again, data=sent).status_code == 302
    assert complaints(app, description=WORDS) == 1


def test_a_form_of_the_staff_while_the_database_is_away(app, browser, away):
    """The same page, and the same way back."""
    go, come_back = away
    person = browser("support")
    url = "/admin/support/plan/new/?url=/admin/support/plan/"
    form = {"csrf_token": person.token(), "code": "UFO", "name": "Paket “Ufo” baru", "down_mbps": "30", "up_mbps": "10", "monthly_price": "300000"}
    go()
    page = person.post(url, data=form)
    assert page.status_code == 503 and "Paket “Ufo” baru" in page.text
    come_back()
    again, sent = fields(page)
    assert person.post(again, data=sent).status_code == 302
    assert pick(app, lambda: db.session.scalars(db.select(Plan).filter_by(code="UFO")).one().name) == form["name"]


def test_passwords_and_files_are_not_repeated(app, browser, away):
    """What was chosen cannot be kept, and the page says so; a password does not travel back."""
    go, _ = away
    person, form = browser("customer"), typed(app)
    form |= {"csrf_token": person.token(), "files": (io.BytesIO(PNG), "foto modem.png")}
    go()
    page = person.post("/complaints/new", data=form, content_type="multipart/form-data")
    assert page.status_code == 503 and html.escape(WORDS, quote=False) in page.text and "<form" not in page.text
    visitor = browser()
    page = visitor.send("/login", {"email": "x@mail.example", "password": "rahasia sekali"})
    assert page.status_code == 503 and "rahasia" not in page.text and "<form" not in page.text


def test_more_than_any_form_has(app, browser, away, monkeypatch):
    """Sent while the database is away it is not read: the page says only that it is away."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    go, _ = away
    person = browser("customer")
    data = {"csrf_token": person.token(), "phone": "Nomor saya " * 50_000}
    go()
    page = person.post("/profile", data=data)
    assert page.status_code == 503 and "Nomor saya" not in page.text and "<form" not in page.text


def test_the_page_knows_the_language_of_who_logged_in(app, browser, away):
    """It cannot ask the account any more."""
    go, _ = away
    person = browser()
    with person.session_transaction() as session:
        session["language"] = "en"
    go()
    assert '<html lang="en"' in person.get("/promos", headers={"Accept-Language": "id"}).text


def failing(monkeypatch, times, *arguments):
    """Let the next commits fail, as MariaDB does; return the list of those that are still to come."""
    left, real = [None] * times, db.session.commit

    def commit():
        if left:
            left.pop()
            raise OperationalError("UPDATE x", {}, Exception(*arguments))
        real()

    monkeypatch.setattr(db.session, "commit", commit)
    return left


@pytest.mark.parametrize("number", [1213, 1205])
def test_two_who_wait_for_each_other(app, browser, monkeypatch, number):
    """The one whom MariaDB sends back is served again, unseen: one complaint, its file, one message."""
    person = browser("customer")
    left = failing(monkeypatch, 3, number, "try restarting transaction")
    form = typed(app) | {"csrf_token": person.token(), "files": (io.BytesIO(PNG), "foto.png")}
    page = person.post("/complaints/new", data=form, content_type="multipart/form-data", follow_redirects=True)
    assert page.status_code == 200 and not left and page.text.count("message-success") == 1
    assert complaints(app, description=WORDS) == 1
    assert pick(app, lambda: db.session.query(Attachment).join(Complaint).filter(Complaint.description == WORDS).count()) == 1


def test_each_sending_counts_once(app, browser, monkeypatch):
    """Twenty complaints in an hour are twenty, however often MariaDB sent them back; what ends in “later” is no try at all."""
    person, form = browser("customer"), typed(app)
    for again, times in enumerate((4, 4, 4, 4, 5, 4, 4)):
        with monkeypatch.context() as patch:
            failing(patch, times, 1213, "try restarting transaction")
            assert person.send("/complaints/new", form | {"token": f"{again:032d}"}).status_code == (302 if times < 5 else 503)
    codes = [person.send("/complaints/new", form | {"token": f"{again:032d}"}).status_code for again in range(10, 26)]
    assert codes == [302] * 14 + [429] * 2


def test_a_page_that_was_made_anew_can_be_sent(app, browser, monkeypatch):
    """Its form belongs to the session, whatever the try before had begun."""
    real, left = complaint_entry.page, [None]

    def page(form):
        text = real(form)
        if left:
            left.pop()
            raise OperationalError("SELECT x", {}, Exception(1213, "try restarting transaction"))
        return text

    monkeypatch.setattr(complaint_entry, "page", page)
    person = browser("customer")
    with person.session_transaction() as session:
        session.pop("csrf_token")
    form = person.get("/complaints/new").text
    token = re.search('name="csrf_token"[^>]*value="([^"]*)"', form)[1]
    assert not left and person.post("/complaints/new", data=typed(app) | {"csrf_token": token}).status_code == 302


def test_it_is_not_tried_for_ever(app, browser, monkeypatch):
    """After five tries the person is told, and has what was typed; another error is not tried again at all."""
    person = browser("customer")
    for number, tries in ((1213, 5), (1114, 1)):
        with monkeypatch.context() as patch:
            left = failing(patch, 9, number, "x")
            page = person.send("/complaints/new", typed(app))
        assert page.status_code == 503 and 9 - len(left) == tries and html.escape(WORDS, quote=False) in page.text
    assert complaints(app, description=WORDS) == 0


def test_a_login_that_cannot_be_written(app, browser, monkeypatch):
    """A full disk, when the page is made already: the account pages say 503 too, and nobody is logged in."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    person = browser()
    with monkeypatch.context() as patch:
        failing(patch, 9, 1114, "The table is full")
        page = person.send("/login", {"email": email("customer"), "password": PASSWORD})
    assert page.status_code == 503 and page.headers["Retry-After"] == "60" and PASSWORD not in page.text
    assert person.get("/home").status_code == 302
    assert person.send("/login", {"email": email("customer"), "password": PASSWORD}).status_code == 302 and person.get("/home").status_code == 200


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, 503), (errno.ENOENT, 500)])
def test_a_full_disk(app, browser, monkeypatch, number, code):
    """A photo that cannot be kept costs nobody their words."""
    def full(*_arguments):
        raise OSError(number, "rahasia")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("ecrm.storage.keeping.FolderStore.put", full)
    person = browser("customer")
    form = typed(app) | {"csrf_token": person.token(), "files": (io.BytesIO(PNG), "foto.png")}
    page = person.post("/complaints/new", data=form, content_type="multipart/form-data")
    assert page.status_code == code and html.escape(WORDS, quote=False) in page.text and "rahasia" not in page.text


@pytest.fixture(scope="module")
def on_mariadb(make_app):
    """An application on MariaDB."""
    return make_app("mariadb")


def test_pages_have_less_patience_than_commands(on_mariadb):
    """A page's statement ends within eight seconds; a migration's may take its time; both read what is committed."""
    words = text("SELECT @@max_statement_time, @@innodb_lock_wait_timeout, @@tx_isolation, @@time_zone")
    with on_mariadb.app_context():
        db.engine.dispose()
        assert db.session.execute(words).one() == (0, 5, "READ-COMMITTED", "+00:00")
        db.session.remove()
        db.engine.dispose()
    with on_mariadb.test_request_context():
        assert db.session.execute(words).one() == (8, 5, "READ-COMMITTED", "+00:00")
        with pytest.raises(OperationalError, match="max_statement_time"):
            db.session.execute(text("SET STATEMENT max_statement_time=0.01 FOR SELECT SLEEP(5), BENCHMARK(1e9, 1)"))


def test_a_server_that_says_nothing(monkeypatch):
    """It takes the connection and hangs: that is known before a statement's time is over."""
    monkeypatch.setattr(extensions, "SIGN_OF_LIFE", 0.2)
    with silence() as port:
        engine = create_engine(url := f"mysql+pymysql://x@127.0.0.1:{port}/x", **extensions.engine_options(url))
        with pytest.raises(OperationalError, match="timed out"):
            engine.connect()


def test_a_database_that_dies_after_the_answer_is_made(on_mariadb):
    """The answer stands: what was committed is committed."""
    def kill(_app, **_more):
        with db.engine.connect() as other:
            other.exec_driver_sql(f"KILL {db.session.scalar(text('SELECT CONNECTION_ID()'))}")

    with request_finished.connected_to(kill, on_mariadb):
        assert on_mariadb.test_client().get("/promos").status_code == 200
    assert on_mariadb.test_client().get("/promos").status_code == 200


def test_a_node_that_lost_its_cluster(on_mariadb):
    """The pool forgets its connections to it: the next one may lead to a node that has not."""
    with on_mariadb.app_context(), db.engine.connect() as connection:
        with pytest.raises(OperationalError) as lost:
            connection.execute(text("SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 1047, MESSAGE_TEXT = 'WSREP has not yet prepared node'"))
        assert lost.value.connection_invalidated and connection.invalidated
