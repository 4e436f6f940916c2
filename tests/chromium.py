"""Debian's Chromium against our production server, for the tests that need a real browser."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress.server import create_server

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
FAILURES = Path(__file__).parent / "failures"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application as in production, on a free port of loopback; yield the address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4, clear_untrusted_proxy_headers=True)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(server.close)  # in its own thread: it may be about to look at what is closed
        thread.join(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the tests fail, they are not left out."""
    path = shutil.which("chromium")
    assert path, "Debian's chromium is missing: apt-get install chromium, or `make test` as root"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def cookie_of(app: Flask, person: str, address: str) -> dict[str, Any]:
    """Return the cookie of a person's session, so that they need not log in by the form."""
    name = app.config["SESSION_COOKIE_NAME"]
    held = app.test_client().become(person).get_cookie(name)  # type: ignore[attr-defined]
    return {"name": name, "value": held.value, "url": address}


@pytest.fixture
def window(app: Flask, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a window of a new person; any message on its console fails the test."""
    pages: list[Page] = []
    messages: list[str] = []
    with serving(app) as address:

        def open_window(size: dict[str, int] = DESKTOP, language: str = "id-ID", person: str | None = None, **options: Any) -> Page:
            context = chromium.new_context(base_url=address, viewport=size, locale=language, **options)
            if person:
                context.add_cookies([cookie_of(app, person, address)])
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda message: messages.append(f"{page.url}: {message.text}"))
            page.on("pageerror", lambda error: messages.append(f"{page.url}: {error}"))
            pages.append(page)
            return page

        yield open_window
        if request.session.testsfailed:
            FAILURES.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name)
            for number, page in enumerate(pages):
                page.screenshot(path=FAILURES / f"{name}-{number}.png", full_page=True)
        for page in pages:
            page.context.close()
    assert messages == [], "\n".join(messages)


__all__ = ["DESKTOP", "PHONE", "chromium", "expect", "window"]
