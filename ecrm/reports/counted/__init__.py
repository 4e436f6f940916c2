"""Figures of complaints for reports: those that are no longer unsolved from the days that are counted, the rest from their rows.

The two give what the rows alone give: a change of a finished complaint marks its days in the same transaction
(ecrm/day_marks.py), and a marked day is read from its rows until the worker has counted it anew (keeping.py).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from ecrm.models import CountedDay
from ecrm.models.elapsed import hours_ahead
from ecrm.reports.counted import figures
from ecrm.reports.counted.figures import COUNTED, DONE, MARK, OPEN, Figures, Key
from ecrm.reports.period import Period

MOST_SPANS = 40  # stretches of days without counts that one statement reads; where there are more, all between them is read
Wanted = Callable[[Key], bool]
BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True)
class Split:
    """The days of a period: what is counted of them, and the spans of time that have to be read from the rows."""

    counted: dict[int, tuple[Any, ...]]
    spans: list[tuple[datetime, datetime]]


def split(session: Session, period: Period, *columns: Any) -> Split:
    """Return `columns` of the counted days of a period, by date.toordinal(), and the spans of the others.

    Marks are read first: a day that is counted in between is read from its rows, never left out.
    """
    here = and_(CountedDay.hours == hours_ahead(period.zone), CountedDay.day.between(period.first, period.last))
    marked = set(session.scalars(select(CountedDay.day).where(here, MARK).distinct()))
    rows = session.execute(select(CountedDay.day, *columns).where(here, COUNTED))
    counted = {day.toordinal(): tuple(values) for day, *values in rows if day not in marked}
    gaps, next_day, end = [], period.first.toordinal(), period.last.toordinal() + 1
    for day in (*sorted(counted), end):
        if day > next_day:
            gaps.append((next_day, day))
        next_day = day + 1
    if len(gaps) > MOST_SPANS:
        gaps = [(gaps[0][0], gaps[-1][1])]
    kept = {day: values for day, values in counted.items() if not any(first <= day < last for first, last in gaps)}
    return Split(kept, [(_begin(first, period.zone), _begin(last, period.zone)) for first, last in gaps])


def _begin(day: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromordinal(day), time(), zone)


def entered(session: Session, period: Period, at: datetime) -> Figures:
    """Return the figures of the complaints that were entered in a period, as they stand at a moment."""
    parts = split(session, period, CountedDay.figures, CountedDay.minutes)
    found = figures.of_columns(parts.counted.values())
    if parts.spans:
        found.add(figures.count(session, and_(DONE, figures.within("opened", parts.spans)), at))
    found.add(figures.count(session, and_(OPEN, figures.within("opened", [(period.begin, period.end)])), at))
    return found


def by_day(session: Session, events: Sequence[str], period: Period, wanted: Wanted | None = None) -> list[dict[int, int]]:
    """Return for each event ("opened", "resolved", "ended") how many complaints passed it on each day of a period, by date.toordinal().

    `wanted` says of a branch and a category whether they count.
    """
    parts = split(session, period, CountedDay.moves)
    return [_by_day(session, event, period, parts, wanted) for event in events]


def _by_day(session: Session, event: str, period: Period, parts: Split, wanted: Wanted | None) -> dict[int, int]:
    found = {day: _number(moves[event], wanted, figures.key_of) for day, (moves,) in parts.counted.items()}
    conditions = [and_(DONE, figures.within(event, parts.spans))] if parts.spans else []
    if event == "opened":  # what is unsolved was never resolved, or is so no longer
        conditions.append(and_(OPEN, figures.within(event, [(period.begin, period.end)])))
    for where in conditions:
        for day, counts in figures.by_day(session, event, where, hours_ahead(period.zone)).items():
            found[day] = found.get(day, 0) + _number(counts, wanted, lambda key: key)
    return found


def _number(counts: dict[Any, int], wanted: Wanted | None, key: Callable[[Any], Key]) -> int:
    return sum(number for name, number in counts.items() if wanted(key(name))) if wanted else sum(counts.values())


def unsolved_after(session: Session, days: Iterable[date], zone: ZoneInfo) -> list[int]:
    """Return how many complaints were unsolved at the end of each of some days: those entered until then without those that ended."""
    days = list(days)
    ever = Period(BEGINNING, max(days), zone)
    opened, ended = by_day(session, ("opened", "ended"), ever)
    return [sum(number for day, number in opened.items() if day <= last.toordinal())
            - sum(number for day, number in ended.items() if day <= last.toordinal()) for last in days]


