"""Letters: their words, the outbox that keeps them, and their delivery."""

from flask import Flask

from ecrm.letters import rendering


def init_app(app: Flask) -> None:
    """Bind to the application."""
    # Flask-Security renders nothing: its letters are ours, in the reader's language (ecrm/letters/security.py).
    app.config.update(SECURITY_EMAIL_PLAINTEXT=False, SECURITY_EMAIL_HTML=False)
    rendering.init_app(app)
