"""What was said of complaints that came near their target or passed it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words
from ecrm.models.complaint import Complaint


class Target(Labelled):
    """Which of a complaint's two targets."""

    RESPONSE = "response", _l("First response")
    RESOLUTION = "resolution", _l("Resolution")


class Level(Labelled):
    """How near the target was."""

    NEAR = "near", _l("80 % used up")
    MISSED = "missed", _l("Missed")


class Escalation(HasId, db.Model):
    """One escalation of a complaint: told once for each target, level and round; a reopening begins another round."""

    __tablename__ = "escalation"
    __label__: Any = _l("Escalation")
    __labels__: Any = _l("Escalations")
    __append_only__ = True
    __no_trail__ = True
    __table_args__ = args(UniqueConstraint("complaint_id", "target", "level", "round"), Index(None, "at"))

    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), info=label(_l("Complaint")))
    target: Mapped[Target] = mapped_column(words(Target, "target"), info=label(_l("Target")))
    level: Mapped[Level] = mapped_column(words(Level, "level"), info=label(_l("Level")))
    round: Mapped[int] = mapped_column(default=0, info=label(_l("Round")))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, info=label(_l("Due")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))

    complaint: Mapped[Complaint] = relationship(info=label(_l("Complaint")))

    def __str__(self) -> str:
        """Return level and complaint."""
        return f"{self.level}: {self.complaint}"
