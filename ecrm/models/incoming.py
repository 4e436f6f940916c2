"""Messages that customers and strangers send us by mail or through a gateway, kept until somebody or a rule has filed them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.complaint import Complaint
from ecrm.models.customer import Customer


class IncomingChannel(Labelled):
    """Which way a message came."""

    MAIL = "mail", _l("E-mail")
    WEBHOOK = "webhook", _l("Message by gateway")


class IncomingStatus(Labelled):
    """Where a message stands; the moves between are in ecrm/rules/incoming.py."""

    NEW = "new", _l("To sort")
    FILED = "filed", _l("Taken in")
    IGNORED = "ignored", _l("Ignored")


class Why(Labelled):
    """Why a message waits for somebody, or was ignored by a rule."""

    UNKNOWN = "unknown", _l("Unknown sender")
    SEVERAL = "several", _l("Several customers have this address")
    UNPROVEN = "unproven", _l("Sender not proven")
    UNREADABLE = "unreadable", _l("Cannot be read")
    NO_CATEGORY = "no_category", _l("No category for new complaints")
    AUTO_REPLY = "auto_reply", _l("Automatic reply")
    BOUNCE = "bounce", _l("Returned mail")
    BULK = "bulk", _l("Mailing list")
    OWN = "own", _l("From ourselves")
    TOO_MANY = "too_many", _l("Too many from this sender")


class IncomingMessage(HasId, Versioned, db.Model):
    """A message as it came: in words here, with its files in the store; `fingerprint` makes two arrivals one."""

    __tablename__ = "incoming_message"
    __label__: Any = _l("Incoming message")
    __labels__: Any = _l("Incoming messages")
    __table_args__ = args(
        Index(None, "status", "received_at"), Index(None, "status", "sorted_at"), Index(None, "sender", "received_at"), Index(None, "received_at"),
    )

    channel: Mapped[IncomingChannel] = mapped_column(words(IncomingChannel, "incoming_channel"), info=label(_l("Channel")))
    message_id: Mapped[str | None] = mapped_column(String(255), info=label(_l("Message number")))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True, info=label(_l("Fingerprint"), secret=True))
    sender: Mapped[str] = mapped_column(String(254), info=label(_l("Sender")))
    sender_name: Mapped[str | None] = mapped_column(String(100), info=label(_l("Name")))
    subject: Mapped[str] = mapped_column(String(200), info=label(_l("Subject")))
    text: Mapped[str] = mapped_column(Text, info=label(_l("Text")))
    files: Mapped[str | None] = mapped_column(String(500), info=label(_l("Files")))
    raw_key: Mapped[str] = mapped_column(String(100), index=True, info=label(_l("Storage key"), secret=True))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Received")))
    sorted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Looked at by the rules")))
    why: Mapped[Why | None] = mapped_column(words(Why, "incoming_why"), info=label(_l("Why")))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True, info=label(_l("Customer")))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True, info=label(_l("Complaint")))
    status: Mapped[IncomingStatus] = mapped_column(
        words(IncomingStatus, "incoming_status"), default=IncomingStatus.NEW, info=label(_l("Status"))
    )

    customer: Mapped[Customer | None] = relationship(info=label(_l("Customer")))
    complaint: Mapped[Complaint | None] = relationship(info=label(_l("Complaint")))

    def __str__(self) -> str:
        """Return sender and subject."""
        return f"{self.sender}: {self.subject}" if self.subject else self.sender
