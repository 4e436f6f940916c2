"""How days, times, money, numbers and sizes are written in the reader's language: the one place that says so."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from ecrm.i18n import reader_locale, reader_zone

# CLDR parts the hour from am and pm with a space that neither our PDFs' letters nor every old phone know.
NARROW, FIRM = "\u202f", "\xa0"


def language() -> Locale:
    """Return the reader's language."""
    return reader_locale() or Locale("id")


def zone() -> ZoneInfo:
    """Return the reader's time zone."""
    return ZoneInfo(str(reader_zone()))


def day(value: date, style: str = "medium") -> str:
    """Return a day, such as “23 Nov 2026”; long is “23 November 2026”, full has the weekday too."""
    return _day(value.year, value.month, value.day, style, language().language)


@lru_cache(4096)
def _day(year: int, month: int, day: int, style: str, code: str) -> str:
    """Return a day; a list writes the same few again and again."""
    return format_date(date(year, month, day), style, code)


def weekday(value: date, year: bool = True) -> str:
    """Return a day with its weekday in short, such as “Sen, 23 Nov 2026”."""
    return format_skeleton("yMMMEd" if year else "MMMEd", _start(value), locale=language())


def short_day(value: date) -> str:
    """Return a day of this year, such as “23 Nov”."""
    return _short_day(value.month, value.day, language().language)


@lru_cache(2048)
def _short_day(month: int, day: int, code: str) -> str:
    return format_skeleton("MMMd", datetime(2024, month, day), locale=code)


def month(value: date, short: bool = False) -> str:
    """Return a month, such as “November 2026” or “Nov 2026”."""
    return format_skeleton("yMMM" if short else "yMMMM", _start(value), locale=language())


def hour(at: time | datetime, seconds: bool = False) -> str:
    """Return a time of day, such as “14.05”; that of a moment is the one of the zone it carries."""
    return _hour(at.hour, at.minute, at.second if seconds else None, language().language)


@lru_cache(4096)
def _hour(hour: int, minute: int, second: int | None, code: str) -> str:
    return format_time(time(hour, minute, second or 0), "short" if second is None else "medium", None, code).replace(NARROW, FIRM)


def moment(at: datetime, where: ZoneInfo | None = None, style: str = "medium") -> str:
    """Return a moment in short on the reader's clock, or that of a place, such as “23 Nov 2026 14.05”."""
    return _moment(at.astimezone(where or zone()), style, language().language)


def _moment(local: datetime, style: str, code: str) -> str:
    """Return a moment on the clock that it carries; who writes many of them asks once for the language."""
    return _joint(code).format(_hour(local.hour, local.minute, None, code), _day(local.year, local.month, local.day, style, code))


def exact(at: datetime, where: ZoneInfo | None = None, style: str = "long") -> str:
    """Return a moment in full with its zone, such as “23 November 2026 14.05 WIB”."""
    local = at.astimezone(where or zone())
    return f"{_moment(local, style, language().language)} {local.tzname()}"


def brief(at: datetime, present: datetime) -> str:
    """Return a moment as a dense list needs it: day and time this year, the day alone of years before."""
    where, code = zone(), language().language
    local = at.astimezone(where)
    if local.year != present.astimezone(where).year:
        return _day(local.year, local.month, local.day, "medium", code)
    return _joint(code).format(_hour(local.hour, local.minute, None, code), _short_day(local.month, local.day, code))


def joined(day: str, hour: str) -> str:
    """Return a written day and a written time as the language puts them together."""
    return _joint(language().language).format(hour, day)


@lru_cache(16)
def _joint(code: str) -> str:
    return str(get_datetime_format("medium", code))


def number(value: float, style: str | None = None) -> str:
    """Return a number with the separators of the language."""
    return _decimal(value, style, language())


@lru_cache(4096)  # a dashboard writes the same small numbers a thousand times
def _decimal(value: float, style: str | None, spoken: Locale) -> str:
    return str(format_decimal(value, style, spoken))


def rupiah(amount: int) -> str:
    """Return an amount of money, such as “Rp 250.000”, which no line break parts."""
    return f"Rp{FIRM}{number(amount)}"


def html(words: str, *values: Any) -> Markup:
    """Return HTML with values in the places of its {}, each escaped; Markup.format takes five times as long, which a list has hundreds of."""
    return Markup(words.format(*map(escape, values)))


def size(count: int) -> str:
    """Return a number of bytes as kB or MB."""
    if count >= 1_000_000:
        return f"{number(round(count / 1_000_000, 1))} MB"
    return f"{number(max(1, count // 1000))} kB"


def _start(value: date) -> datetime:
    """Return the begin of a day: of a bare one Babel knows no patterns by name."""
    return datetime(value.year, value.month, value.day)
