"""Whichever statement of a page the database dies at, the page is there or says “later”, and what it acknowledged is kept once."""

import io
import socket
from itertools import count

import pytest
from pymysql.err import OperationalError

from ecrm import extensions
from tests.portal import PNG, complaints, typed

pytestmark = pytest.mark.only("mariadb")
WORDS = ("SET", "COM", "ROL")  # what a node without its cluster still takes


class Dying:
    """A database whose connection dies at one statement, and which may be there again for the next."""

    def __init__(self, monkeypatch, how, again):
        self.how, self.again, self.at, self.seen = how, again, 0, 0
        self.execute, self.connect = extensions.Line._execute_command, extensions.Line.connect
        monkeypatch.setattr(extensions.Line, "_execute_command", lambda line, *words: self._execute(line, *words))
        monkeypatch.setattr(extensions.Line, "connect", lambda line, *words: self._connect(line, *words))

    def each(self, call):
        """Call with the database dying at the first statement, then the second …, until there are no more; yield what it returned."""
        for at in count(1):
            self.at, self.seen = at, 0
            answer = call()
            self.at, seen = 0, self.seen
            yield answer
            if seen < at:
                return

    def _gone(self):
        return self.at and self.seen >= self.at and not self.again

    def _execute(self, line, command, sql):
        text = sql if isinstance(sql, str) else sql.decode()
        self.seen += bool(self.at)
        now = self.seen == self.at and bool(self.at)
        if self.how == "lost" and (now or self._gone()) and not text.startswith(WORDS):
            raise OperationalError(1047, "WSREP has not yet prepared node for application use")
        if self.how == "before" and now:
            line._sock.shutdown(socket.SHUT_RDWR)
        self.execute(line, command, sql)
        if self.how == "after" and now:
            line._sock.shutdown(socket.SHUT_RDWR)

    def _connect(self, line, *words):
        if self.how != "lost" and self._gone():
            raise OperationalError(2003, "Can't connect")
        self.connect(line, *words)


@pytest.fixture
def dying(request, monkeypatch):
    """A database that dies at each statement in turn."""
    return Dying(monkeypatch, *request.param)


@pytest.mark.parametrize("dying", [("before", True), ("after", False), ("lost", False)], indirect=True, ids=lambda how: how[0])
def test_a_complaint_while_it_dies(app, browser, dying, monkeypatch):
    """The form and its sending: no answer but a page, a receipt, or “later”; a receipt stands for one complaint."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    person, received = browser("customer"), count(1)
    pages = [page.status_code for page in dying.each(lambda: person.get("/complaints/new"))]
    assert len(pages) > 5 and set(pages) <= {200, 503} and pages[-1] == 200

    def send():
        app.extensions["throttle"].reset()
        own = {"description": f"Padam ke-{next(received)}", "token": f"{next(received):032d}", "files": (io.BytesIO(PNG), "foto.png")}
        return own["description"], person.post("/complaints/new", data=form | own, content_type="multipart/form-data").status_code

    form = typed(app) | {"csrf_token": person.token()}
    answers = dict(dying.each(send))
    assert len(answers) > 10 and set(answers.values()) <= {302, 503}
    for description, code in answers.items():
        assert complaints(app, description=description) in ((1,) if code == 302 else (0, 1)), description
    assert complaints(app, description=description) == 1  # the last one, at which nothing died
