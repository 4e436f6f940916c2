"""The letters of accounts: Flask-Security's and the invitation, written at once and queued in the outbox."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_security import MailUtil
from sqlalchemy.orm import Session

from ecrm.extensions import db
from ecrm.letters.rendering import compose
from ecrm.models import Letter, User
from ecrm.models.account import Language, RoleName
from ecrm.models.base import now

PREFIX = "account_"
# How long the link of a letter works, by the setting of Flask-Security.
WITHIN = {
    "welcome": "CONFIRM_EMAIL_WITHIN", "confirmation_instructions": "CONFIRM_EMAIL_WITHIN",
    "reset_instructions": "RESET_PASSWORD_WITHIN", "change_email_instructions": "CHANGE_EMAIL_WITHIN",
}


class OutboxMailUtil(MailUtil):
    """Queues Flask-Security's letters, uncommitted, where it would send them itself."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **more: Any
    ) -> None:
        """Queue the letter `template` ("security/email/welcome") in the language of `user`; subject and body are ours."""
        kind, user, at = template.rsplit("/", 1)[-1], more.get("user"), now()
        data = _facts(kind, user, at, more)
        if kind == "two_factor_rescue":  # to our support, about the person
            recipient, user = current_app.config["MAIL_DEFAULT_SENDER"], None
        _queue(db.session(), kind, recipient, user, at, data)


def invite(session: Session, user: User, link: str, at: datetime, until: datetime | None = None) -> Letter:
    """Queue the invitation of a member of staff or a new customer, with the link where they choose a password; uncommitted.

    `until` is when the link ends, as far as that is known.
    """
    kind = "invite_customer" if RoleName.CUSTOMER in user.role_names else "invite"
    return _queue(session, kind, user.email, user, at, {"link": _public(link), "until": until.isoformat() if until else None})


def notice(session: Session, kind: str, user: User, to: str, at: datetime, **facts: Any) -> Letter:
    """Queue a warning that an account has changed; uncommitted."""
    return _queue(session, kind, to, user, at, facts | {"link": _public("/login"), "at": at.isoformat()})


def link_letter(session: Session, kind: str, user: User, link: str, at: datetime) -> Letter:
    """Queue a letter whose link opens an account or verifies its e-mail; uncommitted."""
    until = at + current_app.config[f"SECURITY_{WITHIN[kind]}"]
    return _queue(session, kind, user.email, user, at, {"link": _public(link), "until": until.isoformat(), "at": at.isoformat()})


def _facts(kind: str, user: User | None, at: datetime, more: dict[str, Any]) -> dict[str, Any]:
    """Return what the words of a letter need, from what Flask-Security gives."""
    config = current_app.config
    unverified = bool(more.get("confirmation_link"))
    within = "CONFIRM_EMAIL_WITHIN" if kind == "welcome_existing" and unverified else WITHIN.get(kind, "RESET_PASSWORD_WITHIN")
    link = more.get("confirmation_link") or more.get("reset_link") or more.get("link")
    if link is None:
        link = "/admin/" if kind == "two_factor_rescue" else config["SECURITY_RESET_URL"]
    return {
        "link": _public(link), "until": (at + config[f"SECURITY_{within}"]).isoformat(), "at": at.isoformat(),
        "unverified": unverified, "account": user.email if user else None,
    }


def _queue(session: Session, kind: str, to: str, user: User | None, at: datetime, data: dict[str, Any]) -> Letter:
    """Write a letter now, while its facts are at hand, and add it to the outbox."""
    language = user.language if user and user.language else Language(current_app.config["BABEL_DEFAULT_LOCALE"])
    name = user.name or "" if user else ""
    words = compose(PREFIX + kind, language, name, data)
    letter = Letter(
        template=PREFIX + kind, to_email=str(to), to_name=name, language=language, queued_at=at, next_try_at=at,
        data={"subject": words.subject, "body": words.text, "html": words.html},
    )
    session.add(letter)
    return letter


def _public(link: str) -> str:
    """Return a link at our public address, whatever address the request said that it came to."""
    parts = urlsplit(link)
    return current_app.config["ECRM"]["PUBLIC_URL"] + parts.path + (f"?{parts.query}" if parts.query else "")
