"""Nobody learns whether an address has an account: same answer, same work, whatever the mail server does."""

import re

import pytest
from sqlalchemy import event

from ecrm.extensions import db
from ecrm.letters import asked
from ecrm.models import Letter, User
from ecrm.models.base import now
from tests.conftest import ONE_DATABASE
from tests.test_accounts import form, said
from tests.world import email, one

pytestmark = ONE_DATABASE

TABLE = re.compile(r'(?:FROM|INTO|UPDATE)\s+[`"]?(\w+)')
STRANGE = ("siapa@test.example", "siapa2@test.example")


@pytest.fixture
def work(app, monkeypatch):
    """Return a function that does something and returns what it cost: statements by their kind and table, and password hashes."""
    security, done = app.extensions["security"], []
    for context in (security.pwd_context, security.hashing_context):
        for name in ("hash", "verify"):
            own = getattr(context, name)
            monkeypatch.setattr(context, name, lambda *args, own=own, **more: (done.append("hash"), own(*args, **more))[1])

    def statement(_connection, _cursor, text, *_more):
        kind = re.match(r"\s*(\w+)", text)[1]
        if kind in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            done.append(f"{kind} {TABLE.search(text)[1]}")

    def measured(act):
        done.clear()
        act()
        return sorted(done)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", statement)
    yield measured
    event.remove(engine, "before_cursor_execute", statement)


def people(app):
    """Addresses that are known, unverified, switched off, and unknown."""
    with app.app_context():
        one(User, email=email("customer2")).active = False
        one(User, email=email("technician2")).confirmed_at = None
        one(User, email=email("sales")).password = None
        db.session.commit()
    return {"known": email("customer"), "off": email("customer2"), "unverified": email("technician2"), "invited": email("sales"),
            "unknown": STRANGE[0], "unknown too": STRANGE[1]}


@pytest.mark.parametrize(("path", "data"), [
    ("/reset", lambda app, address: {"email": address}), ("/confirm", lambda app, address: {"email": address}),
    ("/login", lambda app, address: {"email": address, "password": "salah-sekali-1"}),
])
def test_same_answer_and_same_work(app, browser, work, path, data):
    """Status, words, statements and hashes, for whoever it is."""
    seen = {}
    for who, address in people(app).items():
        person, answers = browser(), []
        person.token()
        cost = work(lambda: answers.append(person.send(path, data(app, address), environ_overrides={"REMOTE_ADDR": f"198.51.100.{len(seen)}"})))
        if path == "/login":  # the roles of a person who is there are read with them: one short statement
            cost = [step for step in cost if step != "SELECT user"]
        seen[who] = (answers[0].status_code, said(answers[0]), cost)
    for who, found in seen.items():
        assert found == seen["unknown"], who
    assert path == "/login" or "INSERT letter" in seen["known"][2]


def test_registering(app, browser, work):
    """The same status, words and number of hashes; for who is known nothing is made but a letter."""
    seen = {}
    for who in ("known", "unknown"):
        person, answers = browser(), []
        address = email("customer") if who == "known" else STRANGE[0]
        cost = work(lambda: answers.append(person.send("/register", form(app, email=address))))
        seen[who] = (answers[0].status_code, answers[0].location, said(person.get(answers[0].location)), cost.count("hash"))
    assert seen["known"] == seen["unknown"]


def test_the_mail_server_is_not_asked(app, browser, monkeypatch):
    """With SMTP down nothing changes: pages write to the outbox alone."""
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)
    answers = {address: browser().send("/reset", {"email": address}) for address in (email("customer"), STRANGE[0])}
    assert {answer.status_code for answer in answers.values()} == {200} and len({said(answer) for answer in answers.values()}) == 1


def test_wishes_of_strangers_leave_nothing(app, browser):
    """The worker looks, and forgets an address that it does not know."""
    addresses = people(app)
    for address in addresses.values():
        browser().send("/reset", {"email": address})
    with app.app_context():
        before = {letter.id for letter in db.session.query(Letter) if letter.template not in asked.WISHES}
        assert asked.answer(db.session(), now()) == 3 and asked.answer(db.session(), now()) == 0
        written = {letter.to_email: letter.template for letter in db.session.query(Letter) if letter.id not in before}
    assert written == {addresses["known"]: "account_reset_instructions", addresses["invited"]: "account_reset_instructions",
                       addresses["unverified"]: "account_confirmation_instructions"}


def test_a_known_address_is_no_news_to_who_is_logged_in(app, browser):
    """Changing to an address that is taken looks like changing to a free one."""
    taken, free = (said(browser("customer").send("/change-email", {"email": address})) for address in (email("customer2"), STRANGE[0]))
    assert taken == free
