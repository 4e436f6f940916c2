"""The portal as a reader without JavaScript meets it: the journey by the pages' own forms, and what every page must have."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from ecrm.extensions import db
from ecrm.models import Complaint, Letter, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.rules import move
from ecrm.rules.complaint import answer
from tests.world import email, one

NEW = "baru@test.example"
VOID = {"input", "img", "link", "meta", "br", "hr", "use", "path"}


class Page(HTMLParser):
    """A parsed page: its elements as (name, attributes), and its forms with their fields."""

    def __init__(self, html):
        """Parse the page."""
        super().__init__()
        self.elements, self.forms, self.select, self.textarea = [], [], None, None
        self.feed(html)

    def handle_starttag(self, tag, pairs):
        """Note elements, and the fields of the form that is open."""
        attributes = dict(pairs)
        self.elements.append((tag, attributes))
        if tag == "form":
            self.forms.append({"action": attributes.get("action"), "fields": {}, "names": set()})
        if not self.forms:
            return
        form, name, value = self.forms[-1], attributes.get("name"), attributes.get("value", "")
        if name:
            form["names"].add(name)
        if tag == "input" and name and attributes.get("type") not in ("radio", "checkbox", "file", "submit"):
            form["fields"][name] = value
        elif tag == "input" and name and "checked" in attributes:
            form["fields"][name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in attributes or self.select not in form["fields"]):
            form["fields"][self.select] = value
        elif tag == "textarea":
            self.textarea = name
            form["fields"][name] = ""

    def handle_endtag(self, tag):
        """Close what was open."""
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        """Keep the text of a text area, without the first line break, as browsers do."""
        if self.textarea:
            self.forms[-1]["fields"][self.textarea] += data.removeprefix("\r").removeprefix("\n")


def fill(person, path, action, **values):
    """Open a page, fill in its form as a person would, send it, and return the answer."""
    page = person.get(path)
    assert page.status_code == 200, path
    form = next(form for form in Page(page.text).forms if form["action"] == action)
    assert set(values) <= form["names"], f"{path} has no field {set(values) - form['names']}"
    return person.post(action, data=form["fields"] | values)


def test_from_registration_to_rating(app, browser):
    """A person registers, verifies, logs in, reports, answers, confirms and rates, by the pages' own forms alone."""
    person = browser()
    branch = re.search(r'<option value="(\d+)">[^<]*Batam', person.get("/register").text)[1]
    assert fill(person, "/register", "/register", name="Rina", email=NEW, phone="0812 3456 7890", branch_id=branch,
                password="nasi-uduk-pagi", password_confirm="nasi-uduk-pagi").location == "/registered"
    with app.app_context():
        letters = list(db.session.scalars(select(Letter).where(Letter.to_email == NEW)))
        link = re.search(r"/confirm/[\w.~-]+", json.dumps([letter.data for letter in letters]))[0]
    assert urlsplit(person.get(link).location).path == "/login"
    assert fill(person, "/login", "/login", email=NEW, password="nasi-uduk-pagi").location == "/start"
    category = re.search(r'name="category"[^>]*value="(\d+)"', person.get("/complaints/new").text)[1]
    words = {"category": category, "subject": "Modem mati", "description": "Sejak pagi"}
    where = fill(person, "/complaints/new", "/complaints/new", **words).location
    with app.app_context():
        row, technician = one(Complaint, subject="Modem mati"), one(User, email=email("technician"))
        move(row, "assign", one(User, email=email("support")), now(), technician=technician)
        db.session.commit()
        answer(row, "Lampu apa yang menyala?", technician, now())
        db.session.commit()
    assert "Lampu apa yang menyala?" in person.get(where).text
    assert fill(person, where, f"{where}/reply", text="Merah").status_code == 302
    with app.app_context():
        move(one(Complaint, subject="Modem mati"), "resolve", one(User, email=email("technician")), now(), reason="Kabel diganti")
        db.session.commit()
    assert "Kabel diganti" in person.get(where).text
    assert fill(person, where, f"{where}/confirm").status_code == 302
    assert fill(person, where, f"{where}/rating", rating="5", remark="Cepat").status_code == 302
    with app.app_context():
        row = one(Complaint, subject="Modem mati")
        assert (row.status, row.rating) == (S.CLOSED, 5)
        assert [reply.text for reply in row.replies] == ["Lampu apa yang menyala?", "Merah"]


VISITOR = ("/", "/login", "/register", "/reset", "/confirm", "/registered", "/promos", "/nowhere")
CUSTOMER = ("/home", "/complaints", "/complaints/new", "/complaints/KL", "/bandwidth", "/promos", "/promos/HEMAT", "/profile",
            "/change", "/change-email", "/nowhere")


@pytest.mark.parametrize(("who", "path"), [(None, path) for path in VISITOR] + [("customer", path) for path in CUSTOMER])
@pytest.mark.parametrize("sent", [False, True])
def test_every_page_is_well_made(app, browser, who, path, sent):
    """Title, language, landmarks, one h1, a label at every field, a described error, nothing inline; also after an error."""
    person = browser(who)
    if path == "/complaints/KL":
        with app.app_context():
            row = one(Complaint, subject="Lampu LOS merah")
            move(row, "resolve", one(User, email=email("technician")), now(), reason="Selesai")
            db.session.commit()
            path = f"/complaints/{row.number}"
    text = (person.send(path + "/reopen" if path.startswith("/complaints/KL") else path) if sent else person.get(path)).text
    if "<html" not in text:
        return  # a redirect
    elements = Page(text).elements
    ids = [attributes["id"] for _tag, attributes in elements if "id" in attributes]
    tags = [tag for tag, _attributes in elements]
    assert ("html", {"lang": "id"}) in elements and len(ids) == len(set(ids))
    assert (tags.count("title"), tags.count("h1"), tags.count("main")) == (1, 1, 1) and {"header", "footer"} <= set(tags)
    labels = {attributes.get("for") for tag, attributes in elements if tag == "label"}
    for tag, attributes in elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], attributes
        assert tag != "script" or attributes.get("src"), "an inline script"
        assert not str(attributes.get("href", "")).startswith("javascript:")
        if tag in ("input", "select", "textarea") and attributes.get("type") not in ("hidden", "submit"):
            assert attributes.get("id") in labels, attributes
        if tag == "img":
            assert "alt" in attributes
        if attributes.get("aria-invalid"):
            assert attributes["aria-describedby"], attributes
        for name in str(attributes.get("aria-describedby", "")).split() + str(attributes.get("aria-labelledby", "")).split():
            assert name in ids, name
        if tag == "form" and attributes.get("method") == "post":
            form = next(form for form in Page(text).forms if form["action"] == attributes["action"])
            assert "csrf_token" in form["names"], attributes


@pytest.fixture
def broken(app, monkeypatch):
    """Return a function that makes the home page fail with an error."""

    def fail(error):
        def view():
            raise error

        monkeypatch.setitem(app.view_functions, "portal.home", view)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    return fail


@pytest.mark.parametrize(("error", "code"), [
    (RuntimeError("secret detail"), 500), (OperationalError("SELECT secret", {}, Exception("secret")), 503),
])
def test_what_breaks_is_said_calmly(browser, broken, error, code):
    """A page in our look with the telephone number, in the browser's language, without what broke."""
    broken(error)
    page = browser("customer").get("/home", headers={"Accept-Language": "en"})
    assert page.status_code == code and "tel:+622150101234" in page.text and '<html lang="en"' in page.text
    assert "secret" not in page.text and "Traceback" not in page.text
