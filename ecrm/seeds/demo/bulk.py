"""Rows on their way into the database in bulk: ids are given here, inserts happen in chunks, later events wait their turn."""

from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select

from ecrm.extensions import db

CHUNK = 4000  # rows of all tables together that are kept before they are written
Row = dict[str, Any]


class Bulk:
    """Collects rows and writes them in the order of the foreign keys; nothing is committed."""

    def __init__(self, connection: Connection) -> None:
        """Go on after the ids that are there."""
        self._connection = connection
        self._tables: list[Table] = list(db.metadata.sorted_tables)
        self._rows: dict[str, list[Row]] = {table.name: [] for table in self._tables}
        self._waiting: list[tuple[datetime, int, str, Row]] = []
        self._ids: dict[str, int] = {}
        self._kept = self._pushed = 0

    def new_id(self, table: str) -> int:
        """Return the next id of a table."""
        if table not in self._ids:
            column = db.metadata.tables[table].c.id
            self._ids[table] = self._connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
        self._ids[table] += 1
        return self._ids[table]

    def add(self, table: str, row: Row) -> None:
        """Keep a row to be written; the rows of a table have the same columns."""
        self._rows[table].append(row)
        self._kept += 1
        if self._kept >= CHUNK:
            self.flush()

    def later(self, at: datetime, table: str, row: Row) -> None:
        """Keep a row until reach() comes to its moment, so that ids follow the calendar."""
        self._pushed += 1
        heappush(self._waiting, (at, self._pushed, table, row))

    def reach(self, at: datetime | None) -> None:
        """Add what waited for a moment up to `at`, None for all."""
        while self._waiting and (at is None or self._waiting[0][0] <= at):
            _at, _order, table, row = heappop(self._waiting)
            self.add(table, row)

    def close(self) -> None:
        """Write all that is left."""
        self.reach(None)
        self.flush()

    def written(self, query: Select[Any]) -> Any:
        """Return the only row of a query on what has been written."""
        return self._connection.execute(query).one()

    def flush(self) -> None:
        """Write what is kept, but for what waits for its moment."""
        for table in self._tables:
            rows = self._rows[table.name]
            if rows:
                self._connection.execute(insert(table), rows)
                self._rows[table.name] = []
        self._kept = 0
