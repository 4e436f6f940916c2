"""What was refused is on record: a line in the log with the request's number, and a row that an administrator sees at the account."""

import logging
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import ColumnElement, insert, null, select

from ecrm.extensions import aside
from ecrm.logs import request_id
from ecrm.models import AccessEvent, User
from ecrm.models.access_event import AccessKind as K
from ecrm.models.base import now
from ecrm.portal import throttle

log = logging.getLogger(__name__)
# Pages that show their form again where what was given is wrong.
WRONG = {"security.login": K.LOGIN, "security.verify": K.PASSWORD, "security.two_factor_token_validation": K.CODE, "security.mf_recovery": K.CODE}
REFUSED = {403: K.FORBIDDEN, 429: K.TOO_OFTEN}
MOST = parse("30 per minute")  # rows of one network address: who hammers at a door fills the log, not the database


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.extensions["refusals"] = FixedWindowRateLimiter(MemoryStorage())
    app.after_request(_notice)
    app.teardown_request(_keep)


def note(kind: K) -> None:
    """Note that this request is refused."""
    g.setdefault("refused", kind)


def _notice(answer: Response) -> Response:
    shown_again = request.method == "POST" and answer.status_code == 200
    kind = g.get("refused") or REFUSED.get(answer.status_code) or (WRONG.get(request.endpoint or "") if shown_again else None)
    if kind is not None:
        g.refused, g.refused_whose = kind, _whose()
        log.warning("refused: %s at %s, from %s, %s", kind.value, _rule(), request.remote_addr, g.refused_whose[1])
    return answer


def _rule() -> str:
    """Return the address as the program knows it: the one that was typed may hold a token."""
    return (request.url_rule.rule if request.url_rule else "-")[:100]


def _whose() -> tuple[ColumnElement[bool] | None, str]:
    """Return the condition on the account, and what the log calls it: the person who is in, or whose e-mail was typed; hashed, as it may be a password."""
    user = g.get("_login_user")
    if user is not None and user.is_authenticated:
        return User.id == user.id, f"account {user.id}"
    if "tf_user_id" in session:
        return User.fs_uniquifier == session["tf_user_id"], "account that gave its password"
    if request.endpoint in WRONG and request.form.get("email"):
        email = request.form["email"].strip().lower()
        return User.email == email[:254], f"typed {sha256(email.encode()).hexdigest()[:12]}"
    return None, "nobody"


def _keep(_error: BaseException | None) -> None:
    """Write the row when the answer is made and its transaction over; one statement, whether the account exists or not."""
    kind, whose = g.pop("refused", None), g.pop("refused_whose", None)
    if kind is None or whose is None or not current_app.extensions["refusals"].hit(MOST, throttle.address()):
        return
    values: dict[str, Any] = {
        "at": now(), "kind": kind, "address": (request.remote_addr or "")[:45], "rule": _rule(), "request_id": request_id(),
        "user_id": null() if whose[0] is None else select(User.id).where(whose[0]).scalar_subquery(),
    }
    aside(lambda connection: connection.execute(insert(AccessEvent).values(values)), "a refusal was not kept")  # the line in the log stands
