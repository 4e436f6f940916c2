"""Installations: from a person's wish for a connection to its activation."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import Language, User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import CoverageArea
from ecrm.models.complaint import Channel
from ecrm.models.customer import Customer
from ecrm.models.plan import Plan, Promo


class HalfDay(Labelled):
    """When somebody is at home for the visit."""

    WEEK_MORNING = "week_morning", _l("Monday to Friday, morning")
    WEEK_AFTERNOON = "week_afternoon", _l("Monday to Friday, afternoon")
    SATURDAY_MORNING = "saturday_morning", _l("Saturday, morning")
    SATURDAY_AFTERNOON = "saturday_afternoon", _l("Saturday, afternoon")


class InstallationStatus(Labelled):
    """Where an application stands; the moves between are in ecrm/rules/installation.py."""

    REGISTERED = "registered", _l("Registered")
    SURVEYED = "surveyed", _l("Surveyed")
    NOT_COVERED = "not_covered", _l("Not covered")
    SCHEDULED = "scheduled", _l("Scheduled")
    INSTALLED = "installed", _l("Installed")
    ACTIVATED = "activated", _l("Activated")
    CANCELLED = "cancelled", _l("Cancelled")


class Installation(HasId, Versioned, db.Model):
    """An application of a new person, or of a customer for another address."""

    __tablename__ = "installation"
    __label__: Any = _l("Installation")
    __labels__: Any = _l("Installations")
    __named_by__ = ("number", "applicant_name")
    __table_args__ = args(
        Index(None, "status", "registered_at"), Index(None, "technician_id", "status", "visit_at"), Index(None, "area_id"),
        Index(None, "registered_at"), Index(None, "visit_at"), Index(None, "activated_at"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Number")))
    applicant_name: Mapped[str] = mapped_column(String(100), info=label(_l("Applicant")))
    applicant_phone: Mapped[str] = mapped_column(String(20), info=label(_l("Phone"), kind="phone"))
    applicant_email: Mapped[str | None] = mapped_column(String(254), info=label(_l("E-mail"), kind="email"))
    address: Mapped[str] = mapped_column(String(300), info=label(_l("Address")))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True, info=label(_l("Customer")))
    area_id: Mapped[int] = mapped_column(ForeignKey("coverage_area.id"), info=label(_l("Coverage area")))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), info=label(_l("Plan")))
    promo_id: Mapped[int | None] = mapped_column(ForeignKey("promo.id"), index=True, info=label(_l("Promo")))
    visit_times: Mapped[str | None] = mapped_column(String(100), info=label(_l("Preferred visit times")))  # words of HalfDay, by commas
    channel: Mapped[Channel | None] = mapped_column(words(Channel, "installation_channel"), info=label(_l("Channel")))  # unknown of old ones
    language: Mapped[Language] = mapped_column(
        words(Language, "installation_language"), default=Language.INDONESIAN, info=label(_l("Language"))
    )
    agreed_wording: Mapped[str | None] = mapped_column(String(20), info=label(_l("Agreed to the use of the data (wording)")))
    status: Mapped[InstallationStatus] = mapped_column(
        words(InstallationStatus, "installation_status"), default=InstallationStatus.REGISTERED, info=label(_l("Status"))
    )
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Registered")))
    survey_result: Mapped[str | None] = mapped_column(Text, info=label(_l("Survey result")))
    visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Visit")))
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("Technician")))
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Activated")))
    report: Mapped[str | None] = mapped_column(Text, info=label(_l("Work report")))

    customer: Mapped[Customer | None] = relationship(info=label(_l("Customer")))
    area: Mapped[CoverageArea] = relationship(info=label(_l("Coverage area")))
    plan: Mapped[Plan] = relationship(info=label(_l("Plan")))
    promo: Mapped[Promo | None] = relationship(info=label(_l("Promo")))
    technician: Mapped[User | None] = relationship(info=label(_l("Technician")))
    demand: Mapped["Demand | None"] = relationship(back_populates="installation", info=label(_l("Demand")))  # noqa: F821

    @property
    def half_days(self) -> str:
        """What people call the preferred visit times; a word that is none of ours, as an import may bring, as it is."""
        names = {half.value: str(half.label) for half in HalfDay}
        return "; ".join(names.get(word, word) for word in (self.visit_times or "").split(",") if word)

    def __str__(self) -> str:
        """Return number and applicant."""
        return f"{self.number} {self.applicant_name}"
