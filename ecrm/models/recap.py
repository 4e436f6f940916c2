"""Recaps that were frozen, and the standards of service that the regulator's sheet is held against."""

from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import Branch
from ecrm.models.category import ComplaintCategory


class FrozenBecause(Labelled):
    """Why the figures were kept."""

    KEPT = "kept", _l("Kept by hand")
    PRINTED = "printed", _l("Printed")
    SENT = "sent", _l("Sent by e-mail")


class Recap(HasId, db.Model):
    """A recap as it was: its figures and their fingerprint; it stays so when the rows behind it change.

    `once` names what is made a single time however many workers run, such as the recap of a month that is sent.
    """

    __tablename__ = "recap"
    __label__: Any = _l("Frozen recap")
    __labels__: Any = _l("Frozen recaps")
    __append_only__ = True
    __table_args__ = args(Index(None, "kind", "first_day"), Index(None, "at"), CheckConstraint("last_day >= first_day", name="days_in_order"))

    kind: Mapped[str] = mapped_column(String(20), info=label(_l("Recap")))
    first_day: Mapped[date] = mapped_column(info=label(_l("From")))
    last_day: Mapped[date] = mapped_column(info=label(_l("Until")))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_category.id"), info=label(_l("Category")))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, info=label(_l("Figures")))
    sha256: Mapped[str] = mapped_column(String(64), index=True, info=label(_l("Fingerprint")))
    because: Mapped[FrozenBecause] = mapped_column(words(FrozenBecause, "frozen_because"), info=label(_l("Reason")))
    once: Mapped[str | None] = mapped_column(String(40), unique=True, info=label(_l("Only once")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("By")))

    branch: Mapped[Branch | None] = relationship(info=label(_l("Branch")))
    category: Mapped[ComplaintCategory | None] = relationship(info=label(_l("Category")))
    by: Mapped[User | None] = relationship(info=label(_l("By")))

    def __str__(self) -> str:
        """Return kind and days."""
        return f"{self.kind} {self.first_day}–{self.last_day}"


class Measure(Labelled):
    """What the regulator's sheet measures; a share is to be at least the goal, a rate of disturbances at most."""

    ANSWERED = "answered", _l("Complaints answered in time")
    HANDLED = "handled", _l("General complaints handled in time")
    RESTORED = "restored", _l("Service restored in time")
    BILLING = "billing", _l("Billing complaints handled in time")
    INSTALLED = "installed", _l("Installations in time")
    DISTURBANCES = "disturbances", _l("Disturbance reports for each 100 subscriptions")


class Unit(Labelled):
    """In what a limit is counted; working days skip weekends and holidays of the branch."""

    HOUR = "hour", _l("hours")
    DAY = "day", _l("calendar days")
    WORKING_DAY = "working_day", _l("working days")


class ServiceStandard(HasId, Versioned, db.Model):
    """One threshold of the regulator's sheet: the limit, and which share must keep it."""

    __tablename__ = "service_standard"
    __label__: Any = _l("Service standard")
    __labels__: Any = _l("Service standards")
    __table_args__ = args(
        CheckConstraint("goal_percent BETWEEN 0 AND 100", name="goal_is_a_share"),
        CheckConstraint("within IS NULL OR within > 0", name="within_positive"),
    )

    measure: Mapped[Measure] = mapped_column(words(Measure, "measure"), unique=True, info=label(_l("Measure")))
    name: Mapped[str] = mapped_column(String(150), info=label(_l("Name (Indonesian)")))
    name_en: Mapped[str] = mapped_column(String(150), info=label(_l("Name (English)")))
    within: Mapped[int | None] = mapped_column(info=label(_l("Within"), least=1, greatest=8760))
    unit: Mapped[Unit] = mapped_column(words(Unit, "unit"), default=Unit.DAY, info=label(_l("Unit")))
    goal_percent: Mapped[int] = mapped_column(info=label(_l("Goal (%)"), least=0, greatest=100))
    source: Mapped[str] = mapped_column(String(300), default="", info=label(_l("Source, and how sure it is")))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if str(get_locale()) == "en" else self.name
