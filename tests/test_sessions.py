"""Sessions end at the server: a copied cookie is worth nothing after a logout, a change of the account, or its time."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError

from ecrm.extensions import db
from ecrm.jobs import Hand, forget_sessions
from ecrm.models import AccessEvent, Role, User, UserSession
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.user_session import EndReason, device
from tests.test_accounts import NEW, link, login
from tests.test_paging import captured
from tests.world import PASSWORD, email, one

OTHER = "soto-ayam-hangat"


@pytest.fixture
def person(browser):
    """A browser in which a customer has logged in by the form."""
    client = browser()
    assert login(client, email("customer")).location == "/start"
    return client


def copy_of(client):
    """Return a browser into which all cookies of another were copied."""
    thief = client.application.test_client()
    for cookie in client._cookies.values():
        thief.set_cookie(cookie.key, cookie.value, domain="localhost")
    return thief


def inside(client):
    return client.get("/profile").status_code == 200


def alive(app, who="customer"):
    """Return how many sessions of a person have not been ended, but for those of the little company's beginning."""
    with app.app_context():
        user = one(User, email=email(who))
        living = UserSession.user_id == user.id, UserSession.ended_at.is_(None), UserSession.agent != "Firefox"
        return db.session.scalar(select(func.count()).select_from(UserSession).where(*living))


def change(app, who, act):
    """Change an account from elsewhere."""
    with app.app_context():
        act(one(User, email=email(who)))
        db.session.commit()


@pytest.mark.only("sqlite")
def test_whose_session_it_is_costs_the_same_with_many_people(person):
    """Each request asks; it goes by indexes from the token to the person and their roles, and joins nothing of all people first."""
    app = person.application
    [question] = [asked for asked in captured(app, person, "/profile") if "user_session.token = " in asked[0]]
    with app.app_context():
        plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {question[0]}", question[1])]
    assert "roles_users" in question[0] and len(plan) == 4 and all(line.startswith("SEARCH ") for line in plan), plan


def test_a_copied_cookie_dies_with_the_logout(person):
    """Its owner is out, and so is the thief."""
    thief = copy_of(person)
    assert inside(person) and inside(thief)
    assert person.send("/logout").location == "/"
    assert not inside(person) and not inside(thief)


@pytest.mark.parametrize("act", [
    lambda user: setattr(user, "password", "$argon2-other"),
    lambda user: setattr(user, "email", "pindah@test.example"),
    lambda user: setattr(user, "active", False),
    lambda user: user.roles.append(one(Role, name=RoleName.SALES.value)),
    lambda user: user.roles.clear(),
    lambda user: setattr(user, "tf_primary_method", "authenticator"),
], ids=["password", "email", "active", "role", "no role", "two-factor"])
def test_a_change_of_the_account_ends_its_sessions(app, person, act):
    """Whoever changes it, from wherever."""
    change(app, "customer", act)
    assert not inside(person)


def test_a_change_of_name_ends_nothing(app, person):
    """Only what a login hangs on."""
    change(app, "customer", lambda user: setattr(user, "name", "Budi S."))
    assert inside(person)


def test_who_changes_the_password_stays_and_the_thief_goes(app, person):
    """The browser at hand goes on with a new session; every cookie from before is dead."""
    thief, elsewhere = copy_of(person), app.test_client()
    login(elsewhere, email("customer"))
    right = {"password": PASSWORD, "new_password": OTHER, "new_password_confirm": OTHER}
    assert person.send("/change", right).status_code == 302
    assert inside(person) and not inside(thief) and not inside(elsewhere) and alive(app) == 1


def test_who_changes_the_email_stays_and_the_thief_goes(app, person):
    """By the link in the letter."""
    thief = copy_of(person)
    person.send("/change-email", {"email": NEW})
    assert person.get(link(app, "change-email")).status_code == 302
    assert inside(person) and not inside(thief)


