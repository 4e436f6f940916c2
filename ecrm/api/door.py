"""Who comes in: a bearer token, never a cookie; how often; and a note of when it was last used."""

from datetime import timedelta
from time import time
from typing import Any

from flask import Flask, Response, current_app, g, request
from limits import parse
from limits.errors import StorageError
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from ecrm.api.problems import PREFIX, Problem
from ecrm.extensions import aside, db
from ecrm.i18n import gettext as _
from ecrm.models import ApiToken, User
from ecrm.models.access_event import AccessKind
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.user_session import hashed

MOST = parse("300 per minute")  # requests of one token
OPEN = ("api.document",)  # what needs no token
SEEN_EVERY = timedelta(minutes=1)


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.after_request(_say_how_often)
    app.teardown_request(_seen)


def forget_cookies(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let nobody ask who a cookie says it is; this runs before all that asks."""
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def come_in() -> None:
    """Let a request with a living token in, as its person in its role; raises Problem."""
    if request.endpoint in OPEN and "Authorization" not in request.headers:
        return
    token = _token()
    if token is None or not token.lets_in(now()):
        g.refused = AccessKind.TOKEN
        raise Problem(401, _("This needs a valid API token."), WWW_Authenticate='Bearer realm="E-CRM"')
    g._login_user, g.api_token, g.api_token_id, g.api_token_used = token.user, token, token.id, token.last_used_at
    _count(token)


def role() -> RoleName:
    """Return the role of the token at hand."""
    return g.api_token.role


def user() -> User:
    """Return the person of the token at hand."""
    return g.api_token.user


def _token() -> ApiToken | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        return None
    found = select(ApiToken).where(ApiToken.hash == hashed(secret.strip())).options(joinedload(ApiToken.user))
    return db.session.scalars(found).one_or_none()


def _count(token: ApiToken) -> None:
    """Count the request; raises Problem where there were too many in this minute."""
    limiter = current_app.extensions["throttle"].limiter
    try:
        allowed = limiter.hit(MOST, "api token", str(token.id))
        window = limiter.get_window_stats(MOST, "api token", str(token.id))
    except StorageError as error:  # nobody is kept out because nobody counts
        current_app.logger.warning("a request was not counted: %s", error.storage_error)
        return
    g.api_window = window.remaining, max(1, int(window.reset_time - time()))
    if not allowed:
        raise Problem(429, _("Too many requests."), Retry_After=str(g.api_window[1]))


def _say_how_often(answer: Response) -> Response:
    """Say how many requests are left (draft-ietf-httpapi-ratelimit-headers); keep what is somebody's off every disk."""
    if request.path.startswith(PREFIX):
        answer.headers["Cache-Control"] = "no-store"
    if "api_window" in g:
        left, seconds = g.api_window
        answer.headers["RateLimit-Policy"] = f'"token";q={MOST.amount};w={MOST.get_expiry()}'
        answer.headers["RateLimit"] = f'"token";r={left};t={seconds}'
    return answer


def _seen(_error: BaseException | None) -> None:
    """Note that the token is used, at most once a minute, when the answer is made and its transaction over."""
    number, used, at = g.pop("api_token_id", None), g.pop("api_token_used", None), now()
    if number is None or (used is not None and at - used < SEEN_EVERY):
        return
    used_now = update(ApiToken).where(ApiToken.id == number).values(last_used_at=at)
    aside(lambda connection: connection.execute(used_now), "a token's use was not noted")  # the next request notes it
