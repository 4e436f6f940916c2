"""The outbox: letters to be delivered by the worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import Language
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words
from ecrm.models.customer import ContactChannel, Customer


class LetterState(Labelled):
    """How far the delivery is."""

    QUEUED = "queued", _l("Queued")
    SENT = "sent", _l("Sent")
    FAILED = "failed", _l("Failed")


class Letter(HasId, db.Model):
    """A letter: written in the transaction that caused it, delivered afterwards."""

    __tablename__ = "letter"
    __label__: Any = _l("Letter")
    __labels__: Any = _l("Letters")
    __no_trail__ = True
    __table_args__ = args(
        CheckConstraint("tries >= 0", name="tries_not_negative"), Index(None, "state", "next_try_at"), Index(None, "queued_at")
    )

    to_email: Mapped[str] = mapped_column(String(254), index=True, info=label(_l("To")))
    to_name: Mapped[str] = mapped_column(String(100), default="", info=label(_l("Name")))
    language: Mapped[Language] = mapped_column(
        words(Language, "letter_language"), default=Language.INDONESIAN, info=label(_l("Language"))
    )
    template: Mapped[str] = mapped_column(String(50), info=label(_l("Template")))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, info=label(_l("Contents"), secret=True))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True, info=label(_l("Customer")))
    channel: Mapped[ContactChannel] = mapped_column(
        words(ContactChannel, "letter_channel"), default=ContactChannel.EMAIL, info=label(_l("Channel"))
    )
    state: Mapped[LetterState] = mapped_column(
        words(LetterState, "letter_state"), default=LetterState.QUEUED, info=label(_l("State"))
    )
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Queued")))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Sent")))
    tries: Mapped[int] = mapped_column(default=0, info=label(_l("Tries")))
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now, info=label(_l("Next try")))
    last_error: Mapped[str | None] = mapped_column(String(500), info=label(_l("Last error")))
    lease_owner: Mapped[str | None] = mapped_column(String(64), info=label(_l("Worker")))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Lease until")))

    customer: Mapped[Customer | None] = relationship(info=label(_l("Customer")))

    def __str__(self) -> str:
        """Return template and recipient."""
        return f"{self.template} → {self.to_email}"
