"""What customers agreed to, when, and to which wording; the newest row of a purpose counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, args, label, now, words
from ecrm.models.customer import Customer


class Purpose(Labelled):
    """What the consent is for."""

    MARKETING = "marketing", _l("Letters about promos")
    PROCESSING = "processing", _l("Use of the data for the application")


class Consent(HasId, db.Model):
    """A consent given or taken back; never changed, the next one follows it."""

    __tablename__ = "consent"
    __label__: Any = _l("Consent")
    __labels__: Any = _l("Consents")
    __append_only__ = True
    __table_args__ = args(Index(None, "customer_id", "purpose", "id"), Index(None, "at"))

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), info=label(_l("Customer")))
    purpose: Mapped[Purpose] = mapped_column(words(Purpose, "consent_purpose"), default=Purpose.MARKETING, info=label(_l("Purpose")))
    given: Mapped[bool] = mapped_column(info=label(_l("Given")))
    wording: Mapped[str] = mapped_column(String(20), info=label(_l("Wording")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Time")))

    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))

    def __str__(self) -> str:
        """Return the purpose and the wording."""
        return f"{self.purpose.label} ({self.wording})"
