"""The rows of a table as lines of JSON that are the same on every database, and the sum by which two tables are compared."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Double, Integer, LargeBinary, String, Text, Time, TypeDecorator, column, select, table, tuple_
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql import TableClause
from sqlalchemy.types import JSON, TypeEngine

from ecrm.extensions import READS, db
from ecrm.models.base import UtcDateTime

TOGETHER = 1000  # rows that are read and written at once


@dataclass(frozen=True)
class Kind:
    """How values of a kind are read and written, and how their JSON becomes a value again."""

    type: TypeEngine[Any]
    decode: Callable[[Any], Any] | None = None


KINDS = {
    "moment": Kind(UtcDateTime(), datetime.fromisoformat), "day": Kind(Date(), date.fromisoformat),
    "time": Kind(Time(), time.fromisoformat), "yes_no": Kind(Boolean()), "whole": Kind(Integer()), "fraction": Kind(Double()),
    "bytes": Kind(LargeBinary(), b64decode),
    "text": Kind(Text()),  # enums are their words, JSON is its text: a database keeps both as they were written
}
PLAIN: tuple[tuple[Any, str], ...] = (
    (DateTime, "moment"), (Date, "day"), (Time, "time"), (Boolean, "yes_no"), (Integer, "whole"), (Double, "fraction"),
    (LargeBinary, "bytes"), (String, "text"), (JSON, "text"),
)


@dataclass(frozen=True)
class Shape:
    """A table as an archive describes it, so that no model of its time is needed to read it: column → kind, and the key."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]

    @property
    def table(self) -> TableClause:
        """Return the table for statements."""
        return table(self.name, *(column(name, KINDS[kind].type) for name, kind in self.columns.items()))

    def row(self, line: bytes) -> dict[str, Any]:
        """Return the values of a line by column."""
        found = {}
        for (name, kind), value in zip(self.columns.items(), json.loads(line), strict=True):
            decode = KINDS[kind].decode
            found[name] = decode(value) if decode and value is not None else value
        return found


@dataclass
class Sum:
    """How many rows a table has, and the sum of their SHA-256: the same in whatever order they come."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        """Count a line in."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line).digest())) % 2**256


def shapes() -> list[Shape]:
    """Return all tables of the program, each after those that it points to."""
    return [
        Shape(one.name, {item.name: _kind(item) for item in one.columns}, tuple(item.name for item in one.primary_key))
        for one in db.metadata.sorted_tables
    ]


def _kind(item: Column[Any]) -> str:
    plain = item.type.impl_instance if isinstance(item.type, TypeDecorator) else item.type
    for type_, kind in PLAIN:
        if isinstance(plain, type_):
            return kind
    raise TypeError(f"{item.table.name}.{item.name}: say in ecrm/backup/tables.py how {item.type!r} is kept")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the database as it is now, however long it reads; it keeps nobody from writing."""
    sqlite = engine.dialect.name == "sqlite"
    options: dict[str, Any] = {READS: True} if sqlite else {"isolation_level": "REPEATABLE READ"}
    with engine.connect() as bare:
        connection = bare.execution_options(**options)
        if not sqlite:
            connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        yield connection


def lines(connection: Connection, shape: Shape) -> Iterator[bytes]:
    """Give each row as a line without its end, in the order of the key, some of them in memory at a time."""
    source = shape.table
    key = [source.c[name] for name in shape.key]
    places = [list(shape.columns).index(name) for name in shape.key]
    query = select(*source.c).order_by(*key).limit(TOGETHER)
    while rows := connection.execute(query).all():
        yield from (_line(row) for row in rows)
        last = [rows[-1][place] for place in places]
        after = key[0] > last[0] if len(key) == 1 else tuple_(*key) > tuple_(*last)
        query = select(*source.c).where(after).order_by(*key).limit(TOGETHER)


def _line(row: Any) -> bytes:
    plain = [value.isoformat() if isinstance(value, (date, time)) else b64encode(value).decode() if isinstance(value, bytes) else value for value in row]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
