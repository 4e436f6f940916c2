"""Figures that stay as they were: a report as plain data with its fingerprint, back again, and what is different now."""

import hashlib
import json
from collections import Counter
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale

from ecrm.models import Recap
from ecrm.models.account import Language, User
from ecrm.models.recap import FrozenBecause
from ecrm.reports.shapes import Column, Kind, Row, Scope, Sheet, Table


def figures(sheet: Sheet) -> dict[str, Any]:
    """Return a report as what JSON can hold, in the language that it was made in."""
    return {
        "language": str(get_locale()), "title": str(sheet.title), "notes": [str(note) for note in sheet.notes],
        "tables": [
            {
                "key": table.key, "title": str(table.title),
                "columns": [[column.key, str(column.label), column.kind.value] for column in table.columns],
                "rows": [_plain(row) for row in table.rows], "total": _plain(table.total) if table.total else None,
            }
            for table in sheet.tables
        ],
    }


def _plain(row: Row) -> list[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in row.values]


def fingerprint(kept: dict[str, Any]) -> str:
    """Return the SHA-256 of figures, the same on every machine: keys in order, no spaces, UTF-8."""
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(sheet: Sheet, because: FrozenBecause, at: datetime, by: User | None = None, once: str | None = None) -> Recap:
    """Return the frozen recap of a report, unsaved."""
    kept, scope = figures(sheet), sheet.scope
    return Recap(
        kind=sheet.kind, first_day=scope.period.first, last_day=scope.period.last, branch_id=scope.branch_id,
        category_id=scope.category_id, figures=kept, sha256=fingerprint(kept), because=because, at=at, by=by, once=once,
    )


def language(recap: Recap) -> str:
    """Return the language that a recap's words are in; only in it can it be held against the figures of today."""
    return str(recap.figures.get("language", Language.INDONESIAN.value))


def untouched(recap: Recap) -> bool:
    """Return whether the figures are those that the fingerprint was taken of."""
    return fingerprint(recap.figures) == recap.sha256


def thaw(recap: Recap, scope: Scope) -> Sheet:
    """Return the report as it was; its numbers open no lists, which have gone on since."""
    tables = tuple(
        Table(
            table["key"], table["title"], tuple(Column(key, label, Kind(kind)) for key, label, kind in table["columns"]),
            tuple(Row(tuple(values)) for values in table["rows"]), Row(tuple(table["total"])) if table["total"] else None,
        )
        for table in recap.figures["tables"])
    return Sheet(recap.kind, recap.figures["title"], scope, tables, (), tuple(recap.figures["notes"]))


def differences(then: Sheet, today: Sheet) -> list[tuple[str, str, str, Kind, Any, Any]]:
    """Return (table, row, column, kind, then, now) of each value that is another one now; None where a row is new or gone.

    A column that its table did not have then is no difference.
    """
    headed = {table.key: {column.key for column in table.columns} for table in then.tables}
    old, new = _numbers(then), {key: found for key, found in _numbers(today).items() if key[2] in headed.get(key[0], (key[2],))}
    return [(*place[1:], (old.get(key) or new[key])[0], old.get(key, (None, None))[1], new.get(key, (None, None))[1])
            for key, place in (_places(then) | _places(today)).items() if old.get(key, (None, None))[1] != new.get(key, (None, None))[1]]


def _cells(sheet: Sheet) -> Any:
    """Yield (key, table, row, column, value) of each value; rows are known by their first text and which of that text they are, columns by their key."""
    for table in sheet.tables:
        named, seen = table.columns[0].kind is Kind.TEXT, Counter[str]()
        for row in table.lines:
            name = "=" if row is table.total else str(row.values[0]) if named else ""
            seen[name] += 1
            for column, value in list(zip(table.columns, _plain(row), strict=True))[named:]:
                yield (table.key, f"{name} {seen[name]}", column.key), table, row, column, value


def _numbers(sheet: Sheet) -> dict[Any, tuple[Kind, Any]]:
    return {key: (column.kind, value) for key, _table, _row, column, value in _cells(sheet)}


def _places(sheet: Sheet) -> dict[Any, tuple[Any, str, str, str]]:
    return {key: (key, str(table.title), str(row.values[0]), str(column.label)) for key, table, row, column, _value in _cells(sheet)}
