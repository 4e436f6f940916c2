"""Complaints, what was answered, and what was attached."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, Priority, PriorityType, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import Branch
from ecrm.models.category import Clock, ComplaintCategory
from ecrm.models.customer import Customer, Subscription
from ecrm.models.outage import Outage


class ComplaintStatus(Labelled):
    """Where a complaint stands; the moves between are in ecrm/rules/complaint.py."""

    NEW = "new", _l("New")
    ASSIGNED = "assigned", _l("Assigned")
    IN_PROGRESS = "in_progress", _l("In progress")
    WAITING_CUSTOMER = "waiting_customer", _l("Waiting for customer")
    RESOLVED = "resolved", _l("Resolved")
    CLOSED = "closed", _l("Closed")
    CANCELLED = "cancelled", _l("Cancelled")


UNSOLVED = (ComplaintStatus.NEW, ComplaintStatus.ASSIGNED, ComplaintStatus.IN_PROGRESS, ComplaintStatus.WAITING_CUSTOMER)
SOLVED = (ComplaintStatus.RESOLVED, ComplaintStatus.CLOSED)


class Channel(Labelled):
    """How a complaint reached us."""

    PORTAL = "portal", _l("Portal")
    PHONE = "phone", _l("Telephone")
    EMAIL = "email", _l("E-mail")
    WHATSAPP = "whatsapp", _l("WhatsApp")
    COUNTER = "counter", _l("Counter")


class Complaint(HasId, Versioned, db.Model):
    """A complaint; status and times are a projection of its steps, written by move() alone.

    `clock_due_at` and `clock_warn_at` are when the target that counts now is missed, and when 80 % of it is used up: that of
    the first response until there is one, then that of the resolution; NEVER while none counts. ecrm/rules/sla.py winds them.
    """

    __tablename__ = "complaint"
    __label__: Any = _l("Complaint")
    __labels__: Any = _l("Complaints")
    __named_by__ = ("number", "subject")
    __table_args__ = args(
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating_1_to_5"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority_known"),
        CheckConstraint("reopen_count >= 0 AND waited_seconds >= 0", name="counts_not_negative"),
        CheckConstraint("repeats >= 0", name="repeats_not_negative"),
        CheckConstraint("resolution_due_at >= response_due_at", name="due_in_order"),
        # Lists narrowed to one status, technician or branch: those whose clock runs, then the newest (ecrm/admin/stretches.py).
        # That of the statuses has all that the queue's order and the counts of the unsolved look at: no row is read for them.
        Index("ix_complaint_queue", "status", "clock_due_at", "opened_at", "id", "clock_warn_at", "priority", "repeats", "reopen_count",
              "first_response_at", "technician_id", "outage_id"),
        Index(None, "technician_id", "clock_due_at", "opened_at", "id"),
        Index(None, "branch_id", "clock_due_at", "opened_at", "id"),
        Index(None, "technician_id", "status", "customer_id"),
        Index(None, "customer_id", "opened_at"),
        Index(None, "branch_id", "status", "opened_at"),
        Index(None, "priority", "id"), Index(None, "resolution_due_at", "id"),
        Index(None, "category_id", "opened_at"),
        Index(None, "opened_at", "id"), Index(None, "clock_due_at", "opened_at", "id"),
        Index(None, "clock_warn_at", "id"), Index(None, "outage_id", "status", "outage_told"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Number")))
    token: Mapped[str | None] = mapped_column(String(64), unique=True, info=label(_l("Entry token"), secret=True))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), info=label(_l("Customer")))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    subscription_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscription.id"), index=True, info=label(_l("Subscription"))
    )
    category_id: Mapped[int] = mapped_column(ForeignKey("complaint_category.id"), info=label(_l("Category")))
    subject: Mapped[str] = mapped_column(String(150), info=label(_l("Subject")))
    description: Mapped[str] = mapped_column(Text, info=label(_l("Description")))
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"), default=Channel.PHONE, info=label(_l("Channel")))
    priority: Mapped[Priority] = mapped_column(PriorityType, default=Priority.NORMAL, info=label(_l("Priority")))
    status: Mapped[ComplaintStatus] = mapped_column(words(ComplaintStatus, "complaint_status"), default=ComplaintStatus.NEW, info=label(_l("Status")))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("Technician")))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Opened")))
    first_response_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("First response")))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True, info=label(_l("Resolved")))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True, info=label(_l("Closed")))
    response_due_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Response due")))
    resolution_due_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Resolution due")))
    response_hours: Mapped[int] = mapped_column(info=label(_l("Response target (hours)")))
    resolution_hours: Mapped[int] = mapped_column(info=label(_l("Resolution target (hours)")))
    clock: Mapped[Clock] = mapped_column(words(Clock, "complaint_clock"), default=Clock.AROUND, info=label(_l("Targets count")))
    clock_due_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Next due")))
    clock_warn_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Next due soon")))
    repeats: Mapped[int] = mapped_column(default=0, info=label(_l("Repeated within 30 days")))
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Waiting since")))
    waited_seconds: Mapped[int] = mapped_column(default=0, info=label(_l("Waited (seconds)")))
    reopen_count: Mapped[int] = mapped_column(default=0, info=label(_l("Reopened")))
    rating: Mapped[int | None] = mapped_column(info=label(_l("Rating")))
    rating_remark: Mapped[str | None] = mapped_column(String(500), info=label(_l("Remark on the rating")))
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outage.id"), info=label(_l("Outage")))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id", ondelete="SET NULL"), index=True, info=label(_l("Merged into")))
    outage_told: Mapped[int] = mapped_column(default=0, info=label(_l("Last message of the outage told")))

    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))
    branch: Mapped[Branch] = relationship(info=label(_l("Branch")))
    subscription: Mapped[Subscription | None] = relationship(info=label(_l("Subscription")))
    category: Mapped[ComplaintCategory] = relationship(info=label(_l("Category")))
    technician: Mapped[User | None] = relationship(info=label(_l("Technician")))
    outage: Mapped[Outage | None] = relationship(info=label(_l("Outage")))
    merged_into: Mapped["Complaint | None"] = relationship(remote_side="Complaint.id", info=label(_l("Merged into")))
    replies: Mapped[list["Reply"]] = relationship(back_populates="complaint", order_by="Reply.id", info=label(_l("Replies")))
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="complaint", order_by="Attachment.id", info=label(_l("Attachments")))

    @property
    def unsolved(self) -> bool:
        """Return whether somebody still has to do something."""
        return self.status in UNSOLVED

    def __str__(self) -> str:
        """Return number and subject."""
        return f"{self.number} {self.subject}"


class Reply(HasId, db.Model):
    """An answer that the customer sees, or an internal note; never changed. The key of the sending device makes two sendings one."""

    __tablename__ = "reply"
    __label__: Any = _l("Reply")
    __labels__: Any = _l("Replies")
    __append_only__ = True
    __table_args__ = args(UniqueConstraint("author_id", "client_key"), Index(None, "author_id", "at"))

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True, info=label(_l("Complaint")))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("Author")))
    public: Mapped[bool] = mapped_column(default=True, info=label(_l("Seen by the customer")))
    text: Mapped[str] = mapped_column(Text, info=label(_l("Text")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True, info=label(_l("Time")))
    client_key: Mapped[str | None] = mapped_column(String(36), info=label(_l("Key of the sending"), secret=True))
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outage.id"), info=label(_l("Outage")))

    complaint: Mapped[Complaint] = relationship(back_populates="replies", info=label(_l("Complaint")))
    author: Mapped[User | None] = relationship(info=label(_l("Author")))
    outage: Mapped[Outage | None] = relationship(info=label(_l("Outage")))

    @property
    def by_customer(self) -> bool:
        """Return whether the customer wrote it; of one without an account, who writes mails, there is no author."""
        return self.public and self.outage_id is None and self.author_id in (None, self.complaint.customer.user_id)

    def __str__(self) -> str:
        """Return the beginning of the text."""
        return self.text if len(self.text) <= 80 else f"{self.text[:79].rstrip()}…"
