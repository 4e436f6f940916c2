"""Letters: every one has its words, in the reader's language, and no word of a stranger becomes a header or markup."""

import re
from datetime import datetime, timedelta

import pytest
from flask_security.core import _default_config as SECURITY_DEFAULTS
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.letters import asked
from ecrm.letters.rendering import FOLDER, compose, path_of, render
from ecrm.letters.security import invite
from ecrm.models import BandwidthGrant, Complaint, Customer, Installation, Letter, Role, User
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.rules import LIFECYCLES, move, told
from ecrm.rules.complaint import answer
from ecrm.rules.facts import facts as facts_of
from ecrm.rules.lifecycle import Verb
from ecrm.rules.phone import readable
from tests.conftest import ONE_DATABASE
from tests.world import email, one

EXTRA = ("complaint_received_customer", "complaint_reply_customer", "complaint_reply_technician", "complaint_reply_support",
         "complaint_near_technician", "complaint_near_support", "complaint_missed_manager", "bandwidth_grant_ending_customer",
         "pdp_request_file_customer", "pdp_request_file_administrator", "pdp_request_near_administrator", "pdp_request_missed_administrator")
TOLD = sorted(
    {f"{model.__tablename__}_{verb.name}_{audience}" for model, life in LIFECYCLES.items() for verb in life.verbs for audience in verb.tells}
    | set(EXTRA)
)
# Letters that only switched-off parts of Flask-Security send: no user names, no login by mail, no code by mail.
SWITCHED_OFF = {"change_username_notice", "login_instructions", "two_factor_instructions", "us_instructions", "username_recovery",
                "welcome_existing_username"}
LANGUAGES = list(Language)


def latest(**columns):
    """Return the newest letter with these column values."""
    return db.session.scalars(select(Letter).filter_by(**columns).order_by(Letter.id.desc())).first()


def facts(template):
    """Return the facts that the rules give for a letter about the first row of its table."""
    model = next(model for model in LIFECYCLES if template.startswith(model.__tablename__))
    row = db.session.scalars(select(model).order_by(model.id).limit(1)).one()
    return facts_of(row) | {"table": model.__tablename__, "id": row.id, "number": getattr(row, "number", None), "at": now().isoformat(),
                            "kept": "KL-202601-000009", "reason": "Kabel putus\ndi tiang", "by": "Sari", "technician": "Joko", "visit": "2026-03-02T02:00:00+00:00",
                            "target": "response", "target_due": "2026-03-02T02:00:00+00:00"}


@pytest.mark.parametrize("template", TOLD)
def test_every_move_that_is_told_has_its_letter(template):
    """Who is told of a verb gets words; the file to write is named."""
    assert (FOLDER / path_of(template)).is_file(), f"write ecrm/letters/templates/{path_of(template)}"


def test_every_letter_of_flask_security_has_ours():
    """What Flask-Security may send, it sends in our words."""
    kinds = {str(value).rsplit("/", 1)[-1] for value in SECURITY_DEFAULTS.values()
             if isinstance(value, str) and value.startswith("security/email/")}
    missing = {kind for kind in kinds - SWITCHED_OFF if not (FOLDER / "account" / f"{kind}.txt").is_file()}
    assert kinds and not missing, f"write ecrm/letters/templates/account/: {sorted(missing)}"


@ONE_DATABASE
@pytest.mark.parametrize("template", TOLD)
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.value)
def test_a_letter_is_whole(company, template, language):
    """It has a subject, greets by name, links to our address once as text and once as a button, and says who we are."""
    app, _rows = company
    with app.app_context():
        told = compose(template, language, "Budi Santoso", facts(template))
    company_name, address = app.config["ECRM"]["COMPANY_NAME"], app.config["ECRM"]["PUBLIC_URL"]
    assert told.subject and "\n" not in told.subject and "%(" not in told.subject + told.text + told.html
    assert f'<html lang="{language.value}">' in told.html and told.html.count("<a href=") == 1
    for body in (told.text, told.html):
        assert "Budi Santoso" in body and company_name in body and address in body and readable(app.config["ECRM"]["COMPANY_PHONE"]) in body
    assert "\n\n\n" not in told.text and "None" not in told.text


