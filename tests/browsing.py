"""A phone in Chromium whose network can be cut, or lose the answers on their way back; windows of people who are logged in."""

import select
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests import world
from tests.chromium import PHONE, serving

LONG = 20_000  # milliseconds; for a machine under load, no measure of ours
expect.set_options(timeout=LONG)
TICK = 0.05  # seconds between two looks at whether the line was cut


class Line(socketserver.ThreadingTCPServer):
    """A network line to a server on loopback: `cut` lets nothing through, `loses` drops the answers to POST; `answered` are the statuses that came."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: str) -> None:
        """Listen on a free port."""
        self.target = (urlsplit(address).hostname, urlsplit(address).port)
        self.cut = self.loses = False
        self.answered: set[int] = set()
        super().__init__(("127.0.0.1", 0), Connection)

    @property
    def address(self) -> str:
        """Return the address of this end."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Connection(socketserver.BaseRequestHandler):
    """One connection of a line, bytes passed both ways."""

    server: Line

    def handle(self) -> None:
        """Pass bytes until one side closes or the line is cut."""
        if self.server.cut:
            return
        posting = False
        with socket.create_connection(self.server.target) as upstream:
            while not self.server.cut:
                for end in select.select([self.request, upstream], [], [], TICK)[0]:
                    data = end.recv(65536)
                    if not data or self.server.cut:
                        return
                    if end is upstream and posting and self.server.loses:
                        return
                    if end is upstream and data.startswith(b"HTTP/1."):
                        self.server.answered.add(int(data.split(maxsplit=2)[1]))
                    if end is self.request and data.startswith((b"GET ", b"POST ", b"HEAD ")):
                        posting = data.startswith(b"POST ")
                    (upstream if end is self.request else self.request).sendall(data)


@contextmanager
def line_to(address: str) -> Iterator[Line]:
    """Lay a line to a server."""
    with Line(address) as line:
        thread = threading.Thread(target=line.serve_forever, args=(TICK,))
        thread.start()
        try:
            yield line
        finally:
            line.cut = True
            line.shutdown()
            thread.join(10)


def come_in(context: BrowserContext, app: Flask, person: str, address: str) -> None:
    """Log a person in without the form: the cookie as the login leaves it."""
    client = app.test_client().become(person)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    context.add_cookies([{"name": name, "value": cookie.value, "url": address, "httpOnly": True, "sameSite": "Lax"}])


def until(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression is true; Playwright's own waiting needs what our policy forbids."""
    for _attempt in range(LONG // 50):
        try:
            if page.evaluate(expression):
                return
        except Error as left:  # the page goes elsewhere by itself, as when the phone forgets another person
            if "context was destroyed" not in str(left):
                raise
        page.wait_for_timeout(50)
    raise AssertionError(f"{page.url}: never true: {expression}")


class Phone:
    """A phone of one person on a line of its own; what its pages say on the console is kept."""

    def __init__(self, app: Flask, browser: Browser, line: Line, **options: Any) -> None:
        """Switch it on."""
        self.app, self.line = app, line
        self.context = browser.new_context(base_url=line.address, viewport=PHONE, has_touch=True, is_mobile=True,
                                           locale="id-ID", **options)
        self.messages: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open a page."""
        page = self.context.new_page()
        page.set_default_timeout(LONG)
        page.on("console", lambda message: self.messages.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(f"{page.url}: {error}"))
        return page

    def become(self, person: str) -> None:
        """Log in as a person."""
        come_in(self.context, self.app, person, self.line.address)

    def lose_network(self) -> None:
        """Go where there is none."""
        self.line.cut = True
        self.context.set_offline(True)

    def find_network(self) -> None:
        """Come back."""
        self.line.cut = False
        self.context.set_offline(False)

    def settled(self) -> None:
        """Wait until the service worker has the page, and the phone what it keeps."""
        until(self.page, "navigator.serviceWorker.controller !== null")
        until(self.page, "ecrm.store.get('about', 'person').then((it) => it && it.id > 0)")

    def renew(self) -> None:
        """Load the page anew; where it renews itself at the same moment, that one counts."""
        try:
            self.page.reload()
        except Error as left:
            if "ERR_ABORTED" not in str(left):
                raise

    def forgive(self, status: int) -> None:
        """Take the answers with this status off what the console said: the test asked for one.

        What the service worker asked for is not on the console of the page, so the line says whether there was one.
        """
        assert status in self.line.answered
        self.messages = [text for text in self.messages if f"status of {status}" not in text]

    def complaints(self) -> list[str]:
        """Return what the pages said on the console that is neither the missing network nor a refusal."""
        return [text for text in self.messages if "net::ERR_" not in text and "status of 409" not in text]


@pytest.fixture(scope="module")
def town(make_app: Callable[..., Flask]) -> Flask:
    """An application with the little company, for the tests of one module."""
    app = make_app()
    world.build(app)
    return app


@pytest.fixture(scope="module")
def street(town: Flask) -> Iterator[str]:
    """The address at which the town is served."""
    with serving(town) as address:
        yield address


@pytest.fixture
def phone(town: Flask, street: str, chromium: Browser) -> Iterator[Phone]:
    """A phone; its pages must say nothing on the console but that there is no network, or that a rule refused something."""
    with line_to(street) as line:
        found = Phone(town, chromium, line)
        yield found
        found.context.close()
    assert not found.complaints(), found.complaints()


__all__ = ["Line", "Phone", "come_in", "line_to", "phone", "street", "town", "until"]
