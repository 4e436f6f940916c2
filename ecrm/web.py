"""What every answer carries: the Content-Security-Policy with its nonce, and the other protective headers."""

import secrets

from flask import Flask, Response, g
from werkzeug.exceptions import SecurityError

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make Flask-WTF refuse every form over HTTPS.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


def nonce() -> str:
    """Return this answer's nonce for scripts and styles."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def init_app(app: Flask) -> None:
    """Add the headers to every answer; an answer's own policy (an attachment's) stays."""
    app.jinja_env.globals["csp_nonce"] = nonce
    # Under a name that is not ours no page can make its links: werkzeug's own words do.
    app.register_error_handler(SecurityError, lambda error: error.get_response())

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return answer