@pytest.mark.parametrize("what", ["password", "e-mail"])
def test_who_stays_logged_in_stays_so(app, browser, what):
    """The remembering cookie of whoever changes the password or the address is one of the new session."""
    person = browser()
    person.send("/login", {"email": email("customer"), "password": PASSWORD, "remember": "y"})
    old = person.get_cookie("ecrm-remember").value
    if what == "password":
        assert person.send("/change", {"password": PASSWORD, "new_password": OTHER, "new_password_confirm": OTHER}).status_code == 302
    else:
        person.send("/change-email", {"email": NEW})
        assert person.get(link(app, "change-email")).status_code == 302
    for value, back in ((person.get_cookie("ecrm-remember").value, True), (old, False)):
        reopened = app.test_client()
        reopened.set_cookie("ecrm-remember", value, domain="localhost")
        assert inside(reopened) is back


def test_a_change_that_cannot_be_written(app, person, monkeypatch):
    """The password is the old one, and the person is not logged out by what was taken back."""
    def full(_connection):
        raise OperationalError("COMMIT", {}, Exception(1114, "The table is full"))

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "commit", full)
    answer = person.send("/change", {"password": PASSWORD, "new_password": OTHER, "new_password_confirm": OTHER})
    event.remove(engine, "commit", full)
    assert answer.status_code == 503 and inside(person) and "telah diganti" not in person.get("/profile").text
    assert login(app.test_client(), email("customer"), OTHER).status_code == 200 and login(app.test_client(), email("customer")).location == "/start"


def test_a_reset_ends_all(app, person, browser):
    """Who forgot the password may have lost the telephone."""
    other = browser()
    other.send("/reset", {"email": email("customer")})
    assert inside(person)
    other.send(link(app, "reset", email("customer")), {"password": OTHER, "password_confirm": OTHER})
    assert not inside(person)


def test_a_login_is_a_new_session(app, browser):
    """What was planted in a browser before the login is worth nothing after it, the forms' token included."""
    client = browser()
    client.get("/login")
    with client.session_transaction() as session:
        session["_user_id"], session["csrf_token"] = "planted", "1" * 40
    token = client.token()
    assert login(client, email("customer")).location == "/start"
    with client.session_transaction() as session:
        assert session["_user_id"] != "planted" and session.get("csrf_token") != "0" * 40
    assert client.post("/language", data={"language": "en", "csrf_token": token}).status_code == 400
    first = copy_of(client)
    client.send("/logout")
    login(client, email("customer"))
    assert inside(client) and not inside(first)


def test_two_browsers_are_two_sessions(app, person, browser):
    """Each has its own row, and none has the token in it."""
    other = browser()
    login(other, email("customer"))
    assert alive(app) == 2
    with other.session_transaction() as session, app.app_context():
        assert session["_user_id"] not in db.session.scalars(select(UserSession.token)).all()


def test_the_remembering_cookie_is_bound_to_the_session(app, browser):
    """It brings a person back after the browser was closed, and nobody after the session has ended."""
    client = browser()
    client.send("/login", {"email": email("customer"), "password": PASSWORD, "remember": "y"})
    back = app.test_client()
    cookie = client.get_cookie("ecrm-remember")
    back.set_cookie(cookie.key, cookie.value, domain="localhost")
    assert inside(back)
    late = app.test_client()
    late.set_cookie(cookie.key, cookie.value, domain="localhost")
    client.send("/logout")
    assert not inside(late) and not inside(back)


@pytest.mark.parametrize(("who", "remember", "idle", "ends"), [
    ("customer", False, timedelta(hours=23), timedelta(hours=25)), ("customer", True, timedelta(days=29), timedelta(days=31)),
    ("support", False, timedelta(minutes=29), timedelta(minutes=31)), ("support", True, timedelta(minutes=29), timedelta(minutes=31)),
])
def test_an_unused_session_ends(app, browser, who, remember, idle, ends):
    """A customer's after a day, or a month where they stay logged in; that of staff after half an hour, always."""
    client = browser()
    client.send("/login", {"email": email(who), "password": PASSWORD} | ({"remember": "y"} if remember else {}))
    for since, there in ((idle, True), (ends, False)):
        move_back(app, seen_at=now() - since)
        assert (client.get("/sessions").status_code == 200) is there


