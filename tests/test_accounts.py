"""Accounts over HTTP: registration to login, answers that tell nothing, and two-factor login."""

import json
import re

import pytest
from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.letters import asked
from ecrm.models import Branch, Consent, Customer, Letter, User
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.consent import Purpose
from ecrm.rules.consent import WORDING
from tests.world import PASSWORD, email, one

NEW = "baru@test.example"


def form(app, **more):
    """Return the fields of a filled-in registration."""
    with app.app_context():
        branch = str(one(Branch, code="BTM").id)
    return {"name": "Rina Baru", "email": NEW, "phone": "0812 3456 7890", "branch_id": branch, "claimed_number": "",
            "password": "nasi-uduk-pagi", "password_confirm": "nasi-uduk-pagi"} | more


def link(app, page, to=NEW):
    """Return the path of the newest link to `page` in the letters to somebody, None where there is none."""
    with app.app_context():
        asked.answer(db.session(), now())  # as the worker does
        letters = db.session.scalars(select(Letter).where(Letter.to_email == to).order_by(Letter.id.desc()))
        for letter in letters:
            found = re.search(rf"/{page}/[\w.~-]+", json.dumps(letter.data))
            if found:
                return found[0]
    return None


def said(answer):
    """Return what a page says, without what differs by design: the anti-forgery token and what was typed."""
    text = re.sub(r'name="csrf_token"[^>]*>', "", answer.text)
    return re.sub(r"[\w.]+@test\.example", "…@…", text)


def login(person, address, password=PASSWORD):
    return person.send("/login", {"email": address, "password": password})


def test_register_verify_log_in(app, browser):
    """The account is a customer's only when the e-mail is verified; then a prospect with all that was typed."""
    person = browser()
    assert person.send("/register", form(app, email=" Baru@Test.Example ")).location == "/registered"
    with app.app_context():
        user = one(User, email=NEW)
        assert user.roles == [] and user.confirmed_at is None and user.phone == "+6281234567890"
        assert db.session.scalar(select(func.count()).select_from(Customer).where(Customer.email == NEW)) == 0
    assert login(person, NEW, "nasi-uduk-pagi").status_code == 200  # not verified yet
    assert person.get(link(app, "confirm")).status_code == 302
    assert login(person, NEW.upper(), "nasi-uduk-pagi").location == "/start"
    assert person.get("/home").status_code == 200
    with app.app_context():
        customer = one(Customer, email=NEW)
        assert (customer.name, customer.phone) == ("Rina Baru", "+6281234567890")
        assert (customer.branch.code, customer.status.value) == ("BTM", "prospect")
        assert customer.number.startswith("PLG-") and customer.user.role_names == (RoleName.CUSTOMER,)
        assert customer.user.language.value == "id"


@pytest.mark.parametrize("ticked", [True, False])
def test_letters_about_promos_are_asked_for(app, browser, ticked):
    """Who ticked the box agreed to its wording, at the moment of the registration; who did not agreed to nothing."""
    person = browser()
    person.send("/register", form(app) | ({"promos": "y"} if ticked else {}))
    person.get(link(app, "confirm"))
    with app.app_context():
        user, given = one(User, email=NEW), db.session.scalars(select(Consent).join(Consent.customer).where(Customer.email == NEW)).all()
        assert [(row.given, row.purpose, row.wording, row.at) for row in given] == ([(True, Purpose.MARKETING, WORDING, user.created_at)] if ticked else [])


def test_a_number_alone_links_nobody(app, browser):
    """Who knows a neighbour's number does not get the neighbour's complaints."""
    person = browser()
    person.send("/register", form(app, claimed_number="PLG-000003"))
    person.get(link(app, "confirm"))
    with app.app_context():
        assert one(Customer, number="PLG-000003").user is None and one(Customer, email=NEW).user.email == NEW


def test_a_known_customer_is_linked_by_number_and_email(app, browser):
    """Number and e-mail together; a number that has an account already is left to support."""
    person = browser()
    with app.app_context():
        before = {number for (number,) in db.session.execute(select(Customer.number))}
    person.send("/register", form(app, email="agus@test.example", claimed_number=" plg-000003 "))
    person.get(link(app, "confirm", "agus@test.example"))
    with app.app_context():
        customer = one(Customer, number="PLG-000003")
        assert customer.user.email == "agus@test.example" and db.session.query(Customer).count() == len(before)
    other = browser()
    other.send("/register", form(app, claimed_number="PLG-000001"))
    other.get(link(app, "confirm"))
    with app.app_context():
        assert one(Customer, number="PLG-000001").user.email == email("customer")
        assert one(Customer, email=NEW).number not in before
    login(other, NEW, "nasi-uduk-pagi")
    assert "PLG-000001" in other.get("/home").text  # support will link it


@pytest.mark.parametrize(("field", "value"), [
    ("name", " "), ("email", "bukan-email"), ("phone", "halo"), ("phone", "12"), ("branch_id", "999"), ("branch_id", "x"),
    ("password", "pendek"), ("password_confirm", "lain-sekali"), ("claimed_number", "x" * 21),
])
def test_a_registration_with_an_error_keeps_the_rest(app, browser, field, value):
    """The error stands at its field, what was typed stays, no account is made."""
    page = browser().send("/register", form(app, **{field: value}))
    assert page.status_code == 200 and f'id="{field}-error"' in page.text
    if field != "name":
        assert 'value="Rina Baru"' in page.text
    with app.app_context():
        assert db.session.query(User).filter_by(email=NEW).count() == 0


