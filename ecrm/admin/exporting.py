"""The exports of a screen: exactly the rows that its list finds, in its order, read a chunk at a time."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, g, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import to_user_timezone
from flask_login import current_user
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from ecrm import exports, policy
from ecrm.admin import lookup, stretches
from ecrm.admin.stretches import Stretch
from ecrm.extensions import PATIENCE, db
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.texts import NotPlain, Texts

LONGEST = 60  # seconds in which the ids of all rows must be found; the rows themselves are read in short statements
CHUNK = 1_000  # rows that are in memory at a time


class Exporting:
    """The part of a screen that sends all rows of its list."""

    # What the screen and Flask-Admin bring.
    model: Any
    role: RoleName
    loads: Any
    _asked: Any
    _get_field_value: Any
    _export_columns: Any
    _get_list_extra_args: Any
    _get_list_url: Any
    _get_column_by_idx: Any
    export_types: Any
    column_formatters_export: Any

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Send what the filters show, all of it, in the order of the list, row by row."""
        if export_type not in self.export_types:
            abort(404)
        arguments = self._get_list_extra_args()
        if g.get("filter_refused"):  # the list says why; a file with rows that nobody asked for would say nothing
            return redirect(self._get_list_url(arguments))
        column = self._get_column_by_idx(arguments.sort)
        asked = self._asked(arguments.search, arguments.filters, column and column[0], arguments.sort_desc)
        chunks = self._chunks(asked.query, asked.order)
        next(chunks)
        header = [str(label) for _name, label in self._export_columns]
        scope = policy.scope(self.model, self.role, current_user)
        name = f"{self.model.__tablename__}-{to_user_timezone(now()):%Y%m%d-%H%M}"
        try:
            if self.column_formatters_export:
                raise NotPlain
            columns = Texts(self.model, self._export_names(), self.role, exports.Cells(), plain=export_type == "xlsx")
        except NotPlain:
            return exports.response(export_type, name, header, (row for ids in chunks for row in self._export_rows(ids, scope)))
        return exports.response(export_type, name, header, columns.read(db.engine, chunks, scope), made=True)

    def _export_names(self) -> list[str]:
        return [name for name, _label in self._export_columns]

    def _chunks(self, query: Any, order: Sequence[Stretch]) -> Iterator[list[int]]:
        """Yield nothing once the first ids are known, then the ids of all rows, each once, in their order.

        The first leave at once. The others are kept, 8 bytes each, so that rows that move meanwhile are neither left out nor
        sent twice, and no connection waits for a slow download.
        """
        first = stretches.take(query, order, CHUNK)
        db.session.close()
        yield []
        yield first
        sent, rest = set(first), array("q")
        for stretch in order if len(first) == CHUNK else ():
            statement = stretch.of(query).with_entities(self.model.id).statement
            ids = db.session.execute(statement.execution_options(yield_per=10_000, **{PATIENCE: LONGEST})).scalars()
            rest.extend(number for number in ids if number not in sent)
        db.session.close()
        for start in range(0, len(rest), CHUNK):
            yield rest[start:start + CHUNK].tolist()

    def _export_rows(self, ids: list[int], scope: Any) -> Iterator[list[Any]]:
        """Yield the values of the rows with these ids, read as objects and forgotten."""
        names = self._export_names()
        statement = select(self.model).options(*self.loads(names)).where(scope, self.model.id.in_(ids))
        with Session(db.engine) as session:
            rows = {row.id: row for row in session.scalars(statement)}
            lookup.remember(session, self.role, rows.values(), names)
            values = [[self.get_export_value(rows[number], name) for name in names] for number in ids if number in rows]
            del rows
        yield from values

    def get_export_value(self, model: Any, name: str) -> Any:
        """Return the value of a cell; exports.py writes it in the reader's language."""
        if name in self.column_formatters_export:
            return self.column_formatters_export[name](self, None, model, name)
        value = self._get_field_value(model, name)
        return exports.Phone(value) if value and self._kind(name) == "phone" else value

    def _kind(self, path: str) -> str | None:
        *heads, last = path.split(".")
        model = self.model
        for head in heads:
            model = inspect(model).relationships[head].mapper.class_
        return getattr(model, last).info.get("kind")