@pytest.mark.parametrize(("who", "longest"), [("customer", timedelta(days=30)), ("support", timedelta(hours=12))])
def test_a_session_ends_at_the_latest(app, browser, who, longest):
    """However much it is used."""
    client = browser()
    login(client, email(who))
    with app.app_context():
        row = db.session.scalars(select(UserSession).order_by(UserSession.id.desc())).first()
        assert row.until - row.began_at == longest
    move_back(app, until=now() - timedelta(seconds=1))
    assert client.get("/sessions").status_code == 302


def move_back(app, **times):
    """Set times of the newest session."""
    with app.app_context():
        newest = db.session.scalar(select(func.max(UserSession.id)))
        db.session.execute(update(UserSession).where(UserSession.id == newest).values(**times))
        db.session.commit()


def test_use_is_noted_once_a_minute(app, person):
    """A busy clerk does not write to the table with each click."""
    with app.app_context():
        newest = db.session.scalars(select(UserSession).order_by(UserSession.id.desc())).first()
        began = newest.seen_at
    person.get("/profile")
    with app.app_context():
        assert db.session.get(UserSession, newest.id).seen_at == began
    earlier = now() - timedelta(minutes=2)
    move_back(app, seen_at=earlier)
    person.get("/profile")
    with app.app_context():
        assert db.session.get(UserSession, newest.id).seen_at > earlier


def test_own_sessions_are_seen_and_ended(app, person, browser):
    """This browser is marked; another can be logged out, one's own ends by the logout, a stranger's does not exist."""
    other = browser()
    login(other, email("customer"))
    other.get("/profile", headers={"User-Agent": "x"})
    page = person.get("/sessions").text
    assert "baru saja" in page and "0 menit" not in page
    assert page.count("<h2") >= 2 and page.count("sedang Anda pakai") == 1
    with app.app_context():
        mine = list(db.session.scalars(select(UserSession.id).where(UserSession.agent != "Firefox").order_by(UserSession.id)))
        foreign = db.session.scalars(select(UserSession.id).join(User).where(User.email == email("customer2"))).first()
    assert person.send(f"/sessions/{foreign}/end").status_code == 404
    assert person.send(f"/sessions/{mine[0]}/end").status_code == 400 and inside(person)
    assert person.send(f"/sessions/{mine[1]}/end").location == "/sessions"
    assert not inside(other) and inside(person)
    assert person.send(f"/sessions/{mine[1]}/end").status_code == 404


@pytest.mark.parametrize("who", ["customer", "support"])
def test_log_out_everywhere(app, browser, who):
    """Here too."""
    here, there = browser(), browser()
    for client in (here, there):
        login(client, email(who))
    assert here.send("/sessions/end").location == "/login"
    assert here.get("/sessions").status_code == there.get("/sessions").status_code == 302 and alive(app, who) == 0


def test_an_administrator_ends_a_session(app, person, browser):
    """From the list of sessions; nobody else on the staff sees it."""
    with app.app_context():
        number = db.session.scalar(select(func.max(UserSession.id)))
    boss = browser("administrator")
    assert boss.send(f"/admin/administrator/user_session/move/?id={number}&verb=end").status_code == 302
    assert not inside(person)
    with app.app_context():
        assert db.session.get(UserSession, number).because is EndReason.BY_ADMINISTRATOR
    assert browser("manager").get("/admin/manager/user_session/").status_code == 404


def test_devices_have_names_that_people_know():
    """Browser and system; of an unknown one what it said."""
    phone = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
    assert (device(phone), device("curl/8.5"), device("")) == ("Chrome, Android", "curl/8.5", "?")


def test_old_sessions_are_forgotten(app, person):
    """By the worker, months after they ended, and refusals as old."""
    with app.app_context():
        before = sum(db.session.scalar(select(func.count()).select_from(table)) for table in (UserSession, AccessEvent))
        assert forget_sessions(db.session(), now() + timedelta(days=89), Hand("one")) == 0
        assert forget_sessions(db.session(), now() + timedelta(days=121), Hand("one")) == before
    assert not inside(person)
