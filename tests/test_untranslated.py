"""Nothing that a person can meet escapes the catalogues: with every translation marked, what has no mark is data, a number or a unit."""

import ast
import csv
import io
import re
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser

import pytest
from babel import Locale
from babel.dates import TIMEDELTA_UNITS, format_timedelta
from babel.support import Translations
from openpyxl import load_workbook
from sqlalchemy import JSON, Enum, String, select

from ecrm.cli.translations import PROJECT
from ecrm.extensions import db
from ecrm.letters import naming
from ecrm.letters.rendering import FOLDER, compose
from ecrm.models import Complaint, User
from ecrm.models.account import STAFF, Language, RoleName
from ecrm.reports import pdf, recaps
from ecrm.rules import LIFECYCLES, errors
from tests.test_letters import TOLD, facts
from tests.sweep import WIDEST
from tests.walk import PEOPLE, addresses, gallery, pages, policy, samples, visitor  # noqa: F401 - fixture

LANGUAGES = [language.value for language in Language]
SCREEN = {f"{role.value}_{model.__tablename__}" for role, model in WIDEST}
PLACEHOLDER = re.compile(r"(%\(\w+\)[sd]|%[sd]|%%|\{\w*\})")
REQUEST = re.compile(r"\b[0-9a-f]{16}\b")  # the number of a request, on pages of errors
ADDRESS = re.compile(r"(?<!\S)/[a-z]\S*")  # of a page, where refused accesses are listed
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
ALERT = re.compile(r'<div class="alert[^"]*"[^>]*>(.*?)</div>', re.DOTALL)
SAYS = {"flash", "abort", "ValidationError", "FileRefused", "NotReady", "NotOffered", *(name for name in dir(errors) if name[0].isupper())}  # calls
TOLD_IN = {"message", "description", "refused", "error", "reason"}  # arguments, and keys of what a script is told
CUT = re.compile(r"⟦[^⟦⟧]*$|^[^⟦⟧]*⟧")  # a text that a narrow place cuts off
# The same in every language: units, formats, names of things.
SAME = ("Mbps", "Rp", "kB", "MB", "WhatsApp", "CSV", "RADIUS", "XLSX", "PDF", "WIB", "WITA", "WIT", "SLA", "Bahasa Indonesia", "English", "AM", "PM",
        "HTTP", "ID", "JPEG", "QR", "jpg")
# Columns that hold words of the code, which pages must not show as they are.
CODES = {"step.table", "step.action", "step.from_status", "step.to_status", "letter.template", "job.name", "recap.kind", "saved_view.table",
         "saved_view.query", "saved_view.role", "attachment.media_type", "role.name", "user.fs_uniquifier"}
SPOKEN = ("alt", "title", "placeholder", "aria-label", "data-search", "data-nothing", "data-clear", "data-none", "data-ask", "content")


def _marked(text):
    """Mark the words of a translation; what is filled in must be marked by itself, or be data."""
    return "".join(part if not re.search(r"\w", part) or PLACEHOLDER.fullmatch(part) else f"⟦{part}⟧" for part in PLACEHOLDER.split(text))


@pytest.fixture(scope="module", params=LANGUAGES)
def spoken(request, gallery):  # noqa: F811
    """The application in one language, each translation between ⟦ and ⟧; in Indonesian only what the catalogues have."""
    patch, language = pytest.MonkeyPatch(), request.param
    for name in ("gettext", "ugettext", "ngettext", "ungettext", "pgettext", "upgettext", "npgettext", "unpgettext"):
        own = getattr(Translations, name)

        def speak(self, *args, own=own):
            said = own(self, *args)
            return _marked(said) if language == "en" or said not in args or _in(self, args) else said

        patch.setattr(Translations, name, speak)
    for admin in gallery.extensions["admin"]:
        patch.setattr(admin, "sidebars", {})  # what other tests had made
    with gallery.app_context():
        with db.engine.begin() as connection:
            connection.execute(User.__table__.update().values(language=Language(language)))
    yield gallery, language
    patch.undo()


def _in(catalogue, args):
    """Return whether a text has an entry that says the same in both languages."""
    return args[0] in catalogue._catalog or (args[0], 0) in catalogue._catalog or args[:2] in catalogue._catalog


