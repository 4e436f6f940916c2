"""The time that a report is about: a month, a quarter, or free days, on the clock of a zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ecrm.i18n import gettext as _

LONGEST = 366 * 3  # days of one report
FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTH, QUARTER = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"(\d{4})-Q([1-4])")


class BadPeriod(ValueError):
    """No period: str() says why in the reader's language; `field` is the field of the form."""

    def __init__(self, field: str, text: str) -> None:
        """Keep the field and the reason."""
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both counted, in a zone whose days they are."""

    first: date
    last: date
    zone: ZoneInfo = ZoneInfo("Asia/Jakarta")

    @property
    def begin(self) -> datetime:
        """Return the first moment."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """Return the first moment after the period."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> str:
        """Return the days as the filters of the lists take them."""
        return f"{self.first}..{self.last}"

    @property
    def cut(self) -> bool:
        """Return whether the period is no whole month."""
        return month(self.first.year, self.first.month, self.zone) != self

    def before(self) -> "Period":
        """Return the period of the same length that ends where this one begins."""
        last = self.first - timedelta(days=1)
        return Period(last - (self.last - self.first), last, self.zone)


def month(year: int, number: int, zone: ZoneInfo) -> Period:
    """Return a calendar month."""
    return Period(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]), zone)


def read(given: dict[str, Any], today: date, zone: ZoneInfo) -> Period:
    """Return the period that a form says: `month` 2026-11, or `quarter` 2026-Q4, or `first` and `last`; this month where none.

    Raises BadPeriod, with the field and the reason, for one that is impossible, longer than LONGEST days or far away.
    """
    text = {name: str(given.get(name) or "").strip() for name in ("month", "quarter", "first", "last")}
    if text["first"] or text["last"]:
        return between(text["first"], text["last"], zone)
    if text["quarter"]:
        found = QUARTER.fullmatch(text["quarter"])
        if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
            raise BadPeriod("quarter", _("“%(text)s” is no quarter; write it as 2026-Q4.", text=text["quarter"][:20]))
        last_month = 3 * int(found[2])
        return Period(date(int(found[1]), last_month - 2, 1), month(int(found[1]), last_month, zone).last, zone)
    if text["month"]:
        found = MONTH.fullmatch(text["month"])
        if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR or not 1 <= int(found[2]) <= 12:
            raise BadPeriod("month", _("“%(text)s” is no month; write it as 2026-11.", text=text["month"][:20]))
        return month(int(found[1]), int(found[2]), zone)
    return month(today.year, today.month, zone)


def between(first: str, last: str, zone: ZoneInfo) -> Period:
    """Return the period from a day until another, both as YYYY-MM-DD; raises BadPeriod."""
    begin, end = _day("first", first), _day("last", last)
    if end < begin:
        raise BadPeriod("last", _("The last day lies before the first."))
    if (end - begin).days >= LONGEST:
        raise BadPeriod("last", _("A report covers at most %(years)s years; choose a shorter time.", years=LONGEST // 366))
    return Period(begin, end, zone)


def _day(field: str, text: str) -> date:
    if not text:
        raise BadPeriod(field, _("Enter this day too."))
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise BadPeriod(field, _("“%(text)s” is no day; write it as 2026-11-24.", text=text[:20])) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadPeriod(field, _("This day is too far away."))
    return day
