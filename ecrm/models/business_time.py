"""When a branch is at work: its weekly hours, and the days on which nobody works."""

from datetime import date, time
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm import formats
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, Versioned, args, label, words
from ecrm.models.branch import Branch


class Weekday(Labelled):
    """The days of the week, in the order of date.weekday()."""

    MONDAY = "mon", _l("Monday")
    TUESDAY = "tue", _l("Tuesday")
    WEDNESDAY = "wed", _l("Wednesday")
    THURSDAY = "thu", _l("Thursday")
    FRIDAY = "fri", _l("Friday")
    SATURDAY = "sat", _l("Saturday")
    SUNDAY = "sun", _l("Sunday")


class WorkingHours(HasId, Versioned, db.Model):
    """One stretch of work on a weekday, on the branch's own clock; a day may have several, such as around Friday's prayer."""

    __tablename__ = "working_hours"
    __label__: Any = _l("Working hours")
    __labels__: Any = _l("Working hours")
    __table_args__ = args(
        UniqueConstraint("branch_id", "weekday", "opens"), CheckConstraint("closes > opens", name="closes_after_opens")
    )

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    weekday: Mapped[Weekday] = mapped_column(words(Weekday, "weekday"), info=label(_l("Day")))
    opens: Mapped[time] = mapped_column(info=label(_l("Opens")))
    closes: Mapped[time] = mapped_column(info=label(_l("Closes")))

    branch: Mapped[Branch] = relationship(info=label(_l("Branch")))

    def __str__(self) -> str:
        """Return day and hours."""
        return f"{self.weekday} {formats.hour(self.opens)}–{formats.hour(self.closes)}"


class Holiday(HasId, Versioned, db.Model):
    """A day on which nobody works, of one branch or of all; one that is not `observed` is a working day all the same."""

    __tablename__ = "holiday"
    __label__: Any = _l("Holiday")
    __labels__: Any = _l("Holidays")
    __table_args__ = args(UniqueConstraint("day", "name", "branch_id"))

    day: Mapped[date] = mapped_column(info=label(_l("Day")))
    name: Mapped[str] = mapped_column(String(150), info=label(_l("Name")))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), index=True, info=label(_l("Branch (blank: all)")))
    observed: Mapped[bool] = mapped_column(default=True, info=label(_l("Nobody works")))

    branch: Mapped[Branch | None] = relationship(info=label(_l("Branch (blank: all)")))

    def __str__(self) -> str:
        """Return the day and its name."""
        return f"{formats.day(self.day)}: {self.name}"
