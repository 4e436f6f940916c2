"""Bandwidth grants: more Mbps for a time, for a reason."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm import formats
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, words
from ecrm.models.complaint import Complaint
from ecrm.models.customer import Subscription
from ecrm.models.grant_rule import GrantRule


class GrantReason(Labelled):
    """Why a customer gets more."""

    LOYALTY = "loyalty", _l("Loyalty")
    PROMO = "promo", _l("Promo")
    COMPENSATION = "compensation", _l("Compensation")


class GrantStatus(Labelled):
    """Where a grant stands; the moves between are in ecrm/rules/bandwidth.py."""

    DRAFT = "draft", _l("Draft")
    ACTIVE = "active", _l("Active")
    EXPIRED = "expired", _l("Expired")
    REVOKED = "revoked", _l("Revoked")


class BandwidthGrant(HasId, Versioned, db.Model):
    """Extra Mbps on a subscription from a day until another."""

    __tablename__ = "bandwidth_grant"
    __label__: Any = _l("Bandwidth addition")
    __labels__: Any = _l("Bandwidth additions")
    __table_args__ = args(
        CheckConstraint("extra_mbps > 0", name="mbps_positive"),
        CheckConstraint("valid_until > valid_from", name="until_after_from"),
        Index(None, "status", "valid_until"),
        Index(None, "subscription_id", "status"),
        Index(None, "valid_from"), Index(None, "valid_until"), Index(None, "extra_mbps"),
    )

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), info=label(_l("Subscription")))
    extra_mbps: Mapped[int] = mapped_column(info=label(_l("Extra Mbps"), least=1))
    valid_from: Mapped[date] = mapped_column(info=label(_l("From")))
    valid_until: Mapped[date] = mapped_column(info=label(_l("Until")))
    reason: Mapped[GrantReason] = mapped_column(words(GrantReason, "grant_reason"), info=label(_l("Reason")))
    note: Mapped[str | None] = mapped_column(String(300), info=label(_l("Note")))
    status: Mapped[GrantStatus] = mapped_column(
        words(GrantStatus, "grant_status"), default=GrantStatus.DRAFT, info=label(_l("Status"))
    )
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True, info=label(_l("Complaint")))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("grant_rule.id"), index=True, info=label(_l("Rule")))
    ending_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Customer told of the end")))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("Granted by")))

    subscription: Mapped[Subscription] = relationship(info=label(_l("Subscription")))
    complaint: Mapped[Complaint | None] = relationship(info=label(_l("Complaint")))
    rule: Mapped[GrantRule | None] = relationship(info=label(_l("Rule")))
    granted_by: Mapped[User | None] = relationship(info=label(_l("Granted by")))

    def __str__(self) -> str:
        """Return the addition and its days."""
        return f"+{self.extra_mbps} Mbps, {formats.day(self.valid_from)} – {formats.day(self.valid_until)}"
