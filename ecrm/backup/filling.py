"""Filling an empty database: rows in one transaction, compared with what they were before anybody may see them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import insert, inspect, select, text
from sqlalchemy.engine import Connection

from ecrm.backup.archive import FILES, Reader, unpack
from ecrm.backup.header import ROWS, Header
from ecrm.backup.tables import TOGETHER, Shape, Sum, lines
from ecrm.extensions import db
from ecrm.storage.keeping import Store

NEXT_IDS = "SELECT table_name, auto_increment FROM information_schema.tables WHERE table_schema = DATABASE() AND auto_increment IS NOT NULL"


class Mismatch(Exception):
    """A table holds something else than what was put in; the text names it."""


def is_empty(connection: Connection) -> bool:
    """Return whether none of the program's tables that are there holds a row."""
    there = set(inspect(connection).get_table_names())
    ours = [table for table in db.metadata.sorted_tables if table.name in there]
    return all(connection.execute(select(text("1")).select_from(table).limit(1)).first() is None for table in ours)


def fill(connection: Connection, shape: Shape, found: Iterable[bytes]) -> Sum:
    """Insert lines into a table and return their sum; the caller owns the transaction."""
    total, held = Sum(), []
    for line in found:
        total.add(line)
        held.append(shape.row(line))
        if len(held) == TOGETHER:
            _insert(connection, shape, held)
            held = []
    _insert(connection, shape, held)
    return total


def _insert(connection: Connection, shape: Shape, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(shape.table), rows)


def compare(connection: Connection, shape: Shape, wanted: Sum) -> None:
    """Read a table again; raises Mismatch where it is not what was put in."""
    total = Sum()
    for line in lines(connection, shape):
        total.add(line)
    if total != wanted:
        raise Mismatch(f"{shape.name} holds {total.rows} rows instead of {wanted.rows}, or other ones")


def next_ids(connection: Connection) -> dict[str, int]:
    """Return the number that the next row of each table gets, where the database remembers it (MariaDB)."""
    if connection.dialect.name == "sqlite":
        return {}
    return {name: number for name, number in connection.exec_driver_sql(NEXT_IDS)}


def keep_next_ids(connection: Connection, numbers: dict[str, int]) -> None:
    """Let no number of a deleted row be given out again, where the database can remember it; this ends a transaction."""
    if connection.dialect.name == "sqlite":
        return
    known = {table.name for table in db.metadata.sorted_tables}
    quote = connection.dialect.identifier_preparer.quote
    for name, number in numbers.items():
        if name in known:
            connection.exec_driver_sql(f"ALTER TABLE {quote(name)} AUTO_INCREMENT = {int(number)}")


def bring_back(
    connection: Connection, store: Store, reader: Reader, header: Header, manifest: dict[str, Any],
    progress: Callable[[str], None] = lambda what: None,
) -> None:
    """Fill the tables and the store from a checked archive; the caller owns the transaction. Raises Mismatch, Damaged.

    Rows come before files in the archive: where the files cannot be kept, no row is.
    """
    tables = {shape.name: shape for shape in header.shapes}
    sums = {name: Sum() for name in tables}
    for table, members in groupby(reader.members(), lambda member: _table_of(member[0])):
        if table:
            progress(table)
            sums[table] = fill(connection, tables[table], _lines(members))
        else:
            _keep(store, members)
    for shape in header.shapes:
        if sums[shape.name] != Sum(**manifest["tables"][shape.name]):
            raise Mismatch(f"the rows of {shape.name} are not those of the backup")
        compare(connection, shape, sums[shape.name])


def _table_of(name: str) -> str:
    return name.removeprefix(ROWS).partition("/")[0] if name.startswith(ROWS) else ""


def _lines(members: Iterable[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    for _name, content in members:
        yield from unpack(b"".join(content))


def _keep(store: Store, members: Iterable[tuple[str, Iterator[bytes]]]) -> None:
    for name, content in members:
        if name.startswith(FILES):
            store.put(b"".join(content))
