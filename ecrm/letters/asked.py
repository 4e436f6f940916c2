"""What somebody without a login asks for by an e-mail address: the worker looks it up, so that no page can tell whether we know it."""

from datetime import datetime

from flask import current_app
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ecrm.letters.security import link_letter
from ecrm.models import Letter, User
from ecrm.models.account import Language

RESET, CONFIRM = "account_asked_reset", "account_asked_confirm"
WISHES = (RESET, CONFIRM)
MOST = 1000  # wishes that one round of the worker answers


def ask(session: Session, wish: str, email: str, at: datetime) -> None:
    """Write down that a letter is wanted; uncommitted."""
    session.add(Letter(template=wish, to_email=email, queued_at=at, next_try_at=at, data={},
                       language=Language(current_app.config["BABEL_DEFAULT_LOCALE"])))


def answer(session: Session, at: datetime) -> int:
    """Turn each wish into its letter, or into nothing where there is nobody to write to; commits each, returns how many letters."""
    wishes = session.execute(select(Letter.id, Letter.template, Letter.to_email).where(Letter.template.in_(WISHES)).limit(MOST)).all()
    session.rollback()
    written = 0
    for number, wish, email in wishes:
        mine = session.execute(delete(Letter).where(Letter.id == number)).rowcount == 1  # type: ignore[attr-defined]
        written += mine and _write(session, wish, email, at)
        session.commit()
    return written


def _write(session: Session, wish: str, email: str, at: datetime) -> bool:
    """Write to the person of an address; return whether there is one. Who never verified it is helped by no other letter."""
    user = session.scalars(select(User).where(User.email == email)).one_or_none()
    if user is None or not user.active or (wish == CONFIRM and user.confirmed_at is not None):
        return False
    if user.confirmed_at is None:
        link_letter(session, "confirmation_instructions", user, _path("confirm_email", generate_confirmation_token(user)), at)
    else:
        link_letter(session, "reset_instructions", user, _path("reset_password", generate_reset_password_token(user)), at)
    return True


def _path(view: str, token: str) -> str:
    """Return the path of a link with a token; a worker has no request that would make it."""
    return current_app.url_map.bind("").build(f"security.{view}", {"token": token})
