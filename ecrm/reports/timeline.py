"""Counts along the time of a report: a row and a point for each day, or for each month of a long period."""

from datetime import datetime, timedelta
from typing import Any

from ecrm import formats
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.reports.period import Period, month
from ecrm.reports.shapes import Chart, Column, Drawn, Kind, Opens, Row, Series, Table

MOST_DAYS = 62  # a longer period is told by months


def steps(period: Period, most_days: int = MOST_DAYS) -> list[Period]:
    """Return the days of a period, of one longer than `most_days` its months, cut to the period."""
    if (period.last - period.first).days < most_days:
        days = [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]
        return [Period(day, day, period.zone) for day in days]
    found, day = [], period.first
    while day <= period.last:
        last = min(month(day.year, day.month, period.zone).last, period.last)
        found.append(Period(day, last, period.zone))
        day = last + timedelta(days=1)
    return found


def text(step: Period) -> str:
    """Return a step as people write it: the day, or the month."""
    return formats.short_day(step.first) if step.first == step.last else formats.month(step.first, short=True)


def of(model: Any, moments: tuple[tuple[str, Any, str], ...], days: dict[str, dict[int, int]], base: dict[str, str],
       period: Period, at: datetime, most_days: int = MOST_DAYS) -> tuple[Table, Chart]:
    """Return the table and the lines of how many rows have each of `moments` (key, label, filter) on each step until `at`.

    `days` are the numbers of each day (as date.toordinal() counts) by key.
    """
    made = [step for step in steps(period, most_days) if step.begin <= at]
    counts = {key: [_between(days[key], step) for step in made] for key, *_rest in moments}
    rows = tuple(
        Row((text(step), *(counts[key][place] for key, *_rest in moments)),
            {key: Opens(model, base | {name: step.days}) for key, _label, name in moments})
        for place, step in enumerate(made))
    total = Row((_("Total"), *(sum(counts[key]) for key, *_rest in moments)),
                {key: Opens(model, base | {name: period.days}) for key, _label, name in moments})
    columns = (Column("day", _l("Time"), Kind.TEXT), *(Column(key, label) for key, label, _name in moments))
    title = _("By month") if made and made[0].first != made[0].last else _("By day")
    series = tuple(Series(label, tuple(counts[key])) for key, label, *_rest in moments)
    empty = not any(map(sum, counts.values()))
    return Table("time", title, columns, () if empty else rows, total), Chart("time", title, Drawn.LINES, tuple(map(text, made)), series)


def _between(days: dict[int, int], step: Period) -> int:
    return sum(days.get(day, 0) for day in range(step.first.toordinal(), step.last.toordinal() + 1))
