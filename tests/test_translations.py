"""The Indonesian catalogues are complete, exact and compiled; pages and forms speak the reader's language."""

import ast
import re
from io import BytesIO

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import write_po
from click.testing import CliRunner
from flask import request
from flask_admin.form import Select2Field
from flask_wtf import FlaskForm
from wtforms import IntegerField

from ecrm import i18n
from ecrm.admin.screen import ScreenForm
from ecrm.cli import translations
from ecrm.cli.translations import DOMAINS, PROJECT, path, template, translated
from ecrm.extensions import db
from ecrm.models import Branch, User
from ecrm.models.account import Language
from tests.world import email, one

REMEDY = "run `flask --app ecrm translations update`, translate, then `flask --app ecrm translations compile`"
PLACEHOLDER = re.compile(r"%\((\w+)\)|%([sd])")


def texts(catalogue):
    """Return {(context, English): (the English with its plural, the Indonesian)}."""
    found = {}
    for message in catalogue:
        if message.id:
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            indonesian = message.string if isinstance(message.string, tuple) else (message.string,)
            found[message.context, english[0]] = english, indonesian
    return found


def compiled(content):
    """Return {English: Indonesian} of a .mo file, without its header, which names the version of Babel."""
    return {str(message.id): message.string for message in read_mo(BytesIO(content)) if message.id}


def placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_text_is_translated(domain):
    """Our catalogue has the texts of our code, the others those of the installed libraries; nothing is left from before."""
    now, catalogue = set(texts(template(domain))), translated(domain)
    new, old = now - set(texts(catalogue)), set(texts(catalogue)) - now
    assert not new, f"{domain}: not in the catalogue; {REMEDY}"
    if domain == "messages":  # a library may take a text out in a later version that we allow
        assert not old, f"{domain}: no longer in the code; {REMEDY}"
    assert not catalogue.obsolete
    assert not list(translations.missing(domain)), f"{domain}: not translated, or fuzzy; {REMEDY}"


CALLS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}


@pytest.mark.parametrize("file", sorted(PROJECT.glob("ecrm/**/*.py")), ids=lambda file: str(file.relative_to(PROJECT)))
def test_marked_texts_are_found(file):
    """A marked text that the extractor cannot see, in an f-string or put together, would stay English for ever."""
    known = {text for english, _indonesian in texts(translated("messages")).values() for text in english}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
            text = node.args[0]
            seen = isinstance(text, ast.Name | ast.Attribute | ast.Subscript) or (isinstance(text, ast.Constant) and text.value in known)
            assert seen, f"{file.name}:{node.lineno}: take the call out of the f-string, or {REMEDY}"


UNITS = {"Mbps", "WhatsApp"}  # the same in every language


@pytest.mark.parametrize("file", sorted(PROJECT.glob("ecrm/**/templates/**/*.html")), ids=lambda file: str(file.relative_to(PROJECT)))
def test_templates_hold_no_bare_text(file):
    """What stands between the tags of a template without _("…") has no translation."""
    text = re.sub(r"{#.*?#}|{% block \w+_class %}.*?{% endblock %}|<(style|script)\b.*?</\1>", "", file.read_text(), flags=re.DOTALL)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    bare = re.findall(r'(?:alt|title|placeholder|aria-label)="([^"]+)"', text) + re.sub(r"<[^>]*>|&\w+;", " ", text).split()
    assert not [word for word in bare if re.search("[A-Za-z]{2}", word) and word not in UNITS], f"mark it in {file.name}"


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_are_the_same(domain):
    """A text with another placeholder would be an error in the middle of a page."""
    for english, indonesian in texts(translated(domain)).values():
        wanted = placeholders(english[-1])
        if english[0] == "Value entered must be less than %(length) characters":
            wanted = [("length", "")]  # Flask-Security's slip: Python reads it as a character's number
        for text in indonesian:
            assert placeholders(text) == wanted, english


