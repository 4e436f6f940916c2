"""What pages weigh on a slow connection, measured at the server; files that do not change travel once."""

import gzip
import re
from http.client import HTTPConnection
from urllib.parse import urljoin

import pytest

from ecrm.web import HEADERS
from tests.chromium import PHONE, expect, window  # noqa: F401 - fixtures
from tests.conftest import ONE_DATABASE
from tests.test_journey import SUBJECT, complain, log_in, photo  # noqa: F401 - a fixture
from tests.test_serving import Running
from tests.world import email

pytestmark = ONE_DATABASE  # files are the same on both
MOST = 150_000  # bytes
REFERENCE = re.compile(r'\b(?:src|href|srcset)="([^"#]*/static/[^"#]*)')
INSIDE = re.compile(r"""url\(["']?(?!data:)([^"')]+)""")
FOREVER = "public, max-age=31536000, immutable"
PUBLIC = ("/", "/login", "/register", "/nowhere")
PAGES = {
    "customer": ("/home", "/complaints", "/complaints/new", "/promos", "/bandwidth", "/profile"),
    **{role: (f"/admin/{role}/", f"/admin/{role}/{table}/", f"/admin/{role}/{table}/details/?id=1", f"/admin/{role}/{table}/new/",
              f"/admin/{role}/recaps/") for role, table in (
        ("support", "complaint"), ("technician", "complaint"), ("sales", "installation"), ("manager", "complaint"),
        ("administrator", "user"))},
}


@pytest.mark.parametrize("path", ["/", "/login"])
def test_a_first_page_weighs_at_most_150_kb(app, path):
    """The page with its styles, scripts and pictures, as they travel to a phone, heads included."""
    server = Running(app)  # as in production; it ends between two answers, not in the middle of one
    weights, waiting = {}, [path]
    connection = HTTPConnection("127.0.0.1", server.port)
    while waiting:
        wanted = waiting.pop()
        connection.request("GET", wanted, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, wanted
        weights[wanted] = len(body) + len(str(answer.headers))
        text = (gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body).decode(errors="replace")
        found = INSIDE.findall(text) if ".css" in wanted else REFERENCE.findall(text) if wanted == path else []
        waiting += [place for place in (urljoin(wanted, one) for one in found) if place not in weights]
    connection.close()
    server.end()
    assert len(weights) > 3 and sum(weights.values()) <= MOST, weights


def test_every_file_is_addressed_by_its_content(browser):
    """On every type of page; by that address it is kept for a year, by any other it is asked for again."""
    seen = {}
    for person, paths in {None: PUBLIC, **PAGES}.items():
        client = browser(person)
        for path in paths:
            answer = client.get(path)
            seen |= {found: path for found in REFERENCE.findall(answer.text)}
            assert REFERENCE.search(answer.text) or answer.status_code in (302, 403, 404), path
    assert len({address.partition("?")[0] for address in seen}) > 8
    for address, path in seen.items():
        assert re.search(r"\?v=[0-9a-f]{10}$", address), f"{address} on {path}: use asset()"
        for wanted, kept in ((address, True), (address[:-3] + "xxx", False), (address.partition("?")[0], False)):
            with client.get(wanted) as file:
                assert file.status_code == 200 and (file.headers["Cache-Control"] == FOREVER) is kept, wanted
                assert ("immutable" in file.headers["Cache-Control"]) is kept, wanted
                for name in ("Content-Security-Policy", *HEADERS):
                    assert file.headers[name], f"{wanted}: {name}"


def test_files_travel_compressed_and_pages_do_not(browser):
    """A page holds the anti-forgery token beside what the address says: its compressed length would tell of both."""
    client, asked = browser("support"), {"Accept-Encoding": "gzip, br"}
    page = client.get("/admin/support/complaint/", headers=asked)
    assert "Content-Encoding" not in page.headers
    for address in re.findall(r'(?:src|href)="([^"]+\.(?:css|js)\?v=[^"]+)"', page.text):
        with client.get(address, headers=asked) as small, client.get(address) as plain:
            assert small.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in small.vary
            assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain.vary
            assert gzip.decompress(small.data) == plain.data
    assert client.get("/static/portal/nothing.css?v=0123456789").status_code == 404
    assert client.get("/static/../config.py?v=0123456789").status_code == 404


def test_the_portal_works_without_scripts(app, window, photo):  # noqa: F811
    """A customer enters a complaint with a photo, follows it, answers and takes it back with JavaScript switched off."""
    page = window(PHONE, java_script_enabled=False)
    log_in(page, email("customer"))
    number = complain(app, page, photo)
    page.goto("/complaints")
    page.get_by_text(SUBJECT).first.click()
    expect(page.locator("main")).to_contain_text(number)
    page.fill("form[action$='/reply'] textarea", "Sudah saya nyalakan ulang, tetap mati.")
    page.click("form[action$='/reply'] [type=submit]")
    expect(page.locator(".history")).to_contain_text("tetap mati")
    page.locator("summary", has_text="Batalkan").click()
    page.fill("form[action$='/cancel'] textarea", "Sudah menyala lagi.")
    page.click("form[action$='/cancel'] [type=submit]")
    expect(page.locator(".status").first).to_have_text("Dibatalkan")
