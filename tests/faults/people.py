"""People who enter complaints through the pages, and press again until a page says that it was received."""

import http.cookiejar
import itertools
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.client import HTTPException
from typing import Any, Self

from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Letter, Step
from ecrm.storage.keeping import store
from tests.faults.machines import Site
from tests.world import PASSWORD, email

CROWDS = itertools.count(1)
AWAY = (0, 502, 503, 504)  # no answer, or one that says: later
EACH = 5  # complaints of one person; a complaint may have to be sent three times
PDF = b"%PDF-1.4\nfault\n%%EOF"


class NotThere(Exception):
    """The site does not answer, or says that it cannot."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Show a redirect instead of following it."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follow nothing."""


class Person:
    """A browser with a session."""

    def __init__(self, site: Site, name: str | None = "customer") -> None:
        self.site, self.base, self.category = site, site.base, site.category
        secure = urllib.request.HTTPSHandler(context=site.trusts)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), NoRedirect, secure)
        if name:
            code, answer, _where = self.log_in(name)
            assert code == 302, (code, answer[:2000])

    def log_in(self, name: str) -> tuple[int, str, str]:
        """Send the form of the login page, and return the answer."""
        return self.post("/login", {"csrf_token": self.field("/login", "csrf_token"), "email": email(name), "password": PASSWORD})

    def get(self, path: str, timeout: float = 40) -> tuple[int, str, str]:
        """Return status, text and where it leads; 0 where nobody answers."""
        return self._open(urllib.request.Request(self.base + path), timeout)

    def post(self, path: str, fields: dict[str, Any], file: bytes | None = None, timeout: float = 40) -> tuple[int, str, str]:
        """Send a form, with a file if there is one."""
        headers, body = {"Referer": self.base + path}, urllib.parse.urlencode(fields).encode()
        if file is not None:
            parts = [f'--xx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
            parts.append(b'--xx\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n' + file + b"\r\n--xx--\r\n")
            headers, body = headers | {"Content-Type": "multipart/form-data; boundary=xx"}, b"".join(parts)
        return self._open(urllib.request.Request(self.base + path, body, headers), timeout)

    def field(self, path: str, name: str) -> str:
        """Return a hidden field of a page."""
        code, page, _where = self.get(path)
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
        if code in AWAY:
            raise NotThere(code)
        assert found, (code, page[:1000])
        return found[1]

    def form(self, subject: str) -> dict[str, Any]:
        """Return a complaint form that is filled in."""
        return {"csrf_token": self.field("/complaints/new", "csrf_token"), "token": f"{abs(hash(subject)):032d}"[-32:], "category": self.category,
                "subject": subject, "description": f"{subject} sejak pagi"}

    def _open(self, request: urllib.request.Request, timeout: float) -> tuple[int, str, str]:
        try:
            with self.opener.open(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode(errors="replace"), ""
        except urllib.error.HTTPError as error:
            with error, suppress(OSError, HTTPException):
                return error.code, error.read().decode(errors="replace"), error.headers.get("Location", "")
        except (OSError, HTTPException):
            pass
        return 0, "", ""  # no answer, or one that was cut off


class Workers:
    """Threads that work until they are told to stop; what went wrong in one of them fails whoever waits."""

    def __init__(self, work: Callable[[int], None], numbers: Iterable[int]) -> None:
        """Get them ready."""
        self.stop, self.wrong = threading.Event(), []  # type: threading.Event, list[BaseException]
        self.threads = [threading.Thread(target=work, args=(number,)) for number in numbers]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.wrong, self.wrong


class Crowd(Workers):
    """Eight people at a time who each enter one complaint after the other; what a page acknowledged is in `received`.

    Nobody may enter more than twenty in an hour: after some the next person takes the place, through the login page.
    """

    def __init__(self, site: Site, file: bytes | None = None, people: int = 8) -> None:
        self.site, self.file, self.number = site, file, next(CROWDS)
        self.received, self.answers, self.times, self.seen = [], Counter(), [], []
        super().__init__(self._work, range(people))

    def _work(self, number: int) -> None:
        try:
            for count in itertools.count(1):
                if count % EACH == 1:
                    person, form = self._sit_down()
                if self.stop.is_set():
                    return
                subject = f"{self.site.folder.name} {self.number}-{number}-{count}"
                self._press(person, form | {"token": f"{self.number:08d}{number:08d}{count:016d}", "subject": subject, "description": f"{subject} sejak pagi"})
        except BaseException as error:
            self.wrong.append(error)

    def _sit_down(self) -> tuple[Person, dict[str, Any]]:
        """Return the next person, logged in, and a form; while the site is away they try again."""
        person, name = Person(self.site, None), next(self.site.newcomers)
        while not self.stop.is_set():
            try:
                # Where the answer to the login was lost, the page leads on: they are logged in already.
                code, page, _where = person.get("/login")
                if code == 200:
                    code, page, _where = person.log_in(name)
                if code == 302:
                    return person, person.form("x")
                assert code in AWAY, (code, page[:1500])
            except NotThere as gone:
                code = gone.args[0]
            self.answers[code] += 1
            time.sleep(0.2)
        return person, {}

    def _press(self, person: Person, form: dict[str, Any]) -> None:
        """Send a complaint until a page says that it was received."""
        while not self.stop.is_set():
            code, page, where = person.post("/complaints/new", form, self.file)
            self.answers[code] += 1
            self.seen.append((time.monotonic(), code))
            if code == 302 and "/complaints/KL-" in where:
                self.received.append(form["subject"])
                self.times.append(time.monotonic())
                return
            assert code in AWAY, (code, where, page[:1500])
            time.sleep(0.2)

    def more(self, count: int) -> bool:
        """Return whether so many were received."""
        assert not self.wrong, self.wrong
        return len(self.received) >= count

    @property
    def pause(self) -> float:
        """Return the longest time in which nothing was received."""
        return max((after - before for before, after in zip(self.times, self.times[1:], strict=False)), default=0)


def look(site: Site, received: list[str], files: bool = False) -> str:
    """Compare what was acknowledged with what is there, and return it in words; lost or doubled fails."""
    with site.app.app_context():
        db.engine.dispose()
        found = Counter(db.session.scalars(select(Complaint.subject).where(Complaint.subject.like(f"{site.folder.name} %"))))
        numbers = list(db.session.scalars(select(Complaint.number)))
        trail = db.session.scalar(select(func.count()).select_from(Step).filter_by(table="complaint", action="create"))
        rows = list(db.session.scalars(select(Attachment.storage_key).join(Complaint).where(Complaint.subject.like(f"{site.folder.name} %"))))
        missing = [key for key in rows if not store().exists(key)]
        db.session.remove()
    lost, doubled = set(received) - set(found), [subject for subject, count in found.items() if count > 1]
    assert not lost, f"lost: {lost}"
    assert not doubled and len(set(numbers)) == len(numbers), f"doubled: {doubled}"
    assert trail == len(numbers), "a complaint without its trail"
    assert not missing and (not files or len(rows) >= len(received)), "a row without its file"
    return f"acknowledged {len(received)}, found {sum(found[subject] for subject in received)}, lost 0, doubled 0"


def letters(site: Site) -> Counter:
    """Return how many letters are in which state, without the monthly one that the worker may write to the manager by itself."""
    query = select(Letter.state, func.count()).where(Letter.to_email != email("manager")).group_by(Letter.state)
    with site.app.app_context():
        counts = Counter({state.value: count for state, count in db.session.execute(query)})
        db.session.remove()
    return counts
