"""Host-header poisoning: no link, redirect or letter names a host that only the request named."""

import pytest

from ecrm.extensions import db
from ecrm.letters import asked
from ecrm.models import Letter
from ecrm.models.base import now
from tests.conftest import ONE_DATABASE
from tests.test_accounts import form
from tests.world import PASSWORD, email

pytestmark = ONE_DATABASE

EVIL = "evil.example"
FORGED = [{"Host": EVIL}, {"X-Forwarded-Host": EVIL}, {"X-Forwarded-Server": EVIL}, {"Forwarded": f"host={EVIL}"}, {"X-Host": EVIL},
          {"X-Original-URL": f"http://{EVIL}/"}, {"X-Rewrite-URL": f"//{EVIL}"}, {"Host": f"localhost:80@{EVIL}"}, {"Host": f"localhost.{EVIL}"}]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_no_letter_follows(app, browser, headers):
    """Registration, forgotten password, verification, change of e-mail: links lead to our public address alone."""
    for path, data in (("/register", form(app)), ("/reset", {"email": email("customer")}), ("/confirm", {"email": "baru@test.example"})):
        browser().send(path, data, headers=headers)
    browser("customer").send("/change-email", {"email": "lain@test.example"}, headers=headers)
    with app.app_context():
        asked.answer(db.session(), now())
        for letter in db.session.query(Letter):
            assert EVIL not in str(letter.data), letter.template


@pytest.mark.parametrize("headers", FORGED[1:7], ids=str)
def test_no_page_follows(browser, headers):
    """Pages, redirects and the login's way on."""
    person = browser()
    for path in ("/", "/home", "/admin/", "/login", "/nowhere", "/promos"):
        answer = person.get(path, headers=headers)
        assert EVIL not in answer.text and EVIL not in answer.headers.get("Location", ""), path
    answer = person.send("/login", {"email": email("customer"), "password": PASSWORD}, headers=headers)
    assert answer.location == "/start"


def test_a_proxy_that_nobody_named_is_not_believed(app, browser):
    """Neither for the address of the visitor nor for the scheme."""
    with app.test_client() as person:
        answer = person.get("/home", headers={"X-Forwarded-For": "203.0.113.1", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": f"//{EVIL}"})
        assert answer.location.startswith("/login") and EVIL not in answer.location
