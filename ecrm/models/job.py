"""The periodic jobs of the worker, and how they last went."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, UtcDateTime, args, label


class Job(HasId, db.Model):
    """One periodic job: whose turn it is now, and when, how long and how well it last ran."""

    __tablename__ = "job"
    __label__: Any = _l("Periodic job")
    __labels__: Any = _l("Periodic jobs")
    __no_trail__ = True
    __table_args__ = args(CheckConstraint("failures >= 0", name="failures_not_negative"))

    name: Mapped[str] = mapped_column(String(40), unique=True, info=label(_l("Name")))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Last run")))
    seconds: Mapped[float | None] = mapped_column(info=label(_l("Duration (seconds)")))
    done: Mapped[int] = mapped_column(default=0, info=label(_l("Done in the last run")))
    worked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Last had something to do")))
    failures: Mapped[int] = mapped_column(default=0, info=label(_l("Failures in a row")))
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Last failure")))
    last_error: Mapped[str | None] = mapped_column(String(500), info=label(_l("Last error")))
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Next run")))
    lease_owner: Mapped[str | None] = mapped_column(String(64), info=label(_l("Worker")))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Lease until")))

    def __str__(self) -> str:
        """Return its name."""
        return self.name
