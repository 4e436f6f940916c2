"""What customers ask for: promos that they saw in the portal."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.customer import Customer
from ecrm.models.plan import Promo


class PromoRequestStatus(Labelled):
    """Where a request stands; the moves between are in ecrm/rules/promo_request.py."""

    REQUESTED = "requested", _l("Requested")
    ACCEPTED = "accepted", _l("Accepted")
    DECLINED = "declined", _l("Declined")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class PromoRequest(HasId, Versioned, db.Model):
    """A customer's “I'm interested” in a promo; one at a time is open for each promo and customer."""

    __tablename__ = "promo_request"
    __label__: Any = _l("Promo request")
    __labels__: Any = _l("Promo requests")
    __table_args__ = args(Index(None, "status", "requested_at"), Index(None, "promo_id", "requested_at"), Index(None, "customer_id"), Index(None, "requested_at"))

    promo_id: Mapped[int] = mapped_column(ForeignKey("promo.id"), info=label(_l("Promo")))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), info=label(_l("Customer")))
    remark: Mapped[str | None] = mapped_column(String(500), info=label(_l("Remark")))
    status: Mapped[PromoRequestStatus] = mapped_column(
        words(PromoRequestStatus, "promo_request_status"), default=PromoRequestStatus.REQUESTED, info=label(_l("Status"))
    )
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Requested")))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Answered")))

    promo: Mapped[Promo] = relationship(info=label(_l("Promo")))
    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))

    def __str__(self) -> str:
        """Return the promo and the customer."""
        return f"{self.promo} – {self.customer}"
