"""What people ask about their personal data (UU 27/2022), each with its clock of 3×24 hours and the evidence of what was done."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.complaint import Channel
from ecrm.models.customer import Customer
from ecrm.models.escalation import Level


class PdpKind(Labelled):
    """What is asked for."""

    ACCESS = "access", _l("A copy of my data")
    CORRECTION = "correction", _l("Correct my data")
    DELETION = "deletion", _l("Erase my data")
    WITHDRAWAL = "withdrawal", _l("Withdraw my consent")
    RESTRICTION = "restriction", _l("Restrict the use of my data")


class PdpStatus(Labelled):
    """Where a request stands; the moves between are in ecrm/rules/pdp_request.py."""

    RECEIVED = "received", _l("Received")
    IN_PROGRESS = "in_progress", _l("In progress")
    FULFILLED = "fulfilled", _l("Fulfilled")
    DECLINED = "declined", _l("Declined")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


PDP_OPEN = (PdpStatus.RECEIVED, PdpStatus.IN_PROGRESS)


class PdpRequest(HasId, Versioned, db.Model):
    """A request about personal data; `clock_due_at` is when it is due while somebody has to decide it, then NEVER.

    `answer` is what the customer reads, `evidence` what was done and where that can be seen, for who audits.
    """

    __tablename__ = "pdp_request"
    __label__: Any = _l("Request about personal data")
    __labels__: Any = _l("Requests about personal data")
    __table_args__ = args(
        Index(None, "clock_due_at", "id"), Index(None, "status", "clock_due_at"), Index(None, "customer_id"), Index(None, "received_at"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Number")))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), info=label(_l("Customer")))
    kind: Mapped[PdpKind] = mapped_column(words(PdpKind, "pdp_kind"), info=label(_l("What is asked")))
    channel: Mapped[Channel] = mapped_column(words(Channel, "pdp_channel"), default=Channel.PHONE, info=label(_l("Channel")))
    wish: Mapped[str | None] = mapped_column(Text, info=label(_l("In the customer's words")))
    status: Mapped[PdpStatus] = mapped_column(words(PdpStatus, "pdp_status"), default=PdpStatus.RECEIVED, info=label(_l("Status")))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Received")))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Decide by")))
    clock_due_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Next due")))
    told: Mapped[Level | None] = mapped_column(words(Level, "pdp_told"), info=label(_l("Administrator told")))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Decided")))
    answer: Mapped[str | None] = mapped_column(Text, info=label(_l("Answer to the customer")))
    evidence: Mapped[str | None] = mapped_column(Text, info=label(_l("Evidence: what was done")))
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("Handled by")))

    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))
    handled_by: Mapped[User | None] = relationship(info=label(_l("Handled by")))

    def __str__(self) -> str:
        """Return number and kind."""
        return f"{self.number} {self.kind.label}"
