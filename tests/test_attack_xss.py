"""Stored script: markup in every text column of every table is text on every page, in every letter and on paper."""

from datetime import date

import pytest

from ecrm.extensions import db
from ecrm.letters.rendering import render
from ecrm.models import Letter
from ecrm.reports import recaps
from ecrm.models.account import RoleName
from tests.attack import Elements, everything, plant
from tests.world import build

PAYLOAD = "javascript:alert(1)//\"onfocus='alert(2)' '></title></textarea><img src=x onerror=alert(3)><script>alert(4)</script>{{ 7*'7' }}"


@pytest.fixture(scope="module")
def app(make_app):
    """The little company with a payload in every text column; the database makes no difference here."""
    app = make_app()
    build(app)
    assert plant(app, PAYLOAD) > 50
    return app


def test_in_every_column(app):
    """Lists, rows and forms of all roles, and the portal."""
    shown = seen = 0
    for address, text in everything(app):
        found = Elements(text).bad
        assert not found, f"{address}: {found[:3]}"
        assert "7777777" not in text, address
        seen += 1
        shown += "alert(" in text or "7*" in text
    assert seen > 150 and shown > 60


def test_in_letters(app):
    """The HTML of every letter of the outbox, its subject one line."""
    with app.app_context():
        for letter in db.session.query(Letter):
            facts = {key: PAYLOAD if isinstance(value, str) and key not in ("table", "zone", "due", "at", "visit_at", "until", "kind") and "T" not in value[:11]
                     else value for key, value in letter.data.items()}
            letter.data, letter.to_name = facts, PAYLOAD
            words = render(letter)
            assert not Elements(words.html).bad and "\n" not in words.subject, letter.template
        db.session.rollback()


def test_on_paper(app):
    """A recap as PDF takes markup for letters: reportlab would read files that an <img> names."""
    plant(app, "<img src=/etc/passwd><b>x")
    manager, year = app.test_client().become("manager"), date.today().year
    for recap in recaps.of(RoleName.MANAGER):
        for form in ("pdf", "xlsx", "csv"):
            answer = manager.get(f"/admin/manager/recaps/{recap.kind}/{form}/?first={year}-01-01&last={year}-12-31")
            assert answer.status_code == 200, f"{recap.kind} as {form}: {answer.status_code}"
            assert b"root:" not in answer.data
        page = manager.get(f"/admin/manager/recaps/{recap.kind}/")
        assert page.status_code == 200 and not Elements(page.get_data(as_text=True)).bad
