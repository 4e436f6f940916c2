"""Browsers from which an account's person has logged in before: others who guess at the password cannot keep them out."""

import hmac
import secrets
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_security import user_authenticated
from itsdangerous import BadSignature, URLSafeTimedSerializer

from ecrm.models import User

KEPT = 365 * 24 * 3600  # seconds
MOST = 5  # accounts of one browser: a family's telephone


def init_app(app: Flask) -> None:
    """Bind to the application."""
    user_authenticated.connect(_remember, app)


def known(email: str) -> str:
    """Return the secret name of this browser where the person of the account has logged in from it, else nothing."""
    return _accounts().get(_mark(email), "")


def _remember(_app: Flask, user: User, **_more: Any) -> None:
    """Note at a login that this is a browser of the person."""
    mark = _mark(user.email)
    accounts = {mark: _accounts().get(mark) or secrets.token_urlsafe(16)} | _accounts()
    value = str(_signer().dumps(dict(list(accounts.items())[:MOST])))

    @after_this_request
    def keep(answer: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        answer.set_cookie(_name(), value, max_age=KEPT, secure=secure, httponly=True, samesite="Lax")
        return answer


def _accounts() -> dict[str, str]:
    try:
        return dict(_signer().loads(request.cookies.get(_name(), ""), max_age=KEPT))
    except (BadSignature, TypeError, ValueError):
        return {}


def _mark(email: str) -> str:
    """Return what stands for an account in the cookie, which others may read."""
    key = (current_app.secret_key or "").encode() if isinstance(current_app.secret_key, str) else current_app.secret_key or b""
    return hmac.new(key, f"device {email}".encode(), "sha256").hexdigest()[:16]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="device")


def _name() -> str:
    return "__Host-ecrm-device" if current_app.config["SESSION_COOKIE_SECURE"] else "ecrm-device"
