"""Sessions: begun at the login, looked up at each request, and ended where a copied cookie must be worth nothing any more."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, has_request_context, request, session
from flask_login import current_user, user_logged_out
from flask_security import user_authenticated
from flask_security.utils import set_request_attr
from sqlalchemy import bindparam, event, inspect, select, update
from sqlalchemy.orm import Session, contains_eager

from ecrm.extensions import aside, db
from ecrm.models import Role, User, UserSession
from ecrm.models.account import STAFF, roles_users
from ecrm.models.base import now
from ecrm.models.user_session import EndReason, hashed

KEY = "_user_id"  # where Flask-Login keeps who is logged in, in the session and from there in the cookie that remembers
SEEN_EVERY = timedelta(minutes=1)
# Whatever of these changes, who holds a cookie from before has to log in again.
WATCHED = ("password", "email", "active", "roles", "fs_uniquifier", "tf_primary_method", "tf_totp_secret")
# joinedload() would join the roles of all people first, which SQLite reads at each request.
BY_TOKEN = (
    select(UserSession).where(UserSession.token == bindparam("token")).join(UserSession.user).outerjoin(roles_users, roles_users.c.user_id == User.id)
    .outerjoin(Role, Role.id == roles_users.c.role_id).options(contains_eager(UserSession.user).contains_eager(User.roles))
)


def init_app(app: Flask) -> None:
    """Bind to the application, after Flask-Security, whose look-up of the person is replaced."""
    app.login_manager.user_loader(load)  # type: ignore[attr-defined]
    user_authenticated.connect(_logged_in, app)
    user_logged_out.connect(_logged_out, app)
    app.teardown_request(_seen)
    for name, listener in (("before_flush", _watch), ("after_commit", _renewed), ("after_soft_rollback", _keep_token)):
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def load(token: str) -> User | None:
    """Return the person of a living session, None for any other token."""
    row = db.session.scalars(BY_TOKEN, {"token": hashed(token)}).unique().one_or_none()
    if row is None or not row.alive(now()) or not row.user.active:
        return None
    g.session_id, g.session_seen, g.session_token = row.id, row.seen_at, token
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return row.user


def begin(user: User, at: datetime, remember: bool) -> str:
    """Begin a session of a person and return its token, which only the browser keeps; uncommitted."""
    token = secrets.token_urlsafe(32)
    idle, longest = limits(user, remember)
    db.session.add(UserSession(
        user=user, token=hashed(token), began_at=at, seen_at=at, idle_seconds=int(idle.total_seconds()), until=at + longest,
        address=(request.remote_addr or "")[:45], agent=(request.user_agent.string or "")[:200],
    ))
    return token


def limits(user: User, remember: bool) -> tuple[timedelta, timedelta]:
    """Return how long a session lives unused, and at the latest; “stay logged in” is for customers' own phones."""
    settings = current_app.config["ECRM"]
    if any(role in STAFF for role in user.role_names):
        return timedelta(minutes=settings["STAFF_IDLE_MINUTES"]), timedelta(hours=settings["STAFF_SESSION_HOURS"])
    longest = timedelta(days=settings["CUSTOMER_SESSION_DAYS"])
    return longest if remember else timedelta(hours=settings["CUSTOMER_IDLE_HOURS"]), longest


def end_all(session: Session, user: User, at: datetime, because: EndReason) -> None:
    """End every session of a person, wherever they are logged in; uncommitted."""
    alive = UserSession.user_id == user.id, UserSession.ended_at.is_(None)
    session.execute(update(UserSession).where(*alive).values(ended_at=at, because=because))


def this_one() -> int | None:
    """Return the id of the session of the browser that asks."""
    return g.get("session_id") if current_user.is_authenticated else None


def _logged_in(_app: Flask, user: User, **_more: Any) -> None:
    """A new login is a new session: the browser's old one ends, and with it the token of its forms."""
    at = now()
    if "session_token" in g:
        g.session_before = g.session_token
    _end_current(at, EndReason.LOGIN)
    session[KEY] = begin(user, at, session.get("_remember") == "set")
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    after_this_request(_commit)


def _logged_out(_app: Flask, **_more: Any) -> None:
    _end_current(now(), EndReason.LOGOUT)
    after_this_request(_commit)
    after_this_request(_forget)


def _end_current(at: datetime, because: EndReason) -> None:
    row = db.session.get(UserSession, g.pop("session_id", 0))
    if row is not None:
        row.end(at, because)


def _forget(answer: Response) -> Response:
    """Let the browser throw away what it kept of the person; the cookie of a known browser stays."""
    if current_app.config["SESSION_COOKIE_SECURE"]:  # browsers listen to it over HTTPS alone
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _commit(answer: Response) -> Response:
    db.session.commit()
    return answer


def _watch(session_: Session, _context: Any, _instances: Any) -> None:
    """End the sessions of whose account changes; the person at the keyboard goes on with a new token."""
    for user in [row for row in session_.dirty if isinstance(row, User)]:
        attributes = inspect(user).attrs
        if any(attributes[name].history.has_changes() for name in WATCHED):
            end_all(session_, user, now(), EndReason.ACCOUNT)
            if has_request_context() and g.get("session_id") and user.active and user is current_user._get_current_object():
                _renew(user)


def _renew(user: User) -> None:
    """Give the person's browser the token of a new session in the place of the one that has just ended."""
    remembered = current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies
    g.session_before, g.session_id = session[KEY], None
    session[KEY] = begin(user, now(), remembered)
    if remembered:
        session["_remember"] = "set"


def _renewed(_session: Session) -> None:
    """The new session is there for good."""
    if has_request_context():
        g.pop("session_before", None)


def _keep_token(_session: Session, _transaction: Any) -> None:
    """The new session was taken back with the rest: the browser keeps its old one."""
    if has_request_context() and "session_before" in g:
        session[KEY] = g.pop("session_before")


def _seen(_error: BaseException | None) -> None:
    """Note that the session is used, at most once a minute, when the answer is made and its transaction over."""
    number, at = g.pop("session_id", None), now()
    if number is None or at - g.session_seen < SEEN_EVERY:
        return
    seen_now = update(UserSession).where(UserSession.id == number).values(seen_at=at)
    aside(lambda connection: connection.execute(seen_now), "a session's use was not noted")  # the next request notes it
