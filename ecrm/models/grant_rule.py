"""Rules by which bandwidth additions are proposed: who is eligible, how much more, and for how long."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Versioned, args, label
from ecrm.models.branch import Branch
from ecrm.models.plan import Plan


class GrantRule(HasId, Versioned, db.Model):
    """Who gets how many Mbps more for how many days; what is left blank does not matter."""

    __tablename__ = "grant_rule"
    __label__: Any = _l("Bandwidth rule")
    __labels__: Any = _l("Bandwidth rules")
    __table_args__ = args(
        CheckConstraint("extra_mbps > 0", name="mbps_positive"), CheckConstraint("days > 1", name="days_more_than_one"),
        CheckConstraint("least_months >= 0", name="months_not_negative"),
    )

    name: Mapped[str] = mapped_column(String(100), unique=True, info=label(_l("Name")))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))
    least_months: Mapped[int] = mapped_column(default=0, info=label(_l("Months of subscription, at least"), least=0, greatest=600))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), info=label(_l("Plan")))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"), info=label(_l("Branch")))
    least_risk: Mapped[int | None] = mapped_column(info=label(_l("Points of risk, at least"), least=1, greatest=1000))
    extra_mbps: Mapped[int] = mapped_column(info=label(_l("Extra Mbps"), least=1, greatest=10_000))
    days: Mapped[int] = mapped_column(info=label(_l("Days"), least=2, greatest=366))

    plan: Mapped[Plan | None] = relationship(info=label(_l("Plan")))
    branch: Mapped[Branch | None] = relationship(info=label(_l("Branch")))

    def __str__(self) -> str:
        """Return what people call the rule."""
        return self.name