@ONE_DATABASE
def test_no_word_of_a_stranger_becomes_markup_or_a_header(company):
    """Subjects stay one line; HTML is escaped; text keeps the words as they were written."""
    app, _rows = company
    evil = {"topic": "<b>x</b>\r\nBcc: all@test.example", "reason": "<script>alert(1)</script>\n& more", "by": "<i>Eve</i>"}
    with app.app_context():
        told = compose("complaint_reply_technician", Language.ENGLISH, "Budi", facts("complaint") | evil)
    assert "\n" not in told.subject and "\r" not in told.subject
    assert "<script>" not in told.html and "<b>x" not in told.html and "&lt;script&gt;alert(1)&lt;/script&gt;<br>\n&amp; more" in told.html
    assert "> <script>alert(1)</script>\n> & more" in told.text and "<i>Eve</i> writes:" in told.text


@ONE_DATABASE
@pytest.mark.parametrize("name", ["Menang! http://evil.example", "www.evil.example", "evil.example/x"])
def test_a_name_that_is_a_link_is_not_carried(company, name):
    """Nobody can send somebody else a link by registering under it."""
    app, _rows = company
    data = {"link": "http://127.0.0.1/confirm/x", "until": now().isoformat(), "unverified": True}
    with app.app_context():
        assert "evil" not in compose("account_welcome", Language.ENGLISH, name, data).text


@ONE_DATABASE
def test_times_are_those_of_the_branch(company):
    """Two o'clock in UTC is nine in Jakarta and eleven in Jayapura; the language says how it is written."""
    app, _rows = company
    with app.app_context():
        data = facts("installation")
        jakarta = compose("installation_schedule_applicant", Language.ENGLISH, "Budi", data | {"zone": "Asia/Jakarta"})
        jayapura = compose("installation_schedule_applicant", Language.INDONESIAN, "Budi", data | {"zone": "Asia/Jayapura"})
    assert "Monday, March 2, 2026, 9:00\xa0AM WIB" in jakarta.text
    assert "Senin, 02 Maret 2026 11.00 WIT" in jayapura.text


@ONE_DATABASE
def test_the_letters_of_real_moves_have_all_their_facts(app):
    """A complaint's and an installation's way from entry to end, every letter rendered as the worker does."""
    with app.app_context():
        support, technician, customer = (one(User, email=email(person)) for person in ("support", "technician", "customer"))
        row, visit, grant = one(Complaint, subject="Lampu LOS merah"), db.session.scalars(select(Installation)).first(), one(BandwidthGrant, id=1)
        for verb, by, more in (("start", technician, {}), ("wait", technician, {"reason": "Kapan di rumah?"}), ("resume", support, {}),
                               ("resolve", technician, {"reason": "Ganti kabel"}), ("reopen", customer, {"reason": "Mati lagi"}),
                               ("cancel", support, {"reason": "Ganda"})):
            move(row, verb, by, now(), **more)
            db.session.commit()
        answer(one(Complaint, subject="Tagihan ganda"), "Halo?", customer, now())
        move(visit, "install", technician, now(), report="Selesai")
        move(visit, "activate", support, now())
        move(grant, "approve", support, now())
        db.session.commit()
        move(grant, "revoke", support, now(), reason="Salah alamat")
        db.session.commit()
        letters = list(db.session.scalars(select(Letter)))
        assert {letter.template for letter in letters} >= {"complaint_reopen_support", "installation_activate_applicant", "complaint_reply_support"}
        for letter in letters:
            told = render(letter)
            assert told.subject and letter.to_name in told.text
            if letter.data.get("reason"):
                assert f"> {letter.data['reason']}" in told.text


