"""Sessions: one row for each login, so that it can be ended at the server."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, words


class EndReason(Labelled):
    """Why a session was ended before its time."""

    LOGOUT = "logout", _l("Logged out")
    LOGIN = "login", _l("New login in the same browser")
    BY_HAND = "by_hand", _l("Ended by the person")
    BY_ADMINISTRATOR = "by_administrator", _l("Ended by an administrator")
    ACCOUNT = "account", _l("Password, e-mail, two-factor login or rights changed")


class UserSession(HasId, db.Model):
    """One login of a person in one browser; the browser has the token, we have its hash."""

    __tablename__ = "user_session"
    __label__: Any = _l("Session")
    __labels__: Any = _l("Sessions")
    __no_trail__ = True
    __table_args__ = args(
        CheckConstraint("idle_seconds > 0", name="idle_positive"), Index(None, "user_id", "ended_at"), Index(None, "until"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), info=label(_l("Account")))
    token: Mapped[str] = mapped_column(String(64), unique=True, info=label(_l("Session key"), secret=True))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Logged in")))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Last seen")))
    idle_seconds: Mapped[int] = mapped_column(info=label(_l("Ends when unused for (seconds)")))
    until: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Ends at the latest")))
    address: Mapped[str] = mapped_column(String(45), default="", info=label(_l("Network address")))
    agent: Mapped[str] = mapped_column(String(200), default="", info=label(_l("Browser")))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Ended")))
    because: Mapped[EndReason | None] = mapped_column(words(EndReason, "session_because"), info=label(_l("Ended because")))

    user: Mapped[User] = relationship(info=label(_l("Account")))

    def alive(self, at: datetime) -> bool:
        """Return whether the session still lets its person in."""
        return self.ended_at is None and at < self.until and at < self.seen_at + timedelta(seconds=self.idle_seconds)

    def end(self, at: datetime, because: EndReason) -> None:
        """End it; one that has ended stays as it is."""
        if self.ended_at is None:
            self.ended_at, self.because = at, because

    def __str__(self) -> str:
        """Return whose it is and what it is used with."""
        return f"{self.user}: {device(self.agent)}"


def hashed(token: str) -> str:
    """Return what we keep of a token: who reads the table gets no session."""
    return sha256(token.encode()).hexdigest()


BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
            ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def device(agent: str) -> str:
    """Return what people call the browser and system of a User-Agent, “?” for an unknown one."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name) or agent[:40] or "?"
