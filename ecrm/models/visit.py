"""Visits: one work order for each time that a technician goes to a customer or an applicant."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import Branch
from ecrm.models.complaint import Complaint
from ecrm.models.installation import Installation


class VisitKind(Labelled):
    """What the technician comes for."""

    SURVEY = "survey", _l("Survey")
    INSTALLATION = "installation", _l("Installation")
    REPAIR = "repair", _l("Repair")
    CHECK = "check", _l("Check")


class Half(Labelled):
    """The half of a day that a visit takes; the hours are in ecrm/rules/visit.py."""

    MORNING = "morning", _l("Morning")
    AFTERNOON = "afternoon", _l("Afternoon")


class VisitStatus(Labelled):
    """Where a visit stands; the moves between are in ecrm/rules/visit.py."""

    PLANNED = "planned", _l("Planned")
    DONE = "done", _l("Done")
    FAILED = "failed", _l("Not done")
    CANCELLED = "cancelled", _l("Cancelled")


class Outcome(Labelled):
    """How a visit ended; all but the first ask for another one."""

    DONE = "done", _l("Done")
    NOT_HOME = "not_home", _l("Customer not home")
    NEEDS_PARTS = "needs_parts", _l("Needs parts")
    NEEDS_TEAM = "needs_team", _l("Needs another team")


class Visit(HasId, Versioned, db.Model):
    """An appointment for one complaint or one application, and what came of it.

    `held` is set while the visit is planned and NULL afterwards: NULLs are never equal, so that the unique key lets a technician's
    half day be taken once, on SQLite and MariaDB alike, however many visits it saw before. The window is what the customer was promised.
    """

    __tablename__ = "visit"
    __label__: Any = _l("Visit")
    __labels__: Any = _l("Visits")
    __named_by__ = ("number",)
    __table_args__ = args(
        CheckConstraint("(complaint_id IS NULL) <> (installation_id IS NULL)", name="for_one_thing"),
        CheckConstraint("window_until > window_from", name="window_in_order"),
        UniqueConstraint("technician_id", "day", "half", "held"),
        Index(None, "technician_id", "status", "window_from"), Index(None, "status", "window_from"), Index(None, "branch_id", "day"), Index(None, "window_from"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Number")))
    kind: Mapped[VisitKind] = mapped_column(words(VisitKind, "visit_kind"), default=VisitKind.REPAIR, info=label(_l("Kind")))
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True, info=label(_l("Complaint")))
    installation_id: Mapped[int | None] = mapped_column(ForeignKey("installation.id"), index=True, info=label(_l("Application")))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    technician_id: Mapped[int] = mapped_column(ForeignKey("user.id"), info=label(_l("Technician")))
    day: Mapped[date] = mapped_column(info=label(_l("Day")))
    half: Mapped[Half] = mapped_column(words(Half, "visit_half"), default=Half.MORNING, info=label(_l("Half day")))
    held: Mapped[bool | None] = mapped_column(default=True, info=label(_l("Takes the half day")))
    window_from: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Promised time")))
    window_until: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Promised until")))
    status: Mapped[VisitStatus] = mapped_column(words(VisitStatus, "visit_status"), default=VisitStatus.PLANNED, info=label(_l("Status")))
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "visit_outcome"), info=label(_l("Outcome")))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Planned on")))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Arrived")))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Left")))
    task: Mapped[str | None] = mapped_column(String(500), info=label(_l("What to do")))
    materials: Mapped[str | None] = mapped_column(String(500), info=label(_l("Materials used")))
    serials: Mapped[str | None] = mapped_column(String(300), info=label(_l("Serial numbers of the equipment")))
    down_mbps: Mapped[int | None] = mapped_column(info=label(_l("Measured download (Mbps)"), least=0, greatest=100_000))
    up_mbps: Mapped[int | None] = mapped_column(info=label(_l("Measured upload (Mbps)"), least=0, greatest=100_000))
    note: Mapped[str | None] = mapped_column(Text, info=label(_l("What was done")))

    complaint: Mapped[Complaint | None] = relationship(info=label(_l("Complaint")))
    installation: Mapped[Installation | None] = relationship(info=label(_l("Application")))
    branch: Mapped[Branch] = relationship(info=label(_l("Branch")))
    technician: Mapped[User] = relationship(info=label(_l("Technician")))

    @property
    def planned(self) -> bool:
        """Return whether it is still to come."""
        return self.status is VisitStatus.PLANNED

    @property
    def minutes(self) -> int | None:
        """Return the time on site in minutes, None while nobody has left."""
        return round((self.finished_at - self.started_at).total_seconds() / 60) if self.started_at and self.finished_at else None

    @property
    def who(self) -> str:
        """Return the name of whoever waits for the technician."""
        return self.complaint.customer.name if self.complaint else self.installation.applicant_name if self.installation else ""

    @property
    def phone(self) -> str | None:
        """Return the telephone number of whoever waits."""
        return self.complaint.customer.phone if self.complaint else self.installation.applicant_phone if self.installation else None

    @property
    def address(self) -> str | None:
        """Return where the work is: at the subscription's address, else the customer's or the applicant's."""
        if self.complaint is None:
            return self.installation.address if self.installation else None
        return self.complaint.subscription.address if self.complaint.subscription else self.complaint.customer.address

    @property
    def about(self) -> str:
        """Return what it is about: the complaint's subject, or the plan to connect."""
        return self.complaint.subject if self.complaint else str(self.installation.plan) if self.installation else ""

    def __str__(self) -> str:
        """Return the number; exports write it without loading more."""
        return self.number
