"""The shapes that figures come in: tables whose numbers open the rows behind them, and charts of the same numbers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ecrm.reports.period import Period

WIDE = 9  # columns from which a page lies on its side


class Kind(Enum):
    """What a column holds; surfaces write it accordingly, and a spreadsheet gets the plain number."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"  # 0 to 100 with one decimal, None where there is nothing to divide
    MINUTES = "minutes"  # whole minutes
    MBPS = "mbps"
    RUPIAH = "rupiah"
    RATING = "rating"  # mean of 1 to 5 with two decimals
    DAY = "day"
    DAYS = "days"  # with one decimal


@dataclass(frozen=True)
class Opens:
    """The list behind a number: the rows of `model` that these filters of its list find, all that the number counts."""

    model: Any
    filters: dict[str, str]


@dataclass(frozen=True)
class Column:
    """A column: its stable key, what people call it, and what it holds."""

    key: str
    label: Any
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Row:
    """The values in the order of the columns; `opens` leads from a column's key to the rows behind its number."""

    values: tuple[Any, ...]
    opens: dict[str, Opens] = field(default_factory=dict)


class Drawn(Enum):
    """How a chart is drawn."""

    BARS = "bars"  # one bar for each label, side by side for several series
    STACK = "stack"  # one bar for each label, series on top of each other
    LINES = "lines"  # one line for each series over the labels


@dataclass(frozen=True)
class Series:
    """One value for each label of its chart; None leaves a gap."""

    name: Any
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """Numbers to be drawn; the table of the same key says the same in words."""

    key: str
    title: Any
    drawn: Drawn
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Table:
    """Rows under columns; `total` is a last row of its own, None where the numbers do not add up (a median)."""

    key: str
    title: Any
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None

    @property
    def lines(self) -> tuple[Row, ...]:
        """Return the rows, and the total under them; of an empty table nothing."""
        return (*self.rows, self.total) if self.total and self.rows else self.rows

    def chart(self, title: Any, drawn: Drawn, *keys: str) -> Chart:
        """Return the columns `keys` as a chart, a series for each; the first column names the labels."""
        places = {column.key: number for number, column in enumerate(self.columns)}
        shown = [self.columns[places[key]] for key in keys]
        series = tuple(Series(column.label, tuple(row.values[places[column.key]] for row in self.rows)) for column in shown)
        return Chart(self.key, title, drawn, tuple(row.values[0] for row in self.rows), series, shown[0].kind)


@dataclass(frozen=True)
class Scope:
    """What a report is about: a period as it stood at a moment, perhaps one branch, perhaps one category (their ids)."""

    period: Period
    at: datetime
    branch_id: int | None = None
    category_id: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A whole report: tables and charts; `notes` say how the figures are defined."""

    kind: str
    title: Any
    scope: Scope
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    notes: tuple[Any, ...] = ()

    @property
    def wide(self) -> bool:
        """Return whether the report lies on its side on paper."""
        return any(len(table.columns) >= WIDE for table in self.tables)

    @property
    def empty(self) -> bool:
        """Return whether there was nothing in the period."""
        return not any(table.rows for table in self.tables)
