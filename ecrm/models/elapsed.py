"""Time in SQL, the same on SQLite and on MariaDB: seconds between two moments, and the day of a moment on a clock."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class seconds_between(GenericFunction[int]):
    """Whole seconds from the first moment to the second."""

    type = Integer()
    inherit_cache = True
    name = "seconds_between"


class day_number(GenericFunction[int]):
    """The day, as date.toordinal() counts it, of a moment in UTC moved by a whole number of hours: Indonesia's zones never change theirs."""

    type = Integer()
    inherit_cache = True
    name = "day_number"


def hours_ahead(zone: ZoneInfo) -> int:
    """Return how many hours a zone's clock is ahead of UTC, for day_number()."""
    offset = datetime(2026, 1, 1, tzinfo=zone).utcoffset() or timedelta(0)
    return int(offset.total_seconds() // 3600)


@compiles(seconds_between)
def _seconds(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(clause, **kw) for clause in element.clauses)
    if compiler.dialect.name == "sqlite":
        return f"({_unix(last)} - {_unix(first)})"
    return f"(TO_SECONDS({last}) - TO_SECONDS({first}))"


@compiles(day_number)
def _day_number(element: Any, compiler: Any, **kw: Any) -> str:
    at, hours = (compiler.process(clause, **kw) for clause in element.clauses)
    if compiler.dialect.name == "sqlite":  # the day of Julius Caesar's calendar begins at noon; 1 January of the year 1 is its 1721425.5
        return f"CAST(julianday(date({_whole(at)}, ({hours}) || ' hours')) - 1721424.5 AS INTEGER)"
    return f"(TO_DAYS({at} + INTERVAL ({hours}) HOUR) - 365)"  # MariaDB counts from the year 0


def _unix(moment: str) -> str:
    return f"CAST(strftime('%s', {_whole(moment)}) AS INTEGER)"


def _whole(moment: str) -> str:
    """Return SQLite's text of a moment without its fraction: its functions of time round .9995 up to the next second, and so to the next day."""
    return f"substr({moment}, 1, 19)"
