"""Plans that the provider sells, and promos on them."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import MYSQL, db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, Versioned, args, label, words


class Audience(Labelled):
    """Whom a promo is for."""

    EVERYBODY = "everybody", _l("Everybody")
    NEW = "new", _l("New customers")
    EXISTING = "existing", _l("Existing customers")


class Plan(HasId, Versioned, db.Model):
    """A plan: speeds in Mbps, monthly price in whole rupiah."""

    __tablename__ = "plan"
    __label__: Any = _l("Plan")
    __labels__: Any = _l("Plans")
    __named_by__ = ("name",)
    __table_args__ = args(
        CheckConstraint("down_mbps > 0 AND up_mbps > 0", name="speed_positive"),
        CheckConstraint("monthly_price >= 0", name="price_not_negative"),
    )

    code: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Code")))
    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    down_mbps: Mapped[int] = mapped_column(info=label(_l("Download (Mbps)"), least=1))
    up_mbps: Mapped[int] = mapped_column(info=label(_l("Upload (Mbps)"), least=1))
    monthly_price: Mapped[int] = mapped_column(info=label(_l("Monthly price (Rp)"), least=0))
    on_sale: Mapped[bool] = mapped_column(default=True, info=label(_l("On sale")))

    def __str__(self) -> str:
        """Return what people call the plan."""
        return self.name


promo_plan = Table(
    "promo_plan",
    db.metadata,
    Column("promo_id", ForeignKey("promo.id", ondelete="CASCADE"), primary_key=True),
    Column("plan_id", ForeignKey("plan.id"), primary_key=True, index=True),
    **MYSQL,
)


class Promo(HasId, Versioned, db.Model):
    """An offer that runs from one day until another."""

    __tablename__ = "promo"
    __label__: Any = _l("Promo")
    __labels__: Any = _l("Promos")
    __table_args__ = args(
        CheckConstraint("valid_until > valid_from", name="until_after_from"), Index(None, "published", "valid_until")
    )

    code: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Code")))
    title: Mapped[str] = mapped_column(String(150), info=label(_l("Title")))
    text: Mapped[str] = mapped_column(Text, info=label(_l("Text")))
    picture_key: Mapped[str | None] = mapped_column(String(100), info=label(_l("Picture")))
    valid_from: Mapped[date] = mapped_column(info=label(_l("From")))
    valid_until: Mapped[date] = mapped_column(info=label(_l("Until")))
    audience: Mapped[Audience] = mapped_column(
        words(Audience, "audience"), default=Audience.EVERYBODY, info=label(_l("For whom"))
    )
    published: Mapped[bool] = mapped_column(default=False, info=label(_l("Published")))

    plans: Mapped[list[Plan]] = relationship(secondary=promo_plan, info=label(_l("Plans")))

    def __str__(self) -> str:
        """Return what people call the promo."""
        return self.title
