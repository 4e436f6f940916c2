"""A browser that logs in by the form and measures what it fetches."""

import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import http.client


@dataclass(frozen=True)
class Answer:
    """An answer: status, body, seconds to the first byte and to the last."""

    status: int
    body: bytes
    first: float
    seconds: float
    location: str | None = None


class Client:
    """One person's browser on one server, with a connection for each request."""

    def __init__(self, url: str) -> None:
        """Talk to a server."""
        self.host = url.removeprefix("http://")
        self.cookies: dict[str, str] = {}

    def get(self, path: str, keep: bool = True) -> Answer:
        """Fetch a page; without `keep` its body is read and forgotten."""
        return self._ask("GET", path, None, keep)

    def post(self, path: str, data: dict[str, Any]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(data).encode(), True)

    def form(self, path: str) -> dict[str, str]:
        """Return the hidden fields of a page."""
        found = re.findall(r'<input[^>]*type="hidden"[^>]*>', self.get(path).body.decode())
        pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in found]
        return {name[1]: value[1] for name, value in pairs if name and value}

    def log_in(self, email: str, password: str) -> None:
        """Log in by the form."""
        answer = self.post("/login", self.form("/login") | {"email": email, "password": password})
        if answer.status != 302:
            raise RuntimeError(f"{email} could not log in: {answer.status}")

    def _ask(self, method: str, path: str, data: bytes | None, keep: bool) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=600)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept-Language": "id"}
        if data is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self.host}{path}"}
        begun = time.perf_counter()
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        body = response.read(1)
        first = time.perf_counter() - begun
        if keep:
            body += response.read()
        else:
            while piece := response.read(1 << 20):
                body = piece
        seconds = time.perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _sign, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return Answer(response.status, body, first, seconds, response.headers.get("Location"))