GLOSSARY = {
    "complaint": "keluhan", "internal note": "catatan internal", "technician": "teknisi", "plan": "paket", "subscription": "langganan",
    "promo": "promo", "bandwidth addition": "penambahan bandwidth", "customer": "pelanggan", "branch": "cabang",
    "coverage area": "area layanan", "installation": "pemasangan", "survey": "survei", "trail": "riwayat", "history": "riwayat",
    "password": "kata sandi", "two-factor": "dua langkah", "recovery code": "kode pemulihan", "attachment": "lampiran",
}
NAMES = {"Customer support"}  # the role is called so in Indonesian too


@pytest.mark.parametrize("domain", DOMAINS)
def test_one_word_for_each_term(domain):
    """The glossary holds, and customers are addressed politely, with the capital that this takes."""
    for english, indonesian in texts(translated(domain)).values():
        said, text = PLACEHOLDER.sub("", english[-1]).lower(), indonesian[0]
        missed = [word for term, word in GLOSSARY.items() if re.search(rf"\b{term}(s|es)?\b", said) and word not in text.lower()]
        assert not missed or english[0] in NAMES, (english, indonesian)
        assert not re.search(r"\b([Kk]amu|anda)\b", text), indonesian


@pytest.mark.parametrize("domain", DOMAINS)
def test_compiled_files_are_current(domain):
    """What the application reads is what the .po file says."""
    wanted = BytesIO()
    write_mo(wanted, translated(domain))
    assert compiled(path(domain, "mo").read_bytes()) == compiled(wanted.getvalue()), "run `flask --app ecrm translations compile`"


def test_commands_add_what_is_new_and_keep_the_rest(monkeypatch, tmp_path):
    """`update` writes a new text without a translation, takes an old one out and keeps the others; `compile` compiles."""
    kept = {domain: texts(translated(domain)) for domain in DOMAINS}
    files = {domain: path(domain, "po").read_bytes() for domain in DOMAINS}
    monkeypatch.setattr(translations, "TRANSLATIONS", str(tmp_path))
    path("admin", "po").parent.mkdir(parents=True)
    for domain, content in files.items():
        path(domain, "po").write_bytes(content)
    changed = translated("admin")
    changed.delete("Save")
    changed.add("Old", "Lama")
    with path("admin", "po").open("wb") as file:
        write_po(file, changed)
    said = CliRunner().invoke(translations.translations, ["update"], catch_exceptions=False)
    assert "admin: Save" in said.output.splitlines()
    assert texts(translated("admin")) == kept["admin"] | {(None, "Save"): (("Save",), ("",))}
    assert texts(translated("wtforms")) == kept["wtforms"]
    CliRunner().invoke(translations.translations, ["compile"], catch_exceptions=False)
    assert compiled(path("admin", "mo").read_bytes())["Cancel"] == "Batal"


# Pages


def say(page):
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


@pytest.mark.parametrize(("language", "login", "forgotten"), [("id", "Masuk", "Saya lupa kata sandi"), ("en", "Log in", "I forgot my password")])
def test_login_speaks_the_browsers_language(browser, language, login, forgotten):
    """Our own texts."""
    page = browser().get("/login", headers={"Accept-Language": language})
    assert f'lang="{language}"' in page.text
    assert login in say(page) and forgotten in say(page)


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
    """What WTForms and Flask-Admin's fields say by themselves: in Flask-WTF's forms (so Flask-Security's), screens, plain forms."""
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
        assert say_it("Please log in to go on.") == {"id": "Silakan masuk untuk melanjutkan.", "en": "Please log in to go on."}[language]


@pytest.mark.parametrize(("language", "texts"), [
    (Language.INDONESIAN, ("Keluhan", "Belum selesai", "Cari", "Keluar")), (Language.ENGLISH, ("Complaints", "Unsolved", "Find", "Log out"))])
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
