"""SQL that SQLite and MariaDB write differently: seconds between two moments, and the local day of one."""

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class seconds_between(GenericFunction[int]):
    """Whole seconds from the first moment to the second."""

    type = Integer()
    inherit_cache = True
    name = "seconds_between"


class local_day(GenericFunction[str]):
    """The day, as YYYY-MM-DD, of a moment in UTC shifted by a number of hours: Indonesia's zones never change theirs."""

    type = String()
    inherit_cache = True
    name = "local_day"


@compiles(seconds_between)
def _seconds(element: Any, compiler: Any, **kw: Any) -> str:
    first, last = (compiler.process(clause, **kw) for clause in element.clauses)
    if compiler.dialect.name == "sqlite":
        return f"(CAST(strftime('%s', {last}) AS INTEGER) - CAST(strftime('%s', {first}) AS INTEGER))"
    return f"(TO_SECONDS({last}) - TO_SECONDS({first}))"


@compiles(local_day)
def _local_day(element: Any, compiler: Any, **kw: Any) -> str:
    at, hours = (compiler.process(clause, **kw) for clause in element.clauses)
    if compiler.dialect.name == "sqlite":
        return f"date({at}, ({hours}) || ' hours')"
    return f"CAST(DATE({at} + INTERVAL ({hours}) HOUR) AS CHAR)"
