"""Input that nobody thinks of, by hypothesis, to every form and every query parameter: whatever comes, no answer is a 500."""

import os

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ecrm.models.account import RoleName
from tests.sweep import fields_of
from tests.test_sweep_arguments import check
from tests.test_sweep_routes import rules
from tests.world import build, email

EXAMPLES = int(os.environ.get("FUZZ") or 0)  # FUZZ=5000 make test tries other inputs each time, and a hundred times as many
FUZZ = settings(max_examples=EXAMPLES or 50, deadline=None, derandomize=not EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
WORDS = st.one_of(
    st.text(max_size=200), st.integers().map(str), st.floats().map(str), st.dates().map(str), st.datetimes().map(str), st.emails(),
    st.sampled_from(["", "0", "-1", "1,2", "null", "..", "%", "_", "'", "\\", "\0", "\ud800", "𝔘𝔫𝔦", "1" * 400, "a" * 30_000, "<b>", "{{7*7}}", "=1"]),
).map(lambda text: text.encode("utf-8", "ignore").decode())
# What a list, a form or a verb reads, and names that it has never heard of.
NAMES = st.sampled_from(["page", "page_size", "sort", "desc", "search", "view", "id", "url", "verb", "q", "next", "name", "query", "limit",
                         "offset", "flt0_status", "flt1_opened_at", "flt2_customer", "first", "last", "branch", "category", "customer",
                         "prefill", "email", "__class__", "_method"])
GONE = ("/logout", "/sessions/end", "/verify")  # after which the rest would be asked of nobody


@pytest.fixture(scope="module")
def company(make_app):
    """The little company; tries are not counted here."""
    app = make_app()
    build(app)
    app.extensions["throttle"].enabled = False
    return app


@pytest.fixture(scope="module", params=[RoleName.CUSTOMER, RoleName.SUPPORT, RoleName.ADMINISTRATOR, None], ids=lambda role: role.value if role else "nobody")
def role(request):
    """Who sends it."""
    return request.param


def addresses(app, role, method):
    """Return what a person can reach by a method."""
    own = f"/admin/{role.value}/" if role else "/admin/nobody/"
    return [address for rule, address in rules(app) if method in rule.methods and address not in GONE
            and (not address.startswith("/admin/") or address.startswith(own))]


def test_query_parameters(company, role):
    """Of every page."""
    person, pages = company.test_client(), addresses(company, role, "GET")
    if role:
        person.become(role.value)

    @FUZZ
    @given(address=st.sampled_from(pages), arguments=st.lists(st.tuples(NAMES, WORDS), min_size=1, max_size=6))
    def run(address, arguments):
        check(person.get(address, query_string=arguments), f"{address} {arguments!r:.300}")

    run()


def test_forms(company, role):
    """Every field of every form that is shown, and fields that none has; then the same address with anything at all."""
    person = company.test_client()
    if role:
        person.become(role.value)
    forms = addresses(company, role, "POST")

    @FUZZ
    @given(address=st.sampled_from(forms), number=st.sampled_from(["1", "2", "999", "x"]), verb=st.sampled_from(["assign", "end", "x"]), data=st.data())
    def run(address, number, verb, data):
        query = {"id": number, "verb": verb}
        page = person.get(address, query_string=query)
        known = {*(fields_of(page) if page.status_code == 200 else ()), "text", "reason", "rating", "action", "rowid", "row_version", "version"}
        names = data.draw(st.lists(st.sampled_from(sorted(known - {"csrf_token"})), max_size=8))
        typed = {name: data.draw(WORDS) for name in names}
        check(person.send(address, typed, query_string=query), f"POST {address} {typed!r:.300}")
        if role and person.get("/start").location == "/login":
            person.become(role.value)

    run()


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""])
def test_bodies_that_are_no_form(company, kind):
    """A broken body, or one of another kind, to each address that takes a POST."""
    person = company.test_client().become("customer")
    for _rule, address in [pair for pair in rules(company) if "POST" in pair[0].methods and not pair[1].startswith("/admin")]:
        for body in (b"", b"{", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n", b"\xff\xfe%zz&=&&a=b", b"a" * 300_000):
            check(person.post(address, data=body, content_type=kind), f"{kind} {address} {body[:20]!r}")


@pytest.mark.parametrize("headers", [
    {"Cookie": "ecrm=x; ecrm-remember=y; ecrm-device=z"}, {"Accept-Language": "x" * 3000}, {"Accept-Language": ";;q=,"}, {"User-Agent": "\xff" * 500},
    {"X-Forwarded-For": "x" * 500}, {"Range": "bytes=9-1"}, {"If-None-Match": '"' * 50}, {"If-Modified-Since": "yesterday"}, {"Referer": "http://["},
    {"Content-Length": "-1"}, {"Accept": "application/json"}, {"Authorization": "Basic xxx"}, {"Authentication-Token": "x"},
], ids=lambda headers: next(iter(headers)))
def test_headers(company, headers):
    """Of every page, broken."""
    for who in (None, "support"):
        person = company.test_client()
        if who:
            person.become(who)
        for address in ("/", "/login", "/nowhere", "/static/portal/icons.svg", "/admin/support/complaint/", "/complaints/new"):
            check(person.get(address, headers=headers), f"{headers} {address}")
    person.send("/login", {"email": email("customer"), "password": "x"}, headers=headers)