@ONE_DATABASE
def test_a_customer_without_an_account_is_told_how_to_get_one(app):
    """Their number stands in the letter; who has an account does not need it."""
    with app.app_context():
        letters = {person: one(Customer, number=f"PLG-00000{person}") for person in (1, 3)}
        texts = {}
        for person, customer in letters.items():
            data = facts("complaint_received_customer")
            letter = Letter(template="complaint_received_customer", to_email="x@test.example", to_name=customer.name, data=data,
                            language=Language.ENGLISH, customer=customer)
            texts[person] = render(letter).text
            db.session.expunge_all()
    assert "PLG-000003" in texts[3] and "PLG-000001" not in texts[1]


@ONE_DATABASE
@pytest.mark.parametrize(("path", "form", "kind"), [
    ("/reset", {"email": email("customer")}, "reset_instructions"),
    ("/register", {"email": email("customer")}, "welcome_existing"),
])
def test_account_letters_speak_the_readers_language_and_lead_to_our_address(app, browser, path, form, kind):
    """Neither the language nor the address of the browser that asks decides; nothing is sent in the request."""
    with app.app_context():
        one(User, email=email("customer")).language = Language.ENGLISH
        db.session.commit()
    if path == "/register":
        form |= {"name": "Eve", "phone": "0812 3456 7890", "branch_id": "1", "claimed_number": "", "password": "nasi-uduk-pagi",
                 "password_confirm": "nasi-uduk-pagi"}
    browser().send(path, form, headers={"Accept-Language": "id"})
    with app.app_context():
        asked.answer(db.session(), now())
        letter = latest(to_email=email("customer"))
        assert letter.template == f"account_{kind}" and letter.language is Language.ENGLISH
        told = render(letter)
        link = re.search(r'href="([^"]+)"', told.html)[1]
        assert "Hello Customer," in told.text and link.startswith(app.config["ECRM"]["PUBLIC_URL"] + "/reset/") and link in told.text


@ONE_DATABASE
def test_links_in_account_letters_do_not_follow_the_host_header(app, browser):
    """A forged Host does not reach a reset letter."""
    browser().send("/reset", {"email": email("customer")}, headers={"Host": "evil.example"})
    with app.app_context():
        asked.answer(db.session(), now())
        letter = latest(to_email=email("customer"))
        assert letter is None or "evil.example" not in str(letter.data)


@ONE_DATABASE
def test_an_invitation_has_the_link_and_the_person(app):
    """The administrator's letter to new staff."""
    with app.app_context():
        user = User(email="baru@test.example", name="Dewi Baru", fs_uniquifier="d" * 32, language=Language.INDONESIAN,
                    roles=[one(Role, name="sales")])
        db.session.add(user)
        at = now()
        invite(db.session, user, "http://localhost/reset/abc.def", at, at + timedelta(days=1))
        db.session.commit()
        letter = latest(to_email="baru@test.example")
        assert letter.next_try_at == at and letter.template == "account_invite"
        assert f"{app.config['ECRM']['PUBLIC_URL']}/reset/abc.def" in letter.data["body"] and "Dewi Baru" in letter.data["body"]


@ONE_DATABASE
def test_who_is_told_when_a_password_changed_knows_when(app):
    """The notice says the moment, in the person's zone."""
    with app.app_context():
        told = compose("account_change_notice", Language.ENGLISH, "Budi", {"link": "http://x/reset", "at": datetime(2026, 3, 2, 2).astimezone().isoformat()})
    assert "March 2, 2026" in told.text


@ONE_DATABASE
def test_who_reads_of_a_row_as_its_customer(app):
    """The customer of whom it is, or who it is; nobody where an application has no customer yet."""
    with app.app_context():
        support, at, row = one(User, email=email("support")), now(), one(Installation, applicant_name="Pemohon technician")
        verb = Verb("reply", "Uji", frozenset(), None)
        for about, wanted in ((one(Customer, number="PLG-000001"), [email("customer")]), (one(Complaint, subject="Internet putus-putus"), [email("customer2")]),
                              (one(BandwidthGrant), [email("customer")]), (row, [])):
            found = told.letters(about, verb, "customer", support, at, None)
            assert [letter.to_email for letter in found] == wanted, about
            assert all(letter.customer_id and letter.template.endswith("_reply_customer") for letter in found)
