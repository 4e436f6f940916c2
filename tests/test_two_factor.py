"""Two-factor login where a role demands it, its set-up, and the password asked again before what weighs."""

import re
import time

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Letter, Role, User
from ecrm.models.account import RoleName
from tests.conftest import ONE_DATABASE
from tests.test_accounts import code, login
from tests.world import PASSWORD, email, one

pytestmark = ONE_DATABASE

MANAGER = email("manager")


def role_id(app, role=RoleName.MANAGER):
    with app.app_context():
        return one(Role, name=role.value).id


def demand(app, boss, verb="two_factor"):
    """Let the administrator press the button on the page of the managers' role."""
    answer = boss.send(f"/admin/administrator/role/move/?id={role_id(app)}&verb={verb}")
    assert answer.status_code == 302


def set_up(person):
    """Begin the set-up; return the key that the phone reads and the address that takes the code."""
    page = person.send("/tf-setup", {"setup": "authenticator"}).text
    return re.search(r'<code class="key">([^<]+)</code>', page)[1], re.search(r'action="(/tf-[^"]+)"', page)[1]


def letters_to(app, address):
    with app.app_context():
        return [letter.template for letter in db.session.scalars(select(Letter).where(Letter.to_email == address).order_by(Letter.id))]


def test_a_role_demands_two_factors(app, browser):
    """Its people are logged out, come no further than the set-up, and cannot switch it off; nobody else is asked."""
    boss, inside = browser("administrator"), browser("manager")
    demand(app, boss)
    assert inside.get("/admin/manager/").status_code == 302
    person = browser()
    assert login(person, MANAGER).location == "/tf-setup"
    for page in ("/start", "/admin/manager/", "/sessions", "/change", "/change-email"):
        assert person.get(page).location.startswith("/login"), page
    key, path = set_up(person)
    assert person.send(path, {"code": "000000"}).status_code == 200
    assert person.get("/admin/manager/").status_code == 302
    assert person.send(path, {"code": code(key)}).status_code == 302
    assert person.get("/admin/manager/").status_code == 200
    person.send("/tf-setup", {"setup": "disable"})
    with app.app_context():
        assert one(User, email=MANAGER).tf_primary_method == "authenticator"
    assert login(browser(), email("support")).location == "/start"


def test_a_role_demands_it_no_more(app, browser):
    """And then a password is enough again."""
    boss = browser("administrator")
    demand(app, boss)
    demand(app, boss, "one_factor")
    assert login(browser(), MANAGER).location == "/start"


def test_who_has_it_stays_logged_in(app, browser):
    """The demand changes nothing for them."""
    with app.app_context():
        one(User, email=MANAGER).tf_primary_method = "authenticator"
        db.session.commit()
    person, boss = browser("manager"), browser("administrator")
    demand(app, boss)
    assert person.get("/admin/manager/").status_code == 200


def test_only_an_administrator_demands(app, browser):
    """A manager reads the roles and changes nothing."""
    answer = browser("manager").send(f"/admin/manager/role/move/?id={role_id(app)}&verb=one_factor")
    assert answer.status_code == 403


def test_a_mistyped_code_keeps_the_key(app, browser):
    """What the phone has read stays good, and the page says what was wrong."""
    person = browser("support")
    key, path = set_up(person)
    page = person.send(path, {"code": "123"}).text
    assert re.search(r'<code class="key">([^<]+)</code>', page)[1] == key and path in page and "belum benar" in page or "tidak benar" in page
    assert person.send(path, {"code": code(key)}).status_code == 302
    with app.app_context():
        assert one(User, email=email("support")).tf_primary_method == "authenticator"


