"""Files of complaints, replies and visits."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import User
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words
from ecrm.models.complaint import Complaint, Reply
from ecrm.models.visit import Visit


class Phase(Labelled):
    """When a photo of a visit was taken."""

    BEFORE = "before", _l("Before the work")
    AFTER = "after", _l("After the work")


class Attachment(HasId, db.Model):
    """A file of a complaint, of one of its replies or of a visit; the bytes are in ecrm/storage.py's keeping."""

    __tablename__ = "attachment"
    __label__: Any = _l("Attachment")
    __labels__: Any = _l("Attachments")
    __append_only__ = True
    __table_args__ = args(CheckConstraint("size > 0", name="size_positive"), CheckConstraint("complaint_id IS NOT NULL OR visit_id IS NOT NULL", name="of_something"), Index(None, "at"))

    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"), index=True, info=label(_l("Complaint")))
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("reply.id"), index=True, info=label(_l("Reply")))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True, info=label(_l("Visit")))
    phase: Mapped[Phase | None] = mapped_column(words(Phase, "photo_phase"), info=label(_l("Taken")))
    name: Mapped[str] = mapped_column(String(150), info=label(_l("File name")))
    media_type: Mapped[str] = mapped_column(String(50), info=label(_l("Type")))
    size: Mapped[int] = mapped_column(info=label(_l("Size (bytes)")))
    sha256: Mapped[str] = mapped_column(String(64), index=True, info=label(_l("Fingerprint")))
    storage_key: Mapped[str] = mapped_column(String(100), info=label(_l("Storage key"), secret=True))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), info=label(_l("By")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))

    complaint: Mapped[Complaint | None] = relationship(back_populates="attachments", info=label(_l("Complaint")))
    visit: Mapped[Visit | None] = relationship(info=label(_l("Visit")))
    reply: Mapped[Reply | None] = relationship(info=label(_l("Reply")))
    by: Mapped[User | None] = relationship(info=label(_l("By")))

    def __str__(self) -> str:
        """Return the name that the sender gave."""
        return self.name
