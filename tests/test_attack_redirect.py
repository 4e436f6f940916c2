"""Open redirects: whatever an address or a form names, people stay on this site."""

import re

import pytest

from tests.conftest import ONE_DATABASE
from tests.test_sweep_arguments import FAR
from tests.world import PASSWORD, email

pytestmark = ONE_DATABASE

MORE = (*FAR, "%2f%2fevil.example", "/%09/evil.example", "/\x00/evil.example", "https:evil.example", "///\\evil.example", "/.evil.example", "//evil.example/%2f..")


def inside(location):
    """Return whether a browser that follows stays here; “/\\” and “//” lead away, as do schemes and what is cut out of an address."""
    plain = re.sub(r"[\t\r\n\0]", "", location)
    plain = plain.removeprefix("http://localhost/") if plain.startswith("http://localhost/") else plain
    return not re.match(r"\s*([/\\]{2}|[a-z][a-z0-9+.-]*:)", plain, re.I)


@pytest.mark.parametrize("away", MORE)
def test_every_way_back(app, browser, away):
    """The login's `next`, in address and form, the password asked again, the choice of a language."""
    data = {"email": email("customer"), "password": PASSWORD}
    for query, extra in (({"next": away}, {}), ({}, {"next": away}), ({"next": "/home"}, {"next": away})):
        answer = browser().send("/login", data | extra, query_string=query)
        assert answer.status_code in (200, 302, 400) and inside(answer.location or ""), f"login {query} {extra}: {answer.location}"
    person = browser("customer")
    for query, extra in (({"next": away}, {}), ({}, {"next": away})):
        answer = person.send("/verify", {"password": PASSWORD} | extra, query_string=query)
        assert inside(answer.headers.get("Location", "/")), f"verify: {answer.location}"
    answer = person.send("/language", {"language": "en", "back": away})
    assert answer.status_code == 302 and inside(answer.location), f"language: {answer.location}"
    answer = person.send("/logout", {"next": away}, query_string={"next": away})
    assert inside(answer.location or ""), f"logout: {answer.location}"


@pytest.mark.parametrize("path", ["/\\evil.example", "/%5cevil.example", "/go//evil.example/1", "/admin//evil.example"])
def test_addresses_that_look_like_hosts(browser, path):
    """Not found, or a redirect inside."""
    for who in (None, "customer", "support"):
        answer = browser(who).get(path)
        assert inside(answer.headers.get("Location", "/")), f"{path}: {answer.location}"
