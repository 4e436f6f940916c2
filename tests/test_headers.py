"""The protective headers, letter for letter, on every answer: pages, refusals, errors, redirects and static files."""

import re

import pytest
from sqlalchemy.exc import OperationalError

from ecrm.models.account import RoleName
from tests.conftest import ONE_DATABASE
from tests.sweep import CELLS, WIDEST
from tests.test_sweep_routes import rules
from tests.world import PASSWORD, build, email

CSP = ("default-src 'self'; script-src 'self' 'nonce-…'; style-src 'self' 'nonce-…'; img-src 'self' data: blob:; "
       "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
EVERYWHERE = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"
FILES = "sandbox; default-src 'none'"  # an attachment's own policy


def found(answer):
    """Return the protective headers of an answer, the nonce left out."""
    return {name: re.sub("nonce-[^']+", "nonce-…", answer.headers.get(name, "")) for name in EVERYWHERE}


@pytest.fixture(scope="module")
def production(make_app):
    """An installation behind HTTPS, with the little company in it."""
    app = make_app(PROFILE="production", HTTPS_COOKIES=True, PUBLIC_URL="https://care.example.net")
    build(app)
    return app


def over_https(app):
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


@pytest.mark.parametrize(("path", "status"), [
    ("/", 200), ("/login", 200), ("/nowhere", 404), ("/admin/", 302), ("/logout", 405), ("/home", 302), ("/static/portal/icons.svg", 200),
    ("/static/none.css", 404), ("/complaints/new", 302), ("/admin/support/static/admin/css/bootstrap4/admin.css", None),
])
def test_behind_https(production, path, status):
    """Everything, and for a year nothing but HTTPS."""
    answer = over_https(production).get(path, base_url="https://care.example.net")
    assert status in (None, answer.status_code)
    assert found(answer) == EVERYWHERE and answer.headers["Strict-Transport-Security"] == HSTS


def test_under_a_name_that_is_not_ours(production):
    """A forged Host gets the headers and nothing else."""
    answer = over_https(production).get("/", base_url="https://evil.example")
    assert answer.status_code == 400 and found(answer) == EVERYWHERE and "evil.example" not in answer.text


def test_cookies_and_the_logout(production):
    """Each cookie Secure, HttpOnly, SameSite and bound to the host; the logout empties the browser."""
    client, home = over_https(production), "https://care.example.net"
    page = client.get("/login", base_url=home)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    data = {"email": email("customer"), "password": PASSWORD, "remember": "y", "csrf_token": token}
    answer = client.post("/login", data=data, base_url=home, headers={"Referer": f"{home}/login"})
    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-ecrm", "__Host-ecrm-remember", "__Host-ecrm-device"}
    for cookie in cookies:
        assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax")) and "Domain" not in cookie, cookie
    page = client.get("/profile", base_url=home)
    assert page.headers["Cache-Control"] == "no-store"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    answer = client.post("/logout", data={"csrf_token": token}, base_url=home, headers={"Referer": f"{home}/profile"})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


@ONE_DATABASE
@pytest.mark.parametrize("role", [*RoleName, None], ids=lambda role: role.value if role else "nobody")
def test_every_address(app, browser, role):
    """Whoever asks for whatever, by whatever method; what is personal is kept on no disk; an app's shell is asked for anew.

    Of a table's screens those of the role that may do most with it.
    """
    person = browser(role and role.value)
    screens = {f"{own.value}_{model.__tablename__}" for own, model in CELLS} - {f"{own.value}_{model.__tablename__}" for own, model in WIDEST}
    for rule, address in rules(app):
        if rule.rule.startswith("/admin/") and (role is None or not address.startswith(f"/admin/{role.value}")) or rule.endpoint.partition(".")[0] in screens:
            continue
        for method in sorted(rule.methods & {"GET", "POST"}):
            if address in ("/logout", "/sessions/end", "/sessions/1/end") and method == "POST":
                continue
            answer = person.open(address, method=method)
            policy = answer.headers.get("Content-Security-Policy")
            assert found(answer) == EVERYWHERE | ({"Content-Security-Policy": FILES} if policy == FILES else {}), f"{method} {address}"
            kept = answer.headers["Cache-Control"]
            personal = role is not None or rule.endpoint.startswith(("api.", "security.", "health."))
            own = policy == FILES or "attachment" in answer.headers.get("Content-Disposition", "")
            wanted = "no-cache" if rule.endpoint.startswith("offline.") else "no-store" if personal else "private, no-cache"
            assert kept == wanted or own, f"{method} {address}: {kept}"


@ONE_DATABASE
def test_when_it_breaks(app, browser, monkeypatch):
    """A crash and a database that is away are no gap."""
    person = browser()
    for error, status in ((ZeroDivisionError(), 500), (OperationalError("x", {}, Exception()), 503)):
        def crash(error=error):
            raise error
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        monkeypatch.setitem(app.view_functions, "portal.landing", crash)
        answer = person.get("/")
        assert answer.status_code == status and found(answer) == EVERYWHERE and "ZeroDivision" not in answer.text


@ONE_DATABASE
def test_a_nonce_is_used_once(browser):
    """Two answers have two."""
    person = browser()
    nonces = {re.search("nonce-([^']+)", person.get("/login").headers["Content-Security-Policy"])[1] for _answer in range(5)}
    assert len(nonces) == 5 and all(len(nonce) >= 20 for nonce in nonces)
