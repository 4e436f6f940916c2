"""Working time: how much of it lies between two moments, and which moment comes after so much of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ecrm.models import Branch, Holiday, WorkingHours
from ecrm.models.business_time import Weekday

Stretch = tuple[time, time]


@dataclass(frozen=True)
class Calendar:
    """When a branch works: stretches by date.weekday() on the clock of `zone`, but not on `holidays`.

    Without any hours it works around the clock. The zones of Indonesia have no daylight saving, so that a local day
    always has 24 hours.
    """

    zone: ZoneInfo = ZoneInfo("UTC")
    hours: dict[int, tuple[Stretch, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def add(self, at: datetime, span: timedelta) -> datetime:
        """Return the moment when `span` of working time has passed since `at`, or lay before it where `span` is negative.

        A moment outside working time counts as the beginning of the next stretch, backwards as the end of the last one.
        """
        if not self.hours:
            return at + span
        if span < timedelta(0):
            return self._back(at, -span)
        stretches = self._stretches(at)
        while True:
            begin, end = next(stretches)
            begin = max(begin, at)
            if begin + span <= end:
                return (begin + span).astimezone(at.tzinfo)
            span -= end - begin

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Return the working time from `first` to `last`; none where `last` is not after `first`."""
        if not self.hours:
            return max(last - first, timedelta(0))
        passed, stretches = timedelta(0), self._stretches(first)
        while True:
            begin, end = next(stretches)
            if begin >= last:
                return passed
            passed += min(end, last) - max(begin, first)

    def is_working_day(self, day: date) -> bool:
        """Return whether anybody works on a day."""
        return not self.hours or (day not in self.holidays and day.weekday() in self.hours)

    def _back(self, at: datetime, span: timedelta) -> datetime:
        stretches = self._stretches_before(at)
        while True:
            begin, end = next(stretches)
            end = min(end, at)
            if end - span >= begin:
                return (end - span).astimezone(at.tzinfo)
            span -= end - begin

    def _stretches(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches that end after `at`, without end: some weekday has hours, and holidays are few."""
        day = at.astimezone(self.zone).date()
        while True:
            for begin, end in self._of(day):
                if end > at:
                    yield begin, end
            day += timedelta(days=1)

    def _stretches_before(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = at.astimezone(self.zone).date()
        while True:
            for begin, end in reversed(self._of(day)):
                if begin < at:
                    yield begin, end
            day -= timedelta(days=1)

    def _of(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.holidays:
            return []
        stretches = self.hours.get(day.weekday(), ())
        return [(datetime.combine(day, opens, self.zone), datetime.combine(day, closes, self.zone)) for opens, closes in stretches]


AROUND_THE_CLOCK = Calendar()


def of(session: Session, branch: Branch) -> Calendar:
    """Return the calendar of a branch as its rows say it: its working hours, and the holidays observed there."""
    order = list(Weekday)
    hours: dict[int, tuple[Stretch, ...]] = {}
    for row in session.scalars(select(WorkingHours).filter_by(branch_id=branch.id).order_by(WorkingHours.opens)):
        day = order.index(row.weekday)
        hours[day] = (*hours.get(day, ()), (row.opens, row.closes))
    days = select(Holiday.day).where(Holiday.observed.is_(True), or_(Holiday.branch_id == branch.id, Holiday.branch_id.is_(None)))
    return Calendar(ZoneInfo(branch.time_zone.value), hours, frozenset(session.scalars(days)))
