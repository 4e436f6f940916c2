"""Which rows a screen finds: scope, search, filters and order, and the export of exactly that."""

from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, flash, g, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.model.base import ViewArgs
from flask_babel import gettext as _, to_user_timezone
from flask_login import current_user
from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ecrm import exports, policy
from ecrm.admin import lookup
from ecrm.extensions import db
from ecrm.models import User
from ecrm.models.account import RoleName
from ecrm.models.base import now

MOST_PAGES = 1_000_000
MOST_FILTERS = 20
MOST_WORDS = 8
CHUNK = 500  # rows of an export that are in memory at a time
OWN_ARGUMENTS = ("view",)  # what a page of ours may add to the address of a list


class Listing:
    """The part of a screen that reads rows."""

    model: Any
    role: RoleName
    sort: Any

    # Which rows exist

    def get_query(self) -> Any:
        """Return the query of the rows that exist for the person."""
        return db.session.query(self.model).filter(policy.scope(self.model, self.role, current_user))

    def get_one(self, id: Any) -> Any:
        """Return the row with this id; one that does not exist for the person is a 404 (design, trap 1)."""
        number = lookup.whole(id)
        row = None if number is None else self.get_query().filter(self.model.id == number).one_or_none()
        return row if row is not None else abort(404)

    def get_list(self, page: Any, sort_column: Any, sort_desc: Any, search: Any, filters: Any, execute: bool = True,
                 page_size: int | None = None) -> tuple[int, Sequence[Any]]:
        """Return how many rows are found, and those of one page, with all that its columns need."""
        found = self._found(search, filters)
        size = page_size or self.page_size  # type: ignore[attr-defined]
        ordered = self._ordered(found, sort_column, sort_desc).options(*self.loads(self.column_list))  # type: ignore[attr-defined]
        rows = ordered.limit(size).offset((page or 0) * size).all()
        lookup.remember(db.session, self.role, rows, self.column_list)  # type: ignore[attr-defined]
        return found.with_entities(func.count(self.model.id)).scalar(), rows

    def _found(self, search: str | None, filters: Any) -> Any:
        """Return the query narrowed by the search, every word of which stands somewhere, and by the filters."""
        query = self.get_query()
        for word in lookup.words(search or "")[:MOST_WORDS] if self._search_supported else ():  # type: ignore[attr-defined]
            columns = [getattr(self.model, name) for name in self.column_searchable_list]  # type: ignore[attr-defined]
            query = query.filter(or_(*(lookup.contains(column, word) for column in columns)))
        return self._apply_filters(query, None, {}, {}, filters or [])[0]  # type: ignore[attr-defined]

    def _ordered(self, query: Any, name: str | None, descending: Any) -> Any:
        """Return the query in the order asked for, or in the screen's own; the id decides between equals."""
        order = [self.sort] if isinstance(self.sort[0], str) else list(self.sort)
        if name in self._sortable_columns:  # type: ignore[attr-defined]
            order = [(name, bool(descending))]
        order = [(key, down) for key, down in order if self.allowed((key,))] + [("id", order[0][1])]  # type: ignore[attr-defined]
        return query.order_by(*((getattr(self.model, key).desc() if down else getattr(self.model, key)) for key, down in order))

    def loads(self, names: Sequence[str]) -> list[Any]:
        """Return the loader options that bring the relations in `names` along, so that no row costs a query."""
        options = []
        for path in names:
            option, model = None, self.model
            for part in path.split("."):
                relation = inspect(model).relationships.get(part)
                if relation is None:
                    break
                load = selectinload if relation.uselist else joinedload
                item = getattr(model, part)
                option = load(item) if option is None else getattr(option, load.__name__)(item)
                model = relation.mapper.class_
            options += [option] if option is not None else []
        return options

    # What the address of a list may say (design, trap 20)

    def _get_list_extra_args(self) -> ViewArgs:
        """Return page, size, order, search and filters, each within what the database takes.

        Only names of ours go on into other addresses: Flask would take _scheme or _external for its own. What is wrong with
        a filter is said once, however often a page asks.
        """
        known = g.setdefault("list_arguments", {})
        if self.endpoint not in known:  # type: ignore[attr-defined]
            known[self.endpoint] = self._read_arguments()  # type: ignore[attr-defined]
        return known[self.endpoint]  # type: ignore[attr-defined]

    def _read_arguments(self) -> ViewArgs:
        arguments = super()._get_list_extra_args()  # type: ignore[misc]
        arguments.page = max(0, min(arguments.page or 0, MOST_PAGES))
        arguments.search = (arguments.search or "").replace("\0", "").strip()[:200] or None
        arguments.sort_desc = 1 if arguments.sort_desc else None
        arguments.extra_args = {name: request.args[name][:50] for name in OWN_ARGUMENTS if request.args.get(name)}
        return arguments

    def _get_list_filter_args(self) -> list[tuple[int, str, str]]:
        """Return (index, label, value) of the filters; an empty choice is none, an impossible one is said and left out."""
        given = sorted(name for name in request.args if name.startswith("flt"))[:MOST_FILTERS]
        found = []
        for name in given:
            key, value = name.partition("_")[2], request.args[name].replace("\0", "").strip()[:100]
            if not value or key not in (self._filter_args or {}):  # type: ignore[attr-defined]
                continue
            index, flt = self._filter_args[key]  # type: ignore[attr-defined]
            if flt.validate(value):
                found.append((index, str(flt.name), value))
            else:
                flash(_("“%(value)s” is no value of the filter “%(filter)s”.", value=value, filter=flt.name), "error")
        return found

    def get_filter_arg(self, index: int, flt: Any) -> str:
        """Return the column: the same in every language."""
        return flt.key

    def get_empty_list_message(self) -> str:
        """Say what the table is for, and where its first row comes from."""
        return str(self.empty)  # type: ignore[attr-defined]

    # Exports

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Send what the filters show, all of it, in the order of the list, row by row."""
        if export_type not in self.export_types:  # type: ignore[attr-defined]
            abort(404)
        arguments = self._get_list_extra_args()
        column = self._get_column_by_idx(arguments.sort)  # type: ignore[attr-defined]
        query = self._ordered(self._found(arguments.search, arguments.filters), column and column[0], arguments.sort_desc)
        ids = array("q", db.session.execute(query.with_entities(self.model.id).statement.execution_options(yield_per=10_000)).scalars())
        header = [str(label) for _name, label in self._export_columns]  # type: ignore[attr-defined]
        scope = policy.scope(self.model, self.role, current_user)
        db.session.close()  # a slow download must not keep a connection
        name = f"{self.model.__tablename__}-{to_user_timezone(now()):%Y%m%d-%H%M}"
        return exports.response(export_type, name, header, self._export_rows(ids, scope))

    def _export_rows(self, ids: array, scope: Any) -> Iterator[list[Any]]:
        """Yield the values of each row. The ids are kept, 8 bytes each; rows are read and forgotten a chunk at a time."""
        names = [name for name, _label in self._export_columns]  # type: ignore[attr-defined]
        statement = select(self.model).options(*self.loads(names)).where(scope)
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start:start + CHUNK].tolist()
            with Session(db.engine) as session:
                rows = {row.id: row for row in session.scalars(statement.where(self.model.id.in_(chunk)))}
                lookup.remember(session, self.role, rows.values(), names)
                values = [[self.get_export_value(rows[number], name) for name in names] for number in chunk if number in rows]
                del rows
            yield from values

    # Values

    def _get_field_value(self, model: Any, name: str) -> Any:
        """Return the value at a dotted path; of a related row that does not exist for the role, a person's name and no more."""
        value = model
        for part in name.split("."):
            value = getattr(value, part) if isinstance(value, db.Model) else None
            if isinstance(value, db.Model) and not lookup.exists(value, self.role):
                value = str(value) if isinstance(value, User) else None
            elif isinstance(value, list):
                value = [item for item in value if not isinstance(item, db.Model) or lookup.exists(item, self.role)]
        return value

    def get_export_value(self, model: Any, name: str) -> Any:
        """Return the value of a cell; exports.py writes it in the reader's language."""
        if name in self.column_formatters_export:  # type: ignore[attr-defined]
            return self.column_formatters_export[name](self, None, model, name)  # type: ignore[attr-defined]
        value = self._get_field_value(model, name)
        return exports.Phone(value) if value and self._kind(name) == "phone" else value

    def _kind(self, path: str) -> str | None:
        *heads, last = path.split(".")
        model = self.model
        for head in heads:
            model = inspect(model).relationships[head].mapper.class_
        return getattr(model, last).info.get("kind")
