"""The Indonesian catalogues are complete, exact and compiled, and no text escapes them."""

import ast
import re
from functools import cache
from io import BytesIO

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import write_po
from click.testing import CliRunner

from ecrm.cli import translations
from ecrm.cli.translations import DOMAINS, PROJECT, path, template, translated

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


def within(file):
    """Return the name of a file for the list of tests."""
    return str(file.relative_to(PROJECT))


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


def test_without_the_source_tree_nothing_is_collected(tmp_path, monkeypatch):
    """An installed package has no code to read texts from: refused, and the catalogues stay as they are."""
    before = {domain: path(domain, "po").read_bytes() for domain in DOMAINS}
    monkeypatch.setattr(translations, "PROJECT", tmp_path)
    done = CliRunner().invoke(translations.translations, ["update"])
    assert done.exit_code == 1 and "source tree" in done.output
    assert {domain: path(domain, "po").read_bytes() for domain in DOMAINS} == before


@cache
def ours():
    """Return the English of all texts of our catalogue."""
    return {text for english, _indonesian in texts(translated("messages")).values() for text in english}


CALLS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext"}


@pytest.mark.parametrize("file", sorted(PROJECT.glob("ecrm/**/*.py")), ids=within)
def test_marked_texts_are_found(file):
    """A marked text that the extractor cannot see, in an f-string or put together, would stay English for ever."""
    known = ours()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
            text = node.args[0]
            by_name = isinstance(text, ast.Name | ast.Attribute | ast.Subscript)
            assert by_name or isinstance(text, ast.Constant) and text.value in known, (
                f"{file.name}:{node.lineno}: take the call out of the f-string, or {REMEDY}")


UNITS = {"CSV", "Mbps", "RADIUS", "WhatsApp"}  # the same in every language


@pytest.mark.parametrize("file", sorted(PROJECT.glob("ecrm/**/templates/**/*.html")), ids=within)
def test_templates_hold_no_bare_text(file):
    """What stands between the tags of a template without _("…") has no translation."""
    text = file.read_text()
    for unread in (r"{#.*?#}", r"{% block \w+_class %}.*?{% endblock %}", r"<(style|script)\b.*?</\1>", r"{%.*?%}|{{.*?}}"):
        text = re.sub(unread, "", text, flags=re.DOTALL)
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
    "complaint": "keluhan", "internal note": "catatan internal", "technician": "teknisi", "plan": "paket",
    "subscription": "langganan", "promo": "promo", "bandwidth addition": "penambahan bandwidth", "customer": "pelanggan",
    "branch": "cabang", "coverage area": "area layanan", "installation": "pemasangan", "survey": "survei", "trail": "riwayat",
    "history": "riwayat", "password": "kata sandi", "two-factor": "dua langkah", "recovery code": "kode pemulihan",
    "attachment": "lampiran",
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
