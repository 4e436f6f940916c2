"""Rows for an export as the database writes them, one text for many rows: no driver parses and no object is made of a million rows."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import reduce
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    Boolean, ColumnElement, Date, Enum, Float, Integer, String, Time, bindparam, func, inspect, literal_column, select, type_coerce,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import aliased

from ecrm import exports, policy, rows as scopes
from ecrm.extensions import READS
from ecrm.models import User
from ecrm.models.account import RoleName
from ecrm.models.base import Priority, PriorityType, UtcDateTime

MARK, BREAK = "\x1f", "\x1e"  # after each value of a row, and between rows; where a text holds one, or is cut off, rows are read value by value
KINDS = (
    (UtcDateTime, "moment"), (PriorityType, "word"), (Enum, "word"), (Boolean, "flag"), (Integer, "number"), (Float, "number"), (Date, "day"),
    (Time, "hour"), (String, "text"),
)
Writer = Callable[[str], Any]


class NotPlain(Exception):
    """A column that is more than one text, such as a list, or a relation whose rows do not all exist for the role."""


class Texts:
    """The columns of an export: where they lie, and what is made of their texts."""

    def __init__(self, model: Any, names: Sequence[str], role: RoleName, cells: "exports.Cells", plain: bool) -> None:
        """Find the columns; raises NotPlain. `plain` makes values for a workbook, else texts."""
        self.model, self.role, self.cells, self.plain = model, role, cells, plain
        self.statement: Any = None
        self.joins: dict[tuple[str, ...], Any] = {}
        self.columns: list[Any] = []
        self.makers: list[tuple[int, Writer | None, Any]] = []  # how many texts a column takes, and what makes its value of them
        for name in names:
            self._add(tuple(name.split(".")))

    def _add(self, path: tuple[str, ...]) -> None:
        entity, mapper = self._entity(path[:-1]), self._mapper(path[:-1])
        if path[-1] not in mapper.relationships:
            self.columns.append(getattr(entity, path[-1]))
            self.makers.append((1, self._writer(mapper.columns[path[-1]]), None))
            return
        relation = mapper.relationships[path[-1]]
        if relation.uselist:
            raise NotPlain(".".join(path))
        model = relation.mapper.class_
        parts = _parts(model)
        self.columns += [getattr(self._entity((*path, *part[:-1]), person=model is User), part[-1]) for part in parts]
        self.makers.append((len(parts), None, _Shown(model, parts)))

    def _mapper(self, path: tuple[str, ...]) -> Any:
        mapper = inspect(self.model)
        for name in path:
            mapper = mapper.relationships[name].mapper
        return mapper

    def _entity(self, path: tuple[str, ...], person: bool = False) -> Any:
        """Return the alias of the table at the end of a path of relations."""
        if not path:
            return self.model
        if path not in self.joins:
            relation = self._mapper(path[:-1]).relationships[path[-1]]
            grant = policy.grant(relation.mapper.class_, self.role)
            if not (person or (grant is not None and grant.rows is scopes.everything)):
                raise NotPlain(".".join(path))
            parent, target = self._entity(path[:-1]), aliased(relation.mapper.class_)
            self.joins[path] = (target, getattr(parent, path[-1]).of_type(target))
        return self.joins[path][0]

    def _writer(self, column: Any) -> Writer:
        kind = "phone" if column.info.get("kind") == "phone" else next((name for type_, name in KINDS if isinstance(column.type, type_)), None)
        if kind is None:
            raise NotPlain(column.key)
        members = list(Priority) if isinstance(column.type, PriorityType) else getattr(column.type, "enum_class", None) or ()
        return self.cells.writer(kind, members, self.plain)

    def read(self, engine: Engine, chunks: Iterator[Sequence[int]], scope: ColumnElement[bool]) -> Iterator[Sequence[Any]]:
        """Yield the values of the rows with these ids that still exist for the person, in their order.

        The first chunk leaves at once. From then on the database reads one chunk while what was read before is written; nobody holds a
        connection while a slow reader takes it.
        """
        yield from self._values(self._found(self._connect(engine), next(chunks), scope))
        with ThreadPoolExecutor(1, "export") as ahead:
            coming: Future[list[list[str]]] | None = None
            for ids in chunks:
                rows = coming.result() if coming else []
                coming = ahead.submit(self._found, self._connect(engine), ids, scope)
                yield from self._values(rows)
            yield from self._values(coming.result() if coming else [])

    def _connect(self, engine: Engine) -> Connection:
        return engine.connect().execution_options(**{READS: True})  # in the request, whose patience it has

    def _found(self, connection: Connection, ids: Sequence[int], scope: ColumnElement[bool]) -> list[list[str]]:
        """Return the texts of the rows, the id first."""
        with connection:
            if self.statement is None:  # to make it anew for each chunk takes as long as to read the chunk
                numbers = bindparam("numbers", expanding=True, literal_execute=True)
                together = func.aggregate_strings(_one([self.model.id, *self.columns]), BREAK)
                self.statement = self._from(select(func.count(), together)).where(self.model.id.in_(numbers), scope)
            count, text = connection.execute(self.statement, {"numbers": ids}).one()
            rows = [row.split(MARK) for row in (text or "").split(BREAK)] if count else []
            if len(rows) != count or any(len(row) != len(self.columns) + 2 for row in rows):
                rows = [list(map(str, row)) for row in connection.execute(self._whole(ids, scope))]
        found = {int(row[0]): row for row in rows}
        return [found[number] for number in ids if number in found]

    def _whole(self, ids: Sequence[int], scope: ColumnElement[bool]) -> Any:
        return self._from(select(self.model.id, *map(_text, self.columns))).where(self.model.id.in_(ids), scope)

    def _from(self, statement: Any) -> Any:
        statement = statement.select_from(self.model)
        for _target, relation in self.joins.values():
            statement = statement.outerjoin(relation)
        return statement

    def _values(self, rows: list[list[str]]) -> Iterator[Sequence[Any]]:
        """Return the values of some rows, made column by column: a loop in Python over each row takes twice as long."""
        columns, values, place = list(zip(*rows, strict=True)), [], 1  # the first is the id
        for count, write, shown in self.makers if rows else ():
            texts = columns[place:place + count]
            values.append(map(write, texts[0]) if write is not None else map(shown, zip(*texts, strict=True)))
            place += count
        return zip(*values, strict=True)


class _Shown:
    """What a related row is called, by the columns that its __str__ reads; the last thousands are remembered."""

    MOST = 20_000

    def __init__(self, model: Any, parts: Sequence[tuple[str, ...]]) -> None:
        self.model, self.parts, self.known = model, parts, {("",) * len(parts): ""}

    def __call__(self, texts: tuple[str, ...]) -> str:
        """Return the harmless text of a related row."""
        found = self.known.get(texts)
        if found is None:
            if len(self.known) > self.MOST:
                self.known = {("",) * len(self.parts): ""}
            found = self.known[texts] = exports.harmless(self.model.__str__(self._row(texts)))
        return found

    def _row(self, texts: tuple[str, ...]) -> Any:
        row = SimpleNamespace()
        for part, text in zip(self.parts, texts, strict=True):
            holder = row
            for name in part[:-1]:
                holder.__dict__.setdefault(name, SimpleNamespace())
                holder = getattr(holder, name)
            setattr(holder, part[-1], text)
        return row


class _Probe:
    """Stands in for a row while its __str__ is asked which columns it reads."""

    def __init__(self, mapper: Any, path: tuple[str, ...], found: list[tuple[str, ...]]) -> None:
        self._mapper, self._path, self._found = mapper, path, found

    def __getattr__(self, name: str) -> Any:
        path = (*self._path, name)
        if name in self._mapper.relationships:
            return _Probe(self._mapper.relationships[name].mapper, path, self._found)
        column = self._mapper.columns.get(name)
        if column is None or not isinstance(column.type, String) or isinstance(column.type, Enum):
            raise NotPlain(name)
        if path not in self._found:
            self._found.append(path)
        return ""


def _parts(model: Any) -> list[tuple[str, ...]]:
    """Return the paths of the columns that a model's __str__ reads, in the reader's language; raises NotPlain."""
    found: list[tuple[str, ...]] = []
    model.__str__(_Probe(inspect(model), (), found))
    return found


def _text(column: Any) -> Any:
    """Return a column as text, blank where it is NULL."""
    return func.coalesce(type_coerce(column, String), literal_column("''"))


def _one(columns: Sequence[Any]) -> Any:
    """Return all columns as one text, each with a mark behind it, so that one that was cut off is known."""
    return reduce(lambda one, other: one.concat(other), (part for column in columns for part in (_text(column), MARK)))
