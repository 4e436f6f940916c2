"""Log lines as text or JSON, each with the number of its request, and without secrets or what tells who a person is."""

import json
import logging
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask.logging import default_handler

ACCESS = logging.getLogger("ecrm.access")
# What a proxy of ours may hand on; anything else could be written to fool who reads the log.
GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
MASK = "•••"
# Signed links and sessions, e-mail addresses, telephone and identity numbers.
PRIVATE = re.compile(r"[\w-]{16,}\.[\w-]{4,}\.[\w-]{20,}|[\w.+%-]+@[\w-]+(?:\.[\w-]+)*|(?<![\w.:-])\+?\d{9,}(?!\w)")
HEADER = "X-Request-ID"


def init_app(app: Flask) -> None:
    """Give each request a number, and its answer too; where logs are JSON, write a line about it."""
    trusted, lines = app.config["ECRM"]["TRUSTED_PROXIES"] > 0, app.config["ECRM"]["LOG_FORMAT"] == "json"

    @app.before_request
    def number() -> None:
        given = request.headers.get(HEADER, "") if trusted else ""
        g.request_id = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        g.request_began = time.perf_counter()

    @app.after_request
    def carry(answer: Response) -> Response:
        answer.headers[HEADER] = request_id()
        if lines:
            ACCESS.info("%s %s %d", request.method, _rule(), answer.status_code, extra={"fields": _fields(answer)})
        return answer

    app.jinja_env.globals["request_id"] = request_id


def request_id() -> str:
    """Return the number of the request in hand, or nothing."""
    return g.get("request_id", "") if has_request_context() else ""


def set_up(kind: str, level: int) -> None:
    """Write all log lines to standard error as `kind`, text or json."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if kind == "json" else Text("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("ecrm").removeHandler(default_handler)
    if kind == "json":
        ACCESS.setLevel(logging.INFO)


class Text(logging.Formatter):
    """A line for people; a message cannot begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record = logging.makeLogRecord(record.__dict__ | {"msg": record.getMessage().replace("\r", "\\r").replace("\n", "\\n"), "args": ()})
        number = request_id()
        return masked(super().format(record)) + (f" [{number}]" if number else "")


class Json(logging.Formatter):
    """A line for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname.lower(),
            "logger": record.name, "message": masked(record.getMessage()),
        }
        if request_id():
            line["request_id"] = request_id()
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def masked(text: str) -> str:
    """Return a text without what opens an account or tells who a person is."""
    return PRIVATE.sub(MASK, text)


def _rule() -> str:
    """Return the address as the program knows it: the one that was typed may hold a token."""
    return request.url_rule.rule if request.url_rule else "-"


def _fields(answer: Response) -> dict[str, Any]:
    fields = {"method": request.method, "rule": _rule(), "status": answer.status_code,
              "ms": round((time.perf_counter() - g.request_began) * 1000, 1)}
    user = g.get("_login_user")  # whom this request has met already: nobody is looked up for the log
    return fields | ({"user": user.id} if user is not None and user.is_authenticated else {})
