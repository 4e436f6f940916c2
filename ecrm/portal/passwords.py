"""What a new password must be: long enough, and nothing that others try first; no rule about its characters."""

from pathlib import Path
from typing import Any

from flask import current_app
from flask_security import PasswordUtil

from ecrm.i18n import gettext as _
from ecrm.models import User
from ecrm.rules import password as rules


class Passwords(PasswordUtil):
    """The check of Flask-Security's forms, by our rules."""

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        """Return what is wrong with a new password, None for nothing, and the password as it is kept."""
        plain = self.normalize(password)
        if len(plain) < rules.SHORTEST:
            return [_("Use at least %(length)s characters.", length=rules.SHORTEST)], plain
        if len(plain) > rules.LONGEST:
            return [_("At most %(max)s characters.", max=rules.LONGEST)], plain
        if rules.easy(plain, _names(known)):
            return [_("Others would try this password first. Take a few words that only you would put together.")], plain
        if _breached(plain):
            return [_("This password was stolen somewhere and is known to thieves. Take another one.")], plain
        return None, plain


def _breached(plain: str) -> bool:
    hashes = current_app.config["ECRM"]["BREACHED_PASSWORDS"]
    try:
        return bool(hashes) and rules.breached(plain, Path(hashes))
    except OSError as error:  # nobody is kept out because a list is away
        current_app.logger.error("ECRM_BREACHED_PASSWORDS %s cannot be read: %s", hashes, error.strerror)
        return False


def _names(known: dict[str, Any]) -> list[str]:
    """Return the words around a person: the company's, and those of the form or the account."""
    settings = current_app.config["ECRM"]
    user = known.get("user")
    own = [user.name, user.email, user.phone] if isinstance(user, User) else [known.get(name) for name in ("name", "email", "phone")]
    return [settings["COMPANY_NAME"], settings["PUBLIC_URL"], "ecrm", *(str(word).partition("@")[0] for word in own if word)]
