"""Letters that warn a person of a change of their account, whoever made it and wherever."""

from typing import Any

from flask import Flask
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from ecrm.extensions import db
from ecrm.letters.security import notice
from ecrm.models import User
from ecrm.models.base import now


def init_app(_app: Flask) -> None:
    """Listen to the application's session; Flask-Security itself tells of a changed password."""
    if not event.contains(db.session, "before_flush", _tell):
        event.listen(db.session, "before_flush", _tell)


def _tell(session: Session, _context: Any, _instances: Any) -> None:
    """Write to the old address when the e-mail changes, and to the person when two-factor login does."""
    for user in [row for row in session.dirty if isinstance(row, User) and row.active]:
        email, method, key = (inspect(user).attrs[name].history for name in ("email", "tf_primary_method", "tf_totp_secret"))
        if email.has_changes() and email.deleted:
            notice(session, "email_notice", user, email.deleted[0], now())
        if (method.has_changes() and (method.deleted[0:1] != [None] or user.tf_primary_method)) or (key.has_changes() and user.tf_primary_method):
            notice(session, "two_factor_notice", user, user.email, now(), on=user.tf_primary_method is not None)