def test_answers_do_not_tell_whether_an_account_exists(app, browser):
    """Register, login, reset and resend: same status, same words, for known, unverified and unknown addresses."""
    browser().send("/register", form(app, email="belum@test.example"))
    known, unverified, unknown = email("customer"), "belum@test.example", "siapa@test.example"
    for path, data in (
        ("/register", lambda address: form(app, email=address)),
        ("/login", lambda address: {"email": address, "password": "salah-sekali"}),
        ("/reset", lambda address: {"email": address}),
        ("/confirm", lambda address: {"email": address}),
    ):
        seen = set()
        for address in (known, unverified, unknown):
            person = browser()
            answer = person.send(path, data(address))
            words = said(answer) if answer.status_code == 200 else said(person.get(answer.location))
            seen.add((answer.status_code, answer.location, words))
        assert len(seen) == 1, path


def test_forgotten_password(app, browser):
    """The link works once; the old password does not work afterwards."""
    person = browser()
    person.send("/reset", {"email": email("customer")})
    path = link(app, "reset", email("customer"))
    assert person.get(path).status_code == 200
    short = person.send(path, {"password": "pendek", "password_confirm": "pendek"})
    assert short.status_code == 200 and 'id="password-error"' in short.text
    new = {"password": "soto-ayam-hangat", "password_confirm": "soto-ayam-hangat"}
    assert person.send(path, new).location == "/login"
    assert person.send(path, new).location == "/reset"
    assert login(browser(), email("customer")).status_code == 200
    assert login(browser(), email("customer"), "soto-ayam-hangat").location == "/start"


def test_change_of_password_and_email(app, browser):
    """Both ask for what is needed; a changed e-mail is the customer's too."""
    person = browser("customer")
    right = {"password": PASSWORD, "new_password": "soto-ayam-hangat", "new_password_confirm": "soto-ayam-hangat"}
    wrong = person.send("/change", right | {"password": "salah"})
    assert wrong.status_code == 200 and 'id="password-error"' in wrong.text
    assert person.send("/change", right).status_code == 302
    person = browser()
    assert login(person, email("customer"), "soto-ayam-hangat").location == "/start"
    taken, free = (said(person.send("/change-email", {"email": address})) for address in (email("customer2"), NEW))
    assert taken == free and link(app, "change-email", email("customer2")) is None
    assert person.get(link(app, "change-email")).status_code == 302
    with app.app_context():
        assert one(Customer, number="PLG-000001").email == NEW == one(Customer, number="PLG-000001").user.email


def test_staff_who_confirm_or_change_their_address(app, browser):
    """They stay what the administrator made them: no customer comes of it."""
    with app.app_context():
        one(User, email=email("support")).confirmed_at = None
        before = db.session.query(Customer).count()
        db.session.commit()
    browser().send("/confirm", {"email": email("support")})
    assert browser().get(link(app, "confirm", email("support"))).status_code == 302
    person = browser("support")
    person.send("/change-email", {"email": NEW})
    assert person.get(link(app, "change-email")).status_code == 302
    with app.app_context():
        user = one(User, email=NEW)
        assert user.confirmed_at is not None and user.role_names == (RoleName.SUPPORT,) and db.session.query(Customer).count() == before


def test_a_safe_next_is_honoured(browser):
    """Back to the page that asked for the login, and never to another site."""
    data = {"email": email("customer"), "password": PASSWORD}
    assert browser().send("/login?next=/complaints/new", data).location == "/complaints/new"
    for away in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        answer = browser().send(f"/login?next={away}", data)
        assert "evil.example" not in (answer.location or "").split("?")[0] or (answer.location or "").startswith("/%5C")


def test_logout_is_a_post(browser):
    """A link from elsewhere logs nobody out."""
    person = browser("customer")
    assert person.get("/logout").status_code == 405 and person.get("/tf-validate").location == "/start"
    assert person.get("/home").status_code == 200
    assert person.send("/logout").location == "/"
    assert person.get("/home").status_code == 302


def test_a_stale_token_keeps_the_registration(app, browser):
    """A phone that restores the page in a new session: what was typed is there, the passwords are not."""
    page = browser().post("/register", data=form(app))
    assert page.status_code == 400 and 'value="Rina Baru"' in page.text and "nasi-uduk-pagi" not in page.text


@pytest.mark.parametrize("path", ["/login", "/reset", "/confirm"])
def test_a_stale_token_is_no_dead_end(app, browser, path):
    """The form comes back with a word about it, not a bare error."""
    person = browser()
    answer = person.post(path, data=form(app))
    assert answer.status_code == 302 and answer.location == path
    assert 'class="message message-warning"' in person.get(path).text


def test_two_factor_login_of_staff(app, browser):
    """Set up with the code of the app, log in with it, and with a recovery code when the phone is lost."""
    person = browser()
    login(person, email("support"))
    assert person.get("/tf-setup").status_code == 200
    page = person.send("/tf-setup", {"setup": "authenticator"})
    assert 'src="data:image/svg+xml' in page.text
    key = re.search(r'<code class="key">([^<]+)</code>', page.text)[1]
    path = re.search(r'action="(/tf-setup/[^"]+)"', page.text)[1]
    assert person.send(path, {"code": code(key)}).status_code == 302
    codes = re.findall(r"<li><code>([^<]+)</code>", person.send("/mf-recovery-codes", {"generate_new_codes": "1"}).text)
    assert len(codes) >= 3
    second = browser()
    assert "/tf-" in login(second, email("support")).location or "/mf" in login(second, email("support")).location
    assert second.get("/mf-recovery").status_code == 200
    assert second.send("/mf-recovery", {"code": codes[0]}).status_code == 302
    assert second.get("/start").location == "/admin/"


def code(key):
    """Return what the authenticator app shows for a key."""
    from passlib.totp import TOTP

    return TOTP(key=key.replace("-", "").replace(" ", "")).generate().token
