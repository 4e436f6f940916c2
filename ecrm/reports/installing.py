"""How long it takes from an application to its activation, and which share stayed within the standard."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Installation, ServiceStandard
from ecrm.models.elapsed import seconds_between
from ecrm.models.recap import Measure
from ecrm.reports import counting
from ecrm.reports.counting import how_many
from ecrm.reports.period import Period
from ecrm.reports.shapes import Opens
from ecrm.rules.measures import Kept, Standing

MINUTES = 24 * 60  # of a day


@dataclass(frozen=True)
class Connecting:
    """The median in days, with one decimal, of what was activated in a period, and the share of what was registered in it that stayed within the standard."""

    median: float | None
    share: float | None
    activated: Opens
    counted: Opens | None  # None where there is no standard


def connecting(session: Session, period: Period, at: datetime) -> Connecting:
    """Return the figures of a period; the share is that of the sheet of service quality."""
    done = counting.within(Installation.activated_at, period)
    spread = counting.spreads(session, Installation.status, seconds_between(Installation.registered_at, Installation.activated_at), done)[None]
    median = None if spread.median is None else counting.rounded(Decimal(spread.median) / MINUTES, "0.1")
    activated = Opens(Installation, {"activated_at": period.days})
    standard = session.scalars(select(ServiceStandard).where(ServiceStandard.measure == Measure.INSTALLED, ServiceStandard.active.is_(True))).first()
    if standard is None:
        return Connecting(median, None, activated, None)
    standing = Standing(session, standard, period.begin, period.end, at)
    yes, no = session.execute(select(*(how_many(standing.condition(kept)) for kept in (Kept.YES, Kept.NO))).where(standing.among())).one()
    return Connecting(median, counting.percent(yes, yes + no), activated, Opens(Installation, {"standard": f"{Measure.INSTALLED.value}.counted.{period.days}"}))
