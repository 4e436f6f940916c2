"""What was refused is on record, for known and unknown alike; the person hears of every change of their account; a reset is no way round the phone."""

import logging
import re

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError

from ecrm.config import BadSetting, read
from ecrm.extensions import db, engine_options
from ecrm.models import AccessEvent, Attachment, User
from tests.conftest import ONE_DATABASE
from tests.portal import PNG, complaints, typed
from tests.test_accounts import code, link, login
from tests.test_config import GIVEN
from tests.test_delivery_faults import self_signed
from tests.test_passwords import EASY
from tests.test_two_factor import letters_to, set_up
from tests.world import PASSWORD, email, one

pytestmark = ONE_DATABASE
CUSTOMER, NEW = email("customer"), "soto-ayam-hangat"


@pytest.fixture(autouse=True)
def no_refusals_yet(app):
    """The little company's own, and those that other tests have used up, stand in the way of the first."""
    app.extensions["refusals"].storage.reset()
    with app.app_context():
        db.session.query(AccessEvent).delete()
        db.session.commit()


def events(app):
    """Return (kind, e-mail of the account, page) of all refusals."""
    with app.app_context():
        rows = db.session.scalars(select(AccessEvent).order_by(AccessEvent.id))
        return [(row.kind.value, row.user.email if row.user else None, row.rule) for row in rows]


def test_refusals_are_kept(app, browser, caplog):
    """Wrong passwords, of an account that there is and of none, wrong codes, refused pages, forms without a token; each with its number in the log."""
    caplog.set_level(logging.WARNING, "ecrm.portal.refusals")
    for address in (CUSTOMER, "siapa@test.example"):
        answer = login(browser(), address, "salah-sekali-1")
    number = answer.headers["X-Request-ID"]
    person = browser("support")
    assert person.get("/admin/administrator/").status_code == 403
    assert person.send("/verify", {"password": "salah"}).status_code == 200
    assert browser("customer").post("/language", data={"language": "en"}).status_code == 400
    key, path = set_up(person)
    person.send(path, {"code": code(key)})
    guest = browser()
    assert login(guest, email("support")).location.startswith("/tf")
    guest.send("/tf-validate", {"code": "000000"})
    assert events(app) == [
        ("login", CUSTOMER, "/login"), ("login", None, "/login"), ("forbidden", email("support"), "/admin/administrator/"),
        ("password", email("support"), "/verify"), ("csrf", CUSTOMER, "/language"), ("code", email("support"), "/tf-validate"),
    ]
    with app.app_context():
        assert one(AccessEvent, request_id=number).user is None
        account = one(User, email=CUSTOMER).id
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 6 and not any("@" in line or "salah" in line for line in said)
    boss = browser("administrator")
    assert "Login gagal" in boss.get(f"/admin/administrator/user/details/?id={account}").text
    assert len(re.findall("data-href", boss.get("/admin/administrator/access_event/").text)) == 6


def test_a_refusal_that_cannot_be_kept(app, browser, caplog):
    """The answer stands, the line in the log too, and another one says that the table has it not."""
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON access_event BEGIN SELECT RAISE(ABORT, 'full'); END")
    try:
        assert browser("support").get("/admin/administrator/").status_code == 403
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
    assert "refused: forbidden" in caplog.text and "a refusal was not kept: IntegrityError" in caplog.text and events(app) == []


def test_who_hammers_fills_no_table(app, browser):
    """At most thirty rows in a minute from one address."""
    person = browser("support")
    for _try in range(35):
        person.get("/admin/administrator/")
    assert len(events(app)) == 30


def test_a_reset_is_no_way_round_the_phone(app, browser):
    """Who reads somebody's mail chooses a new password, and is still asked for the code."""
    person = browser("support")
    key, path = set_up(person)
    person.send(path, {"code": code(key)})
    thief = browser()
    thief.send("/reset", {"email": email("support")})
    assert thief.send(link(app, "reset", email("support")), {"password": NEW, "password_confirm": NEW}).status_code == 302
    assert thief.get("/admin/support/").status_code == 302
    assert login(thief, email("support"), NEW).location.startswith("/tf") and thief.get("/admin/support/").status_code == 302
    assert thief.send("/tf-validate", {"code": code(key)}).status_code == 302 and thief.get("/admin/support/").status_code == 200
    assert "account_reset_notice" in letters_to(app, email("support"))


def test_a_changed_password_is_told(app, browser):
    """By a letter to the person."""
    assert browser("customer").send("/change", {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}).status_code == 302
    assert letters_to(app, CUSTOMER)[-1] == "account_change_notice"


@pytest.mark.parametrize("password", [EASY[0], EASY[8], EASY[15]])
def test_no_field_takes_a_common_password(app, browser, password):
    """Nor the page of a forgotten one, by which invitations are taken up too; registration and change have tests of their own."""
    person = browser()
    person.send("/reset", {"email": CUSTOMER})
    path = link(app, "reset", CUSTOMER)
    answer = person.send(path, {"password": password, "password_confirm": password})
    assert answer.status_code == 200 and 'id="password-error"' in answer.text
    assert login(browser(), CUSTOMER).location == "/start"


def test_files_of_one_customer_end_somewhere(app, browser):
    """Past the quota a complaint goes without its photo; what was typed stays, and other customers are as free as before."""
    from io import BytesIO

    with app.app_context():
        one(Attachment, name="foto-customer.jpg")
        most = app.config["ECRM"]["CUSTOMER_FILES_MB"] * 1024 * 1024
        db.session.connection().execute(Attachment.__table__.update().where(Attachment.name == "foto-customer.jpg").values(size=most))
        db.session.commit()
    person = browser("customer")
    answer = person.send("/complaints/new", typed(app) | {"files": (BytesIO(PNG), "modem.png")})
    assert answer.status_code == 200 and 'id="files-error"' in answer.text and "Modem mati" in answer.text and complaints(app) == 3
    assert person.send("/complaints/new", typed(app)).status_code == 302
    assert browser("customer2").send("/complaints/new", typed(app) | {"files": (BytesIO(PNG), "modem.png")}).status_code == 302


def test_tls_to_the_database_is_no_wish(mariadb_server, tmp_path):
    """With an authority named, a server that cannot prove its name is not spoken to; a file that is not there is refused at the start."""
    _context, certificate = self_signed(tmp_path)
    engine = create_engine(mariadb_server, **engine_options(mariadb_server, str(certificate)))
    with pytest.raises(OperationalError, match="SSL|TLS|certificate"):
        engine.connect()
    engine.dispose()
    with pytest.raises(BadSetting, match="ECRM_DATABASE_CA"):
        read(tmp_path, GIVEN | {"ECRM_DATABASE_CA": str(tmp_path / "nowhere.pem")})
    assert read(tmp_path, GIVEN | {"ECRM_DATABASE_CA": str(certificate)})["DATABASE_CA"] == str(certificate)
