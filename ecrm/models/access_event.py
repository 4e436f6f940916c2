"""Doors that stayed shut: failed logins, wrong codes, pages that were refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words


class AccessKind(Labelled):
    """What was refused."""

    LOGIN = "login", _l("Login failed")
    PASSWORD = "password", _l("Password asked again: wrong")
    CODE = "code", _l("Second factor wrong")
    TOO_OFTEN = "too_often", _l("Too many tries")
    FORBIDDEN = "forbidden", _l("Page refused")
    CSRF = "csrf", _l("Form without its token")
    TOKEN = "token", _l("API token refused")


class AccessEvent(HasId, db.Model):
    """One refusal; `user` is whose account was tried or who was logged in, as far as known, `request_id` the number in the log."""

    __tablename__ = "access_event"
    __label__: Any = _l("Refused access")
    __labels__: Any = _l("Refused accesses")
    __append_only__ = True
    __no_trail__ = True
    __table_args__ = args(Index(None, "user_id", "id"), Index(None, "at"))

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))
    kind: Mapped[AccessKind] = mapped_column(words(AccessKind, "access_kind"), info=label(_l("What was refused")))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), info=label(_l("Account")))
    address: Mapped[str] = mapped_column(String(45), default="", info=label(_l("Network address")))
    rule: Mapped[str] = mapped_column(String(100), default="", info=label(_l("Page")))
    request_id: Mapped[str] = mapped_column(String(64), default="", index=True, info=label(_l("Request number")))

    user: Mapped[User | None] = relationship(info=label(_l("Account")))

    def __str__(self) -> str:
        """Return what was refused."""
        return str(self.kind.label)
