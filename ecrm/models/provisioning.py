"""What provisioning is told: that a bandwidth addition began, or is over."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.bandwidth import BandwidthGrant
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words


class ProvisionEvent(Labelled):
    """What happened with the addition."""

    STARTED = "started", _l("Begun")
    EXPIRED = "expired", _l("Expired")
    REVOKED = "revoked", _l("Revoked")


class ProvisionCall(HasId, db.Model):
    """A call to provisioning: tried until it is answered, once for each event of an addition."""

    __tablename__ = "provision_call"
    __label__: Any = _l("Call to provisioning")
    __labels__: Any = _l("Calls to provisioning")
    __no_trail__ = True
    __table_args__ = args(
        UniqueConstraint("grant_id", "event"), CheckConstraint("tries >= 0", name="tries_not_negative"), Index(None, "sent_at", "next_try_at"), Index(None, "queued_at"),
    )

    grant_id: Mapped[int] = mapped_column(ForeignKey("bandwidth_grant.id"), info=label(_l("Bandwidth addition")))
    event: Mapped[ProvisionEvent] = mapped_column(words(ProvisionEvent, "provision_event"), info=label(_l("What happened")))
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Queued")))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Sent")))
    tries: Mapped[int] = mapped_column(default=0, info=label(_l("Tries")))
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Next try")))
    last_error: Mapped[str | None] = mapped_column(String(500), info=label(_l("Last error")))

    grant: Mapped[BandwidthGrant] = relationship(info=label(_l("Bandwidth addition")))

    def __str__(self) -> str:
        """Return the event and the number of the call."""
        return f"{self.event.label} {self.id}"
