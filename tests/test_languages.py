"""Pages and forms speak the reader's language: our own texts, and those of the libraries."""

import re

import pytest
from flask import request
from flask_admin.form import Select2Field
from flask_babel import force_locale
from flask_wtf import FlaskForm
from wtforms import IntegerField

from ecrm import i18n
from ecrm.admin.screen import ScreenForm
from ecrm.extensions import db
from ecrm.models import Branch, User
from ecrm.models.account import Language
from tests.conftest import ONE_DATABASE
from tests.world import email, one

pytestmark = ONE_DATABASE


def say(page):
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


@pytest.mark.parametrize(("language", "login", "forgotten"), [
    ("id", "Masuk", "Saya lupa kata sandi"), ("en", "Log in", "I forgot my password"),
])
def test_login_speaks_the_browsers_language(browser, language, login, forgotten):
    """Our own texts."""
    page = browser().get("/login", headers={"Accept-Language": language})
    assert f'lang="{language}"' in page.text
    assert login in say(page) and forgotten in say(page)


def test_after_a_letter_in_another_language_the_page_speaks_its_own(app):
    """Whether its texts were asked for before or not."""
    for begins in ("", "Masuk"):
        with app.test_request_context(headers={"Accept-Language": "id"}):
            assert not begins or i18n.gettext("Log in") == begins
            with force_locale("en"):
                assert i18n.gettext("Log in") == "Log in"
            assert i18n.gettext("Log in") == "Masuk"


@pytest.mark.parametrize(("language", "required"), [("id", "Wajib diisi."), ("en", "This field is required.")])
def test_a_validation_error_speaks_the_browsers_language(browser, language, required):
    """The registration's own check."""
    page = browser().send("/register", {"name": ""}, headers={"Accept-Language": language})
    assert required in say(page)


@pytest.mark.parametrize(("language", "wrong", "choice"), [
    ("id", "Bukan bilangan bulat yang valid.", "Pilihan tidak valid"),
    ("en", "Not a valid integer value.", "Invalid Choice: could not coerce"),
])
def test_texts_of_the_libraries_fields(app, language, wrong, choice):
    """What fields say by themselves, in Flask-WTF's forms (so in Flask-Security's), in those of screens, and in plain ones."""
    for base in (FlaskForm, ScreenForm, i18n.Form):
        class Numbered(base):
            number = IntegerField()
            choice = Select2Field(coerce=int, choices=[(1, "1")])

        with app.test_request_context(method="POST", data={"number": "x", "choice": "x"}, headers={"Accept-Language": language}):
            form = Numbered(request.form)
            form.validate()
            assert form.errors["number"] == [wrong], base
            assert form.errors["choice"] == [choice], base


@pytest.mark.parametrize(("language", "wrong"), [("id", "Kata sandi belum diisi"), ("en", "Password not provided")])
def test_flask_securitys_own_texts(app, language, wrong):
    """What Flask-Security says where we have no words of our own, and that ours win where we have."""
    with app.test_request_context(headers={"Accept-Language": language}):
        say_it = app.extensions["security"].i18n_domain.gettext
        assert say_it("Password not provided") == wrong
        ours = {"id": "Silakan masuk untuk melanjutkan.", "en": "Please log in to go on."}
        assert say_it("Please log in to go on.") == ours[language]


@pytest.mark.parametrize(("language", "texts"), [
    (Language.INDONESIAN, ("Keluhan", "Belum selesai", "Cari", "Keluar")),
    (Language.ENGLISH, ("Complaints", "Unsolved", "Find", "Log out")),
])
def test_staff_list_speaks_the_accounts_language(app, browser, language, texts):
    """The account's language is stronger than the browser's."""
    with app.app_context():
        one(User, email=email("support")).language = language
        db.session.commit()
    person = browser("support")
    other = {"Accept-Language": "en" if language is Language.INDONESIAN else "id"}
    page = say(person.get("/admin/support/complaint/", headers=other))
    assert all(text in page for text in texts), page
    form = person.get("/admin/support/customer/new/", headers=other)
    assert ("Simpan" if language is Language.INDONESIAN else "Save") in say(form)
    saved = person.send("/admin/support/customer/new/", {"name": ""}, headers=other)
    assert ("Wajib diisi." if language is Language.INDONESIAN else "This field is required.") in say(saved)


def test_flask_admins_own_texts(app, browser):
    """What Flask-Admin flashes after a row was saved."""
    person = browser("administrator")
    with app.app_context():
        branch = one(Branch, code="BTM")
        data = {"code": branch.code, "name": "Batam Baru", "city": branch.city, "address": branch.address, "phone": branch.phone,
                "time_zone": branch.time_zone.value, "active": "y", "row_version": str(branch.version)}
        url = f"/admin/administrator/branch/edit/?id={branch.id}"
    page = person.send(url, data, follow_redirects=True)
    assert "Data berhasil disimpan." in say(page)
