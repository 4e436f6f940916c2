"""A request that MariaDB gave up, because two waited for each other or a lock did not come, is answered anew, unseen."""

import random
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, g, request, session
from sqlalchemy.exc import DBAPIError, OperationalError

from ecrm.extensions import db

BUSY = (1205, 1213)  # a lock that did not come; two who wait for each other, or a cluster that was faster elsewhere
TRIES = 5
PAUSE = 0.05  # seconds before the second try, doubled before each further one


def init_app(app: Flask) -> None:
    """Answer anew where nothing was kept of the first try; the account pages' own machinery is left alone."""
    app.dispatch_request = _anew(app.dispatch_request)  # type: ignore[method-assign]


def exhausted() -> bool:
    """Return whether this request has no further try."""
    return bool(g.get("tries", TRIES) >= TRIES)


def number(error: DBAPIError) -> int:
    """Return MariaDB's number of an error, 0 for another database's."""
    found = (getattr(error.orig, "args", None) or [0])[0]
    return found if isinstance(found, int) else 0


def _anew(answer: Callable[..., Any]) -> Callable[..., Any]:
    def dispatch(*context: Any) -> Any:
        before, g.tries = dict(session), 0
        while True:
            g.tries += 1
            try:
                return answer(*context)
            except OperationalError as error:
                if exhausted() or not _safe(error):
                    raise
                _undo(before)
                time.sleep(PAUSE * 2 ** (g.tries - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - no secret

    return dispatch


def _safe(error: OperationalError) -> bool:
    """Return whether nothing of this try is kept: the database took it back, or it only read."""
    if request.blueprint == "security":
        return False
    return number(error) in BUSY or (error.connection_invalidated and request.method in ("GET", "HEAD") and g.tries == 1)


def _undo(before: dict[str, Any]) -> None:
    """Take back what the try left: the transaction, messages for the person, and how far its files were read."""
    db.session.rollback()
    session.clear()
    session.update(before)
    g.pop("csrf_token", None)  # the next try's forms would carry a token that the session has just forgotten
    for file in request.files.values():
        file.seek(0)
