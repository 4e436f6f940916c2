"""Categories of complaints: what they are about, and their targets."""

from typing import Any

from flask_babel import get_locale
from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, Priority, PriorityType, Versioned, args, label, words


class CategoryKind(Labelled):
    """What a category is about; the regulator's sheet counts them apart."""

    DISTURBANCE = "disturbance", _l("Disturbance")
    BILLING = "billing", _l("Billing")
    GENERAL = "general", _l("General")


class Clock(Labelled):
    """Which hours count towards a target."""

    AROUND = "around", _l("Around the clock")
    BUSINESS = "business", _l("Working hours of the branch")


class ComplaintCategory(HasId, Versioned, db.Model):
    """A kind of complaint, its usual priority and its targets in hours."""

    __tablename__ = "complaint_category"
    __label__: Any = _l("Complaint category")
    __labels__: Any = _l("Complaint categories")
    __named_by__ = ("name", "name_en")
    __table_args__ = args(
        CheckConstraint("response_hours > 0 AND resolution_hours >= response_hours", name="targets_positive"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority_known"),
    )

    code: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Code")))
    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name (Indonesian)")))
    name_en: Mapped[str] = mapped_column(String(100), info=label(_l("Name (English)")))
    priority: Mapped[Priority] = mapped_column(PriorityType, default=Priority.NORMAL, info=label(_l("Usual priority")))
    response_hours: Mapped[int] = mapped_column(info=label(_l("Response target (hours)"), least=1, greatest=8760))
    resolution_hours: Mapped[int] = mapped_column(info=label(_l("Resolution target (hours)"), least=1, greatest=8760))
    clock: Mapped[Clock] = mapped_column(words(Clock, "category_clock"), default=Clock.AROUND, info=label(_l("Targets count")))
    kind: Mapped[CategoryKind] = mapped_column(words(CategoryKind, "category_kind"), default=CategoryKind.GENERAL, info=label(_l("Kind")))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if str(get_locale()) == "en" else self.name
