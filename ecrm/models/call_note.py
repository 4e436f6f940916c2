"""What was said on the telephone with a customer, in a few words."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, UtcDateTime, args, label, now
from ecrm.models.customer import Customer


class CallNote(HasId, db.Model):
    """A note of a call; never changed, the next one follows it."""

    __tablename__ = "call_note"
    __label__: Any = _l("Call note")
    __labels__: Any = _l("Call notes")
    __append_only__ = True
    __table_args__ = args(Index(None, "customer_id", "id"), Index(None, "at"))

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), info=label(_l("Customer")))
    text: Mapped[str] = mapped_column(String(1000), info=label(_l("Note")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("By")))

    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))
    by: Mapped[User | None] = relationship(info=label(_l("By")))

    def __str__(self) -> str:
        """Return the beginning of the note."""
        return self.text[:60]
