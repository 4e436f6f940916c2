"""Tokens of the JSON API, and the answers that are kept so that a request which comes twice is carried out once."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import RoleName, User
from ecrm.models.base import HasId, UtcDateTime, args, label, now, words


class ApiToken(HasId, db.Model):
    """A program's way in: it sees and does what its person may in one of their roles. The program has the token, we have its hash."""

    __tablename__ = "api_token"
    __label__: Any = _l("API token")
    __labels__: Any = _l("API tokens")

    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True, info=label(_l("Account")))
    role: Mapped[RoleName] = mapped_column(words(RoleName, "token_role"), info=label(_l("Role")))
    prefix: Mapped[str] = mapped_column(String(12), info=label(_l("Begins with")))
    hash: Mapped[str] = mapped_column(String(64), unique=True, info=label(_l("Fingerprint"), secret=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Created")))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Expires")))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Last used")))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Revoked")))

    user: Mapped[User] = relationship(info=label(_l("Account")))

    def lets_in(self, at: datetime) -> bool:
        """Return whether the token opens anything: it runs, and its person is active and still has the role."""
        runs = self.revoked_at is None and at < self.expires_at
        return runs and self.user.active and self.role in self.user.role_names

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class ApiAnswer(HasId, db.Model):
    """The answer to a request with an Idempotency-Key; `request` is the SHA-256 of its method, address and body."""

    __tablename__ = "api_answer"
    __label__: Any = _l("Kept answer of the API")
    __labels__: Any = _l("Kept answers of the API")
    __append_only__ = True
    __no_trail__ = True
    __table_args__ = args(UniqueConstraint("token_id", "key"))

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"), info=label(_l("API token")))
    key: Mapped[str] = mapped_column(String(64), info=label(_l("Key of the request")))
    request: Mapped[str] = mapped_column(String(64), info=label(_l("Fingerprint"), secret=True))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON, info=label(_l("Answer"), secret=True))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True, info=label(_l("Time")))

    token: Mapped[ApiToken] = relationship(info=label(_l("API token")))

    def __str__(self) -> str:
        """Return the key."""
        return self.key
