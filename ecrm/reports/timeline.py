"""Counts along the time of a report: a row and a point for each day, or for each month of a long period."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ecrm import formats
from ecrm.reports import counting
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


def of(session: Session, model: Any, moments: tuple[tuple[str, Any, Any, str], ...], where: ColumnElement[bool], base: dict[str, str],
       period: Period, at: datetime, most_days: int = MOST_DAYS, known: dict[str, dict[int, int]] | None = None) -> tuple[Table, Chart]:
    """Return the table and the lines of how many rows have each of `moments` (key, label, column, filter) on each step until `at`.

    `known` are the numbers of each day (as date.toordinal() counts) by key, where somebody has counted them already.
    """
    made = [step for step in steps(period, most_days) if step.begin <= at]
    days = known or {key: _counted(session, model, column, where, period) for key, _label, column, _filter in moments}
    counts = {key: [_between(days[key], step) for step in made] for key, *_rest in moments}
    rows = tuple(
        Row((text(step), *(counts[key][place] for key, *_rest in moments)),
            {key: Opens(model, base | {name: step.days}) for key, _label, _column, name in moments})
        for place, step in enumerate(made))
    total = Row((_("Total"), *(sum(counts[key]) for key, *_rest in moments)),
                {key: Opens(model, base | {name: period.days}) for key, _label, _column, name in moments})
    columns = (Column("day", _l("Time"), Kind.TEXT), *(Column(key, label) for key, label, *_rest in moments))
    title = _("By month") if made and made[0].first != made[0].last else _("By day")
    series = tuple(Series(label, tuple(counts[key])) for key, label, *_rest in moments)
    empty = not any(map(sum, counts.values()))
    return Table("time", title, columns, () if empty else rows, total), Chart("time", title, Drawn.LINES, tuple(map(text, made)), series)


def _counted(session: Session, model: Any, column: Any, where: ColumnElement[bool], period: Period) -> dict[int, int]:
    day = counting.day_of(column, period)
    found = session.execute(select(day, func.count()).select_from(model).where(counting.within(column, period), where).group_by(day))
    return {number: count for number, count in found}


def _between(days: dict[int, int], step: Period) -> int:
    return sum(days.get(day, 0) for day in range(step.first.toordinal(), step.last.toordinal() + 1))
