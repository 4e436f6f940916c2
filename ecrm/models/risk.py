"""Which subscriptions may be lost: the signs, what each weighs, and the score that the worker keeps."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Labelled, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.customer import Subscription


class RiskSign(Labelled):
    """What is counted; ecrm/rules/risk.py says how. Where it names no other time, in the last 90 days."""

    COMPLAINTS = "complaints", _l("Complaints in 90 days")
    OVERDUE = "overdue", _l("Past the target in 90 days")
    REOPENED = "reopened", _l("Reopened in 90 days")
    LOW_RATING = "low_rating", _l("Rated with one or two stars in 90 days")
    UNSOLVED = "unsolved", _l("Unsolved now")
    SUSPENDED = "suspended", _l("Suspended in 90 days")
    YOUNG = "young", _l("In the first half year")
    YEARS = "years", _l("Full years with us")


class RiskWeight(HasId, Versioned, db.Model):
    """What one sign weighs: points for each, of so many at the most; points below zero speak for the customer."""

    __tablename__ = "risk_weight"
    __label__: Any = _l("Risk weight")
    __labels__: Any = _l("Risk weights")
    __table_args__ = args(CheckConstraint("most > 0", name="most_positive"), CheckConstraint("points BETWEEN -100 AND 100", name="points_in_bounds"))

    sign: Mapped[RiskSign] = mapped_column(words(RiskSign, "risk_sign"), unique=True, info=label(_l("Sign")))
    points: Mapped[int] = mapped_column(info=label(_l("Points for each"), least=-100, greatest=100))
    most: Mapped[int] = mapped_column(default=1, info=label(_l("Counted at the most"), least=1))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))

    def __str__(self) -> str:
        """Return the sign's label."""
        return str(self.sign.label)


class RiskScore(HasId, db.Model):
    """The score of an active subscription as the worker found it; `signs` maps each sign to its count."""

    __tablename__ = "risk_score"
    __label__: Any = _l("Customer at risk")
    __labels__: Any = _l("Customers at risk")
    __no_trail__ = True
    __table_args__ = args(Index(None, "score", "id"), Index(None, "at"))

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id"), unique=True, info=label(_l("Subscription")))
    score: Mapped[int] = mapped_column(info=label(_l("Score")))
    signs: Mapped[dict[str, int]] = mapped_column(JSON, default=dict, info=label(_l("Why")))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Counted")))

    subscription: Mapped[Subscription] = relationship(info=label(_l("Subscription")))

    def __str__(self) -> str:
        """Return the subscription and its score."""
        return f"{self.subscription}: {self.score}"
