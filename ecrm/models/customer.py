"""Customers and their subscriptions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, words
from ecrm.models.branch import Branch, CoverageArea
from ecrm.models.plan import Plan


class CustomerStatus(Labelled):
    """Where a person stands with the provider."""

    PROSPECT = "prospect", _l("Prospect")
    ACTIVE = "active", _l("Active")
    SUSPENDED = "suspended", _l("Suspended")
    ENDED = "ended", _l("Ended")


class SubscriptionStatus(Labelled):
    """Whether a subscription carries traffic."""

    ACTIVE = "active", _l("Active")
    SUSPENDED = "suspended", _l("Suspended")
    ENDED = "ended", _l("Ended")


class ContactChannel(Labelled):
    """How a customer wants to be written to."""

    EMAIL = "email", _l("E-mail")
    WHATSAPP = "whatsapp", _l("WhatsApp")
    TELEGRAM = "telegram", _l("Telegram")


class Customer(HasId, Versioned, db.Model):
    """A person or company that has, had or wants a connection."""

    __tablename__ = "customer"
    __label__: Any = _l("Customer")
    __labels__: Any = _l("Customers")
    __named_by__ = ("number", "name")
    __table_args__ = args(
        Index(None, "branch_id", "status"), Index(None, "status", "id"), Index(None, "name"), Index(None, "phone"),
        Index(None, "email"), Index(None, "since"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Customer number")))
    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    identity_number: Mapped[str | None] = mapped_column(String(16), info=label(_l("Identity number (NIK)"), kind="nik"))
    phone: Mapped[str] = mapped_column(String(20), info=label(_l("Phone"), kind="phone"))
    email: Mapped[str | None] = mapped_column(String(254), info=label(_l("E-mail"), kind="email"))
    preferred_channel: Mapped[ContactChannel] = mapped_column(
        words(ContactChannel, "contact_channel"), default=ContactChannel.EMAIL, info=label(_l("Letters by"))
    )
    address: Mapped[str] = mapped_column(String(300), info=label(_l("Address")))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("coverage_area.id"), index=True, info=label(_l("Coverage area")))
    since: Mapped[date] = mapped_column(info=label(_l("Customer since")))
    status: Mapped[CustomerStatus] = mapped_column(
        words(CustomerStatus, "customer_status"), default=CustomerStatus.PROSPECT, info=label(_l("Status"))
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), unique=True, info=label(_l("Account")))
    restricted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Use of the data restricted since")))
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Personal data erased")))

    branch: Mapped[Branch] = relationship(info=label(_l("Branch")))
    area: Mapped[CoverageArea | None] = relationship(info=label(_l("Coverage area")))
    user: Mapped[User | None] = relationship(info=label(_l("Account")))
    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="customer", order_by="Subscription.id", info=label(_l("Subscriptions"))
    )

    def __str__(self) -> str:
        """Return number and name, as the desk says them."""
        return f"{self.number} {self.name}"


class Subscription(HasId, Versioned, db.Model):
    """A plan at an address, from a day until further notice."""

    __tablename__ = "subscription"
    __label__: Any = _l("Subscription")
    __labels__: Any = _l("Subscriptions")
    __table_args__ = args(
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="until_after_from"),
        Index(None, "status", "id"), Index(None, "valid_from"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True, info=label(_l("Customer")))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True, info=label(_l("Plan")))
    address: Mapped[str] = mapped_column(String(300), info=label(_l("Installation address")))
    valid_from: Mapped[date] = mapped_column(info=label(_l("From")))
    valid_until: Mapped[date | None] = mapped_column(info=label(_l("Until")))
    status: Mapped[SubscriptionStatus] = mapped_column(
        words(SubscriptionStatus, "subscription_status"), default=SubscriptionStatus.ACTIVE, info=label(_l("Status"))
    )

    customer: Mapped[Customer] = relationship(back_populates="subscriptions", info=label(_l("Customer")))
    plan: Mapped[Plan] = relationship(lazy="joined", innerjoin="unnested", info=label(_l("Plan")))

    def __str__(self) -> str:
        """Return plan and address."""
        return f"{self.plan.name}, {self.address}"
