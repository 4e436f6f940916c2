"""Which customers saw which promos in the portal."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, UtcDateTime, args, label, now
from ecrm.models.customer import Customer
from ecrm.models.plan import Promo


class PromoSeen(HasId, db.Model):
    """The first time that a customer opened a promo, or the page that lists it."""

    __tablename__ = "promo_seen"
    __label__: Any = _l("Promo seen")
    __labels__: Any = _l("Promos seen")
    __no_trail__ = True
    __table_args__ = args(UniqueConstraint("promo_id", "customer_id"), Index(None, "customer_id"), Index(None, "seen_at"), Index(None, "promo_id", "seen_at"))

    promo_id: Mapped[int] = mapped_column(ForeignKey("promo.id"), info=label(_l("Promo")))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), info=label(_l("Customer")))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("First seen")))

    promo: Mapped[Promo] = relationship(info=label(_l("Promo")))
    customer: Mapped[Customer] = relationship(info=label(_l("Customer")))

    def __str__(self) -> str:
        """Return the promo and the customer."""
        return f"{self.promo} – {self.customer}"


def note(connection: Connection, customer_id: int, promos: list[int], at: datetime) -> None:
    """Note that a customer saw promos (their ids); the first time stays, also where two requests note it at once."""
    rows = [{"promo_id": number, "customer_id": customer_id, "seen_at": at} for number in promos]
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(PromoSeen).values(rows).on_conflict_do_nothing())
    else:
        fresh = mysql.insert(PromoSeen).values(rows)
        connection.execute(fresh.on_duplicate_key_update(seen_at=PromoSeen.seen_at))