def test_a_lost_phone(app, browser):
    """The administrator switches it off, the person is told and logs in with the password alone."""
    person = browser("support")
    key, path = set_up(person)
    person.send(path, {"code": code(key)})
    with app.app_context():
        number = one(User, email=email("support")).id
    assert browser("administrator").send(f"/admin/administrator/user/move/?id={number}&verb=phone_lost").status_code == 302
    assert person.get("/admin/support/").status_code == 302
    assert login(browser(), email("support")).location == "/start"
    assert letters_to(app, email("support"))[-2:] == ["account_two_factor_notice"] * 2


def test_who_asks_for_help(app, browser):
    """With the password given and the phone lost, our support is written to, about the person."""
    person = browser("support")
    key, path = set_up(person)
    person.send(path, {"code": code(key)})
    stranger, ours = browser(), app.config["MAIL_DEFAULT_SENDER"]
    assert stranger.send("/tf-rescue", {"help_setup": "help"}).status_code == 302 and letters_to(app, ours) == []
    login(stranger, email("support"))
    assert 'name="help_setup" value="help"' in stranger.get("/mf-recovery").text
    answer = stranger.send("/tf-rescue", {"help_setup": "help"})
    assert answer.status_code == 200 and 'role="status"' in answer.text and letters_to(app, ours) == ["account_two_factor_rescue"]
    with app.app_context():
        written = one(Letter, template="account_two_factor_rescue")
        assert email("support") in written.data["body"] and written.language.value == "id"
    for _again in range(3):
        answer = stranger.send("/tf-rescue", {"help_setup": "help"})
    assert answer.status_code == 429 and "Silakan coba lagi dalam" in answer.text and "masih ada" not in answer.text, "nothing was written that could be there"


def test_the_old_address_is_told(app, browser):
    """Whoever changes the e-mail, its owner hears of it."""
    with app.app_context():
        number = one(User, email=email("support")).id
        one(User, email=email("support")).email = "lain@test.example"
        db.session.commit()
        assert number
    assert letters_to(app, email("support"))[-1] == "account_email_notice"


def stale(person):
    """Let the password of a browser's session have been given an hour ago."""
    with person.session_transaction() as session:
        session["fs_paa"] = time.time() - 3600
        session.pop("fs_gexp", None)


@pytest.mark.parametrize(("who", "page"), [
    ("customer", "/change-email"), ("customer", "/tf-setup"), ("support", "/mf-recovery-codes"),
    ("administrator", "/admin/administrator/user/new/"), ("administrator", "/admin/administrator/user/edit/?id=1"),
])
def test_the_password_is_asked_again(browser, who, page):
    """Before e-mail, two-factor login and roles change; then the page opens."""
    person = browser(who)
    stale(person)
    answer = person.get(page)
    assert answer.status_code == 302 and answer.location.startswith("/verify")
    assert person.send(answer.location, {"password": "salah"}).status_code == 200
    assert person.get(page).status_code == 302
    assert page in person.send(answer.location, {"password": PASSWORD}).location
    assert person.get(page).status_code == 200


def test_a_late_save_of_roles_asks_first(app, browser):
    """Nothing is written before the password is given."""
    boss = browser("administrator")
    with app.app_context():
        number = one(User, email=email("customer")).id
    stale(boss)
    for url, data in ((f"edit/?id={number}", {"name": "x", "roles": [role_id(app)]}), (f"move/?id={number}&verb=phone_lost", {}), ("new/", {})):
        assert boss.send(f"/admin/administrator/user/{url}", data).location.startswith("/verify")
    assert boss.send(f"/admin/administrator/role/move/?id={role_id(app)}&verb=two_factor").location.startswith("/verify")
    assert boss.get("/admin/administrator/user/").status_code == 200
    with app.app_context():
        assert one(User, email=email("customer")).role_names == (RoleName.CUSTOMER,) and not one(Role, name="manager").two_factor_required


def test_a_password_takes_the_old_one(browser):
    """However fresh the login is."""
    person = browser("customer")
    new = {"password": "salah", "new_password": "soto-ayam-hangat", "new_password_confirm": "soto-ayam-hangat"}
    assert 'id="password-error"' in person.send("/change", new).text
