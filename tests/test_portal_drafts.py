"""What was written survives a session that ended."""

import io
import re

import pytest

from tests.portal import PNG, complaints, number, solve, typed
from tests.world import PASSWORD, email


@pytest.mark.parametrize("path", ["/complaints/new", "reply", "reopen", "/profile"])
def test_an_expired_session_keeps_the_text(app, browser, path):
    """Post without a session, log in on the page that answers, and the form is there, filled in."""
    solve(app, "Lampu LOS merah")
    which = number(app, "Lampu LOS merah")
    path = path if path.startswith("/") else f"/complaints/{which}/{path}"
    words = "Teks panjang “saya” & lainnya"
    fields = typed(app, description=words, text=words, reason=words, phone="0813 9999 1111", files=[(io.BytesIO(PNG), "a.png")])
    for fresh in (True, False):  # with a token of the visitor's session, and with none at all
        person = browser()
        data = fields | {"csrf_token": person.token() if fresh else "stale", "files": [(io.BytesIO(PNG), "a.png")]}
        asked = person.post(path, data=data, content_type="multipart/form-data")
        assert asked.status_code == 401 and "Location" not in asked.headers
        draft = re.search(r'name="draft" value="([^"]+)"', asked.text)[1]
        wrong = person.send("/login", {"email": email("customer"), "password": "salah-sekali", "draft": draft})
        assert wrong.status_code == 200 and draft in wrong.text
        page = person.send("/login", {"email": email("customer"), "password": PASSWORD, "draft": draft})
        assert page.status_code == 200
        expected = "0813 9999 1111" if path == "/profile" else "Teks panjang “saya” &amp; lainnya"
        assert expected in page.text and f'action="{path}"' in page.text
    assert complaints(app, subject="Modem mati") == 0


def test_staff_log_in_with_a_draft(app, browser):
    """Who is no customer is led to their own site, not to a customer's form."""
    person = browser()
    asked = person.send("/complaints/new", typed(app))
    draft = re.search(r'name="draft" value="([^"]+)"', asked.text)[1]
    answer = person.send("/login", {"email": email("support"), "password": PASSWORD, "draft": draft})
    assert answer.status_code == 302 and answer.location == "/start" and complaints(app, subject="Modem mati") == 0


def test_a_stale_token_keeps_the_text(app, browser):
    """Logged in, but the page is older than the session: the form comes back, filled in."""
    page = browser("customer").post("/complaints/new", data=typed(app))
    assert page.status_code == 400 and "Modem mati" in page.text and complaints(app, subject="Modem mati") == 0


def test_a_draft_of_somebody_else_is_not_shown(app, browser):
    """A draft on another customer's complaint leads home after the login, not to the complaint."""
    person = browser()
    asked = person.send(f"/complaints/{number(app, 'Internet putus-putus')}/reply", {"text": "Halo"})
    draft = re.search(r'name="draft" value="([^"]+)"', asked.text)[1]
    for kept in (draft, draft[:-3] + "xyz"):
        answer_ = browser().send("/login", {"email": email("customer"), "password": PASSWORD, "draft": kept})
        assert answer_.status_code == 302
