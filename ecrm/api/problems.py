"""What goes wrong, said to a program: problem details (RFC 9457) with the number of the request."""

import json
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request, session
from sqlalchemy.orm.exc import StaleDataError

from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.logs import request_id
from ecrm.rules.errors import FactMissing, FieldRefused, Refused

PREFIX = "/api/v1/"
MEDIA_TYPE = "application/problem+json"
HANDED_ON = ("Allow", "Retry-After", "WWW-Authenticate")


class Problem(Exception):
    """A request that is refused: its status, why, and what is wrong with which field."""

    def __init__(self, status: int, detail: Any = None, errors: dict[str, Any] | None = None, **headers: str) -> None:
        """Keep what is said; names of headers are written with underscores."""
        super().__init__(status, detail)
        self.status, self.detail, self.errors = status, detail, errors
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(self) -> Response:
        """Return the answer."""
        body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(self.status).phrase, "status": self.status, "request_id": request_id()}
        if self.detail is not None:
            body["detail"] = str(self.detail)
        if self.errors:
            body["errors"] = {name: str(text) for name, text in self.errors.items()}
        return Response(json.dumps(body, ensure_ascii=False), self.status, self.headers, content_type=MEDIA_TYPE)


def init_app(app: Flask) -> None:
    """Bind to the application: what other parts answer below our addresses is said in JSON too."""

    @app.after_request
    def say(answer: Response) -> Response:
        if not request.path.startswith(PREFIX) or answer.status_code < 400 or answer.mimetype == MEDIA_TYPE:
            return answer
        session.permanent = session.modified = False  # what the page that this stands for wrote into a cookie
        headers = {name.replace("-", "_"): answer.headers[name] for name in HANDED_ON if name in answer.headers}
        return Problem(answer.status_code, None, None, **headers).answer()


def refused(error: Refused | StaleDataError, model: Any) -> Problem:
    """Return what a rule or the database says no with, and take back what was half done."""
    db.session.rollback()
    if isinstance(error, FieldRefused | FactMissing):
        return Problem(422, _("Some fields are not right."), {field(model, error.name): error})
    if isinstance(error, Refused):
        return Problem(409, error)
    return Problem(409, _("Somebody else was faster. Please look again."))


def field(model: Any, name: str) -> str:
    """Return what the API calls a column or relation: a relation by the column that points there."""
    return f"{name}_id" if name in model.__mapper__.relationships else name