class Texts(HTMLParser):
    """The texts that a person reads or hears on a page."""

    def __init__(self, html):
        super().__init__()
        self.found, self.inside = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        self.found += [own[name] for name in SPOKEN if own.get(name) and tag != "meta"]
        if tag == "input" and own.get("type") in ("submit", "button"):
            self.found.append(own.get("value") or "")
        if tag in ("script", "style", "textarea", "code"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.found.append(data)


@cache
def _data(app, language):
    """Return what the rows say, the longest first; of names in two languages those of the language."""
    found = {app.config["ECRM"]["COMPANY_NAME"]}
    with app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | JSON) and not isinstance(column.type, Enum)]
            columns = [column for column in columns if str(column) not in CODES]
            for row in db.session.execute(select(*columns)) if columns else ():
                known = row._asdict()
                if known.get("name_en"):
                    known.pop("name" if language == "en" else "name_en")
                found |= set(_strings(list(known.values())))
    return sorted((value for value in found if re.search(r"[A-Za-z]{2}", value)), key=len, reverse=True)


def _strings(value):
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from _strings(one)
        elif isinstance(one, str):
            yield from (one, *one.splitlines())


@cache
def _calendar(language):
    """Return Babel's words for months, days and spans of time."""
    locale = Locale(language)
    texts = [name for kind in (locale.months, locale.days) for forms in kind["format"].values() for name in forms.values()]
    for span in ("second", "minute", "hour", "day", "week", "month", "year"):
        for count in (1, 2, -1):
            texts += [format_timedelta(timedelta(seconds=dict(TIMEDELTA_UNITS)[span] * count), add_direction=way, threshold=1, locale=language) for way in (True, False)]
    words = {word for text in texts for word in re.findall(r"[A-Za-z]+", text)}
    return re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b")


@cache
def left(app, language, text):
    """Return what of a text is neither marked, nor data, nor a date, nor a unit: its untranslated words."""
    text = ADDRESS.sub(" ", REQUEST.sub(" ", text))
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    text = CUT.sub(" ", text)
    if not re.search(r"[A-Za-z]{2}", text):
        return ""
    for value in _data(app, language):
        code = value.isalpha() and value.islower()  # a word of an enum, such as “done”, which is no part of “Indonesia”
        text = re.sub(rf"\b{value}\b", " ", text) if code else text.replace(value, " ")
        text = re.sub(rf"{re.escape(value[:8])}[^…]*…", " ", text) if "…" in text else text  # names that a chart cuts off
    text = re.sub(rf"\b(?:{'|'.join(SAME)})\b|\S+@\S+|https?://\S+|[A-Z]{{2,4}}-[\d-]+", " ", text)
    for spoken_in in LANGUAGES:  # the subject of a letter is in the letter's language, whoever looks at it
        text = _calendar(spoken_in).sub(" ", text)
    return text.strip() if re.search(r"[A-Za-z]{2}", text) else ""


def unmarked(app, language, texts):
    """Return the untranslated among texts, each once."""
    return sorted({rest for text in texts if (rest := left(app, language, str(text)))})


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.value if person else "visitor")
def test_pages(spoken, person):
    """Every page of every role, and every form when it is refused; in Indonesian each screen as the role sees it that may do most."""
    app, language = spoken
    client, found = visitor(app, person), {}
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for url, html in list(pages(app, person, client, SCREEN if language == "id" else None)):
        found[url] = unmarked(app, language, Texts(html).found)
        assert f'<html lang="{language}">' in html, url
        if "<form" in html and 'method="post"' in html and "/details/" not in url:
            for typed in ({}, {name: "x" for name in re.findall(r' name="(\w+)"', html) if name not in ("csrf_token", "language", "back")}):
                answer = client.send(url, typed)
                if answer.status_code in (200, 400, 422):
                    found[f"POST {url}"] = unmarked(app, language, Texts(answer.text).found)
    assert not any(found.values()), "\n".join(f"{url}: {texts}" for url, texts in found.items() if texts)


def cells(book):
    """Return the texts of a workbook, the names of its sheets among them."""
    opened = load_workbook(io.BytesIO(book))
    return [*opened.sheetnames, *(cell for page in opened for line in page.iter_rows(values_only=True) for cell in line if isinstance(cell, str))]


@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_files(spoken, role):
    """The headings and words of each list and recap as CSV, XLSX and PDF."""
    app, language = spoken
    client, found = visitor(app, role), {}
    lists = [url.partition("?")[0] for url in addresses(app, role) if url.endswith("?view=all")]
    for url in lists:
        answer = client.get(f"{url}export/csv/?view=all")
        if answer.status_code == 200:
            found[url] = unmarked(app, language, [cell for line in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in line])
            found[f"{url}xlsx"] = unmarked(app, language, cells(client.get(f"{url}export/xlsx/?view=all").data))
    for recap in recaps.of(role):
        url = f"/admin/{role.value}/recaps/{recap.kind}"
        lines = csv.reader(io.StringIO(client.get(f"{url}/csv/").text.lstrip("\ufeff")))
        found[f"{url}/csv"] = unmarked(app, language, [cell for line in lines for cell in line])
        found[f"{url}/xlsx"] = unmarked(app, language, cells(client.get(f"{url}/xlsx/").data))
    assert not any(found.values()), "\n".join(f"{url}: {texts}" for url, texts in found.items() if texts)


