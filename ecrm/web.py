"""What every answer carries: the Content-Security-Policy with its nonce, and the other protective headers."""

import secrets

from flask import Flask, Response, current_app, g, request, session
from flask_security.utils import check_and_update_authn_fresh
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make Flask-WTF refuse every form over HTTPS.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


class PasswordAgain(HTTPException):
    """Something of weight is done some time after the login: the person must prove that they are still themselves."""

    code = 401


def is_fresh() -> bool:
    """Return whether the person has given their password a short time ago."""
    config = current_app.config
    return check_and_update_authn_fresh(config["SECURITY_FRESHNESS"], config["SECURITY_FRESHNESS_GRACE_PERIOD"])


def nonce() -> str:
    """Return this answer's nonce for scripts and styles."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def init_app(app: Flask) -> None:
    """Add the headers to every answer; an answer's own policy (an attachment's) stays."""
    app.jinja_env.globals["csp_nonce"] = nonce
    # Under a name that is not ours no page can make its links: werkzeug's own words do.
    app.register_error_handler(SecurityError, lambda _error: BadRequest().get_response())

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            answer.headers.setdefault("Strict-Transport-Security", HSTS)
        # What is somebody's stays on no disk; a visitor's half-filled form must come back with the “back” button.
        personal = request.blueprint == "security" or "_user_id" in session
        answer.headers.setdefault("Cache-Control", "no-store" if personal else "private, no-cache")
        return answer
