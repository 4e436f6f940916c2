"""A customer takes back what they asked for, while nobody has decided it."""

from typing import Any

from flask import flash
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.errors import Refused


def take_back(row: Any, done: str) -> None:
    """Withdraw a row and say `done`, or that somebody was faster."""
    try:
        move(row, "withdraw", current_user._get_current_object(), now())
        db.session.commit()
        flash(done, "success")
    except (Refused, StaleDataError):
        db.session.rollback()
        flash(_("Somebody was faster: here is how it stands now."), "warning")