@pytest.mark.parametrize("role", [RoleName.SUPPORT, RoleName.TECHNICIAN], ids=lambda role: role.value)
def test_refusals(spoken, role):
    """What is flashed when nothing can be done, to a person on the next page and to a script in JSON; nothing changes by it."""
    app, language = spoken
    client, said = visitor(app, role), []
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    for model in LIFECYCLES:
        grant = policy.grant(model, role)
        home = f"/admin/{role.value}/{model.__tablename__}"
        for number in samples(app, role, model) if grant else ():
            for verb in sorted(grant.verbs & set(model.__lifecycle__.by_name)):
                with app.app_context():
                    row = db.session.get(model, number)
                    if row.status in model.__lifecycle__.by_name[verb].sources:
                        continue
                refused = client.post(f"{home}/move/?id={number}&verb={verb}", data={"csrf_token": client.token(), "reason": "x"}, headers={"Accept": "application/json"})
                said.append((refused.json if refused.is_json else {}).get("refused", ""))  # what was done before is no refusal
                page = client.send(f"{home}/action/", {"action": verb, "rowid": [number]}, follow_redirects=True)
                said += [text for alert in ALERT.findall(page.text) for text in Texts(alert).found]
        if model is Complaint and grant:
            number = samples(app, role, model)[0]
            refused = client.post(f"{home}/reply/?id={number}", data={"csrf_token": client.token(), "text": ""}, headers={"Accept": "application/json"})
            said.append(refused.json["refused"])
    assert len(set(said)) > 3
    assert not unmarked(app, language, said)


def test_paper(spoken, monkeypatch):
    """What the PDFs of the recaps write."""
    app, language = spoken
    said, client, write, draw = [], visitor(app, RoleName.MANAGER), pdf.said, pdf.String
    monkeypatch.setattr(pdf, "said", lambda text: said.append(str(text)) or write(text))
    monkeypatch.setattr(pdf, "String", lambda x, y, text, **more: said.append(str(text)) or draw(x, y, text, **more))
    for recap in recaps.of(RoleName.MANAGER):
        assert client.get(f"/admin/manager/recaps/{recap.kind}/pdf/").status_code == 200
    assert said and not unmarked(app, language, said)


def test_letters(spoken):
    """Each letter about a row, and each about an account."""
    app, language = spoken
    _data(app, language)  # read before the letters hold the database
    found = {}
    with app.app_context():
        some = {"link": "https://ecrm.example/x", "at": "2026-03-02T02:00:00+00:00", "until": "2026-03-03T02:00:00+00:00", "email": "a@test.example", "unverified": False, "account": None, "confirmation_link": None, "on": True}
        letters = {template: facts(template) for template in TOLD}
        letters |= {f"{file.parent.name}_{file.stem}": some | {"table": "account"} for file in FOLDER.glob("account/*.txt")}
        known = {"Kabel putus", "di tiang", "Sari", "Joko", "Budi Santoso"}
        for template, data in letters.items():
            told = compose(template, Language(language), "Budi Santoso", data)
            texts = [told.subject, *told.text.splitlines(), *Texts(told.html).found]
            found[template] = [rest for rest in unmarked(app, language, texts) if not any(word in rest for word in known)]
        found |= {name: unmarked(app, language, [naming.name(name)]) for name in naming.templates()}
    assert not any(found.values()), "\n".join(f"{url}: {texts}" for url, texts in found.items() if texts)


@pytest.mark.parametrize("file", sorted(PROJECT.glob("ecrm/**/*.py")), ids=lambda file: str(file.relative_to(PROJECT)))
def test_messages_are_marked(file):
    """What is flashed, refused in words or told to a script goes through a catalogue."""
    for node in ast.walk(ast.parse(file.read_text())):
        for text in said_by(node):
            bare = isinstance(text, ast.JoinedStr) or isinstance(text, ast.Constant) and " " in str(text.value)
            assert not bare, f"{file.name}:{text.lineno}: mark the text with _(…)"


def said_by(node):
    """Yield the expressions of a node that people read: arguments of what refuses, errors given to a field, values told to a script."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        yield from node.args if name in SAYS else ()
        yield from (pair.value for pair in node.keywords if pair.arg in TOLD_IN and name in {*SAYS, "jsonify", "Length", "NumberRange", "DataRequired", "InputRequired", "Regexp"})
        if name == "append" and getattr(getattr(node.func, "value", None), "attr", "") in ("errors", "form_errors"):
            yield from node.args
    elif isinstance(node, ast.Assign) and any(getattr(target, "attr", "") in ("errors", "form_errors") for target in node.targets):
        yield from getattr(node.value, "elts", ())
