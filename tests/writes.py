"""Which tables the statements of an application wrote to, so that only these are looked at and put back."""

import re
from typing import Any

from flask import Flask
from sqlalchemy import event

from ecrm.extensions import db

READS = re.compile(r"\s*(SELECT|PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|EXPLAIN|SHOW|CHECKSUM|SET)\b", re.IGNORECASE)
WRITES = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+[`\"]?(\w+)", re.IGNORECASE)


class Writes:
    """What was written since `forget()`: names of tables."""

    def __init__(self, app: Flask) -> None:
        """Listen to the application's database."""
        self.every = {table.name for table in db.metadata.sorted_tables}
        self.tables: set[str] = set()
        self.count = 0  # statements, but for those on sessions: the tests' browsers log in and out as they like
        self.fingerprint: tuple[int, dict[str, Any]] = (-1, {})  # of all tables, at this count
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if READS.match(statement):
            return
        found = WRITES.match(statement)
        if not found or found[1] not in self.every:
            self.anywhere()  # what is not understood
            return
        self.tables.add(found[1])
        self.count += found[1] != "user_session"

    def anywhere(self) -> None:
        """Take every table as written to: another process works on the database."""
        self.tables |= self.every
        self.count += 1

    def forget(self) -> None:
        """Begin anew."""
        self.tables.clear()

    def touched(self) -> list[Any]:
        """Return the tables that were written to and all that refer to them, in the order in which rows can be put in."""
        found = set(self.tables)
        for table in db.metadata.sorted_tables:  # those that are referred to come first
            if any(key.column.table.name in found for key in table.foreign_keys):
                found.add(table.name)
        return [table for table in db.metadata.sorted_tables if table.name in found]
