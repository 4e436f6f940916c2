"""Branches and the areas that they serve."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words


class TimeZone(Labelled):
    """Indonesia's three zones; none has daylight saving."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


class Coverage(Labelled):
    """Whether an area can be connected."""

    COVERED = "covered", _l("Covered")
    PLANNED = "planned", _l("Planned")
    NOT_COVERED = "not_covered", _l("Not covered")


class Branch(HasId, Versioned, db.Model):
    """A branch of the provider, with its own clock."""

    __tablename__ = "branch"
    __label__: Any = _l("Branch")
    __labels__: Any = _l("Branches")
    __named_by__ = ("name",)

    code: Mapped[str] = mapped_column(String(10), unique=True, info=label(_l("Code")))
    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    city: Mapped[str] = mapped_column(String(100), info=label(_l("City")))
    address: Mapped[str] = mapped_column(String(300), info=label(_l("Address")))
    phone: Mapped[str] = mapped_column(String(20), info=label(_l("Phone"), kind="phone"))
    time_zone: Mapped[TimeZone] = mapped_column(words(TimeZone, "time_zone"), default=TimeZone.WIB, info=label(_l("Time zone")))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))
    grant_budget_mbps: Mapped[int | None] = mapped_column(info=label(_l("Mbps for bandwidth additions"), least=0))

    def local(self, at: datetime) -> datetime:
        """Return a moment on the branch's own clock, whose date is the day there."""
        return at.astimezone(ZoneInfo(self.time_zone.value))

    def __str__(self) -> str:
        """Return what people call the branch."""
        return self.name


class CoverageArea(HasId, Versioned, db.Model):
    """A named area of a branch and whether it can be connected."""

    __tablename__ = "coverage_area"
    __label__: Any = _l("Coverage area")
    __labels__: Any = _l("Coverage areas")
    __named_by__ = ("name",)
    __table_args__ = args(UniqueConstraint("branch_id", "name"))

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    postcode: Mapped[str | None] = mapped_column(String(5), index=True, info=label(_l("Postcode"), kind="postcode"))
    coverage: Mapped[Coverage] = mapped_column(
        words(Coverage, "coverage"), default=Coverage.PLANNED, info=label(_l("Coverage"))
    )
    covered_since: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Covered since")))

    branch: Mapped[Branch] = relationship(info=label(_l("Branch")))

    @validates("coverage")
    def _note_since(self, _key: str, value: Coverage) -> Coverage:
        """Note when an area becomes covered, whoever writes it: who waits for it is told of that."""
        if value is Coverage.COVERED and self.coverage is not Coverage.COVERED:
            self.covered_since = now()
        return value

    def __str__(self) -> str:
        """Return what people call the area."""
        return self.name
