"""Outages of an area or of a whole branch, and the customers who follow them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import Branch, CoverageArea
from ecrm.models.customer import Customer


class OutageStatus(Labelled):
    """Where an outage stands; the moves between are in ecrm/rules/outage.py."""

    OPEN = "open", _l("Running")
    RESTORED = "restored", _l("Restored")
    CANCELLED = "cancelled", _l("Declared by mistake")


class Outage(HasId, Versioned, db.Model):
    """What many customers suffer from at once; complaints about it are linked to it.

    `message` is the last public word and `message_no` counts them: complaints and followers keep the number of the last one
    that they were told, so that the worker knows whom it has not told yet, also after a crash.
    """

    __tablename__ = "outage"
    __label__: Any = _l("Outage")
    __labels__: Any = _l("Outages")
    __named_by__ = ("number",)
    __table_args__ = args(
        CheckConstraint("message_no >= 1 AND affected >= 0", name="counts_not_negative"),
        CheckConstraint("expected_at IS NULL OR expected_at > started_at", name="expected_after_start"),
        Index(None, "status", "started_at"), Index(None, "area_id", "status"), Index(None, "branch_id", "status"), Index(None, "started_at"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Number")))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("coverage_area.id"), info=label(_l("Coverage area")))
    message: Mapped[str] = mapped_column(String(500), info=label(_l("Message to the customers")))
    message_no: Mapped[int] = mapped_column(default=1, info=label(_l("Messages")))
    message_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Last message")))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Began")))
    expected_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Expected to be restored")))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Declared")))
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("Declared by")))
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Restored at")))
    status: Mapped[OutageStatus] = mapped_column(words(OutageStatus, "outage_status"), default=OutageStatus.OPEN, info=label(_l("Status")))
    affected: Mapped[int] = mapped_column(default=0, info=label(_l("Customers affected")))

    branch: Mapped[Branch] = relationship(info=label(_l("Branch")))
    area: Mapped[CoverageArea | None] = relationship(info=label(_l("Coverage area")))
    declared_by: Mapped[User | None] = relationship(info=label(_l("Declared by")))

    @property
    def running(self) -> bool:
        """Return whether it is not over yet."""
        return self.status is OutageStatus.OPEN

    @property
    def overran(self) -> bool:
        """Return whether it still runs although it was expected to be over."""
        return self.running and self.expected_at is not None and self.expected_at <= now()

    @property
    def place(self) -> str:
        """Return what people call the place: the area, else the branch."""
        return str(self.area or self.branch)

    def __str__(self) -> str:
        """Return the number; exports write it without loading the place."""
        return self.number


class OutageFollower(HasId, db.Model):
    """A customer who wants a letter at every word about an outage, without a complaint of their own."""

    __tablename__ = "outage_follower"
    __label__: Any = _l("Follower of an outage")
    __labels__: Any = _l("Followers of outages")
    __table_args__ = args(UniqueConstraint("outage_id", "customer_id"), Index(None, "since"))

    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"), info=label(_l("Outage")))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True, info=label(_l("Customer")))
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Follows since")))
    told_no: Mapped[int] = mapped_column(default=0, info=label(_l("Last message told")))

    outage: Mapped[Outage] = relationship(info=label(_l("Outage")))
    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))

    def __str__(self) -> str:
        """Return the outage and the customer."""
        return f"{self.outage} – {self.customer}"
