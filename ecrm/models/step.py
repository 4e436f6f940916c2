"""The trail: who did what to which row, when, before and after."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words


class Via(Labelled):
    """Through which door a change came."""

    ADMIN = "admin", _l("Staff site")
    PORTAL = "portal", _l("Portal")
    API = "api", _l("API")
    CLI = "cli", _l("Command line")


class Step(HasId, db.Model):
    """One change of one row; a move of a lifecycle has from, to and reason. Never changed afterwards.

    `action` is create, update, delete or the verb of the move. `before` and `after` map the changed columns
    to their values, with secrets masked.
    """

    __tablename__ = "step"
    __label__: Any = _l("Step")
    __labels__: Any = _l("Trail")
    __append_only__ = True
    __no_trail__ = True
    __table_args__ = args(
        Index(None, "table", "row_id", "id"), Index(None, "table", "action", "at"), Index(None, "actor_id", "at"),
        Index(None, "at"),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("By")))
    via: Mapped[Via] = mapped_column(words(Via, "via"), info=label(_l("Through")))
    table: Mapped[str] = mapped_column(String(40), info=label(_l("Table")))
    row_id: Mapped[int] = mapped_column(info=label(_l("Row")))
    action: Mapped[str] = mapped_column(String(20), info=label(_l("Action")))
    from_status: Mapped[str | None] = mapped_column(String(20), info=label(_l("From status")))
    to_status: Mapped[str | None] = mapped_column(String(20), info=label(_l("To status")))
    reason: Mapped[str | None] = mapped_column(String(500), info=label(_l("Reason")))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=label(_l("Before")))
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=label(_l("After")))

    actor: Mapped[User | None] = relationship(info=label(_l("By")))

    def __str__(self) -> str:
        """Return action, table and row."""
        return f"{self.action} {self.table} {self.row_id}"
