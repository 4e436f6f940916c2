"""Which rows a screen finds: scope, search, filters and order."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import abort, flash, g, request
from flask_admin.model.base import ViewArgs
from flask_login import current_user
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm import Load
from werkzeug.utils import cached_property

from ecrm import policy, search
from ecrm.admin import lookup, paging
from ecrm.admin.stretches import MOST_COUNTED, Stretch
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import User
from ecrm.models.account import RoleName
from ecrm.rows import everything

MOST_FILTERS = 20
OWN_ARGUMENTS = ("view",)  # what a page of ours may add to the address of a list


class Asked(NamedTuple):
    """The rows that a list shows, their order, how many are worth counting, and how many there are known to be at least."""

    query: Any
    order: list[Stretch]
    most: int
    least: int = 0


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

    def get_list(self, page: Any, sort_column: Any, sort_desc: Any, text: Any, filters: Any, execute: bool = True,
                 page_size: int | None = None) -> tuple[int, Sequence[Any]]:
        """Return how many rows are found, and those of one page, with all that its columns need.

        The ids come from an index alone; only the rows of the page are read.
        """
        asked = self._asked(text, filters, sort_column, sort_desc)
        size = page_size or self.page_size  # type: ignore[attr-defined]
        g.listed = paging.listed(asked.query, self.get_query(), asked.order, page or 0, size, asked.most, asked.least)
        rows = {row.id: row for row in db.session.scalars(self._reading, {"ids": g.listed.ids})} if g.listed.ids else {}
        shown = [rows[number] for number in g.listed.ids if number in rows]
        lookup.remember(db.session, self.role, shown, self.column_list)  # type: ignore[attr-defined]
        return g.listed.count, shown

    @cached_property
    def _reading(self) -> Any:
        """The statement that reads the rows of a page by their `ids`; every page needs it, so it is made once."""
        return select(self.model).options(*self.loads(self.column_list)).where(self.model.id.in_(bindparam("ids", expanding=True)))  # type: ignore[attr-defined]

    def _get_filter_groups(self) -> None:
        """Return nothing: the controls of the filters are ours, and ask each filter."""

    def listed(self) -> paging.Listed:
        """Return where the page that is drawn stands in the list."""
        found: paging.Listed = g.listed
        return found

    def _asked(self, text: str | None, filters: Any, name: str | None, descending: Any) -> Asked:
        """Return what the filters and the search let through.

        What a search finds exactly comes first, unless somebody asks for another order.
        """
        query, order = self._found(filters), self._stretches(name, descending)
        if not text or not self._search_supported:  # type: ignore[attr-defined]
            return Asked(query, order, MOST_COUNTED)
        found = search.find(db.session(), self.model, text, self.column_searchable_list, self.role, current_user)  # type: ignore[attr-defined]
        if found.rank is not None and name not in self._sortable_columns:  # type: ignore[attr-defined]
            order = [Stretch(((found.rank, False), *(part for stretch in order for part in stretch.order)), keyed=False)]
        least = 0 if filters or self.grant.rows is not everything else found.least  # type: ignore[attr-defined]
        return Asked(query.filter(found.condition), order, found.most or MOST_COUNTED, least)

    def finds(self, text: str) -> bool:
        """Return whether a search finds anything."""
        return bool(self._asked(text, None, None, None).query.limit(1).count())

    def _found(self, filters: Any) -> Any:
        """Return the query of the rows that the filters let through."""
        return self._apply_filters(self.get_query(), None, {}, {}, filters or [])[0]  # type: ignore[attr-defined]

    def _stretches(self, name: str | None, descending: Any) -> list[Stretch]:
        """Return the order asked for, or the screen's own; the id decides between equals, where there can be any."""
        order = [self.sort] if isinstance(self.sort[0], str) else list(self.sort)
        if name in self._sortable_columns:  # type: ignore[attr-defined]
            order = [(name, bool(descending))]
        order = [(key, down) for key, down in order if self.allowed((key,))]  # type: ignore[attr-defined]
        if not order or not inspect(self.model).columns[order[-1][0]].unique:
            order.append(("id", order[0][1] if order else True))
        return [Stretch(tuple((getattr(self.model, key), down) for key, down in order))]

    def loads(self, names: Sequence[str]) -> list[Any]:
        """Return the loader options that bring the relations in `names` along, so that no row costs a query.

        Of a related row come what it is named by, where its table says so, and the columns that `names` lead to.
        """
        wanted: dict[tuple[str, ...], set[str]] = {}
        for path in names:
            steps, model = (), self.model
            for part in path.split("."):
                relation = inspect(model).relationships.get(part)
                if relation is None:
                    if steps:
                        wanted[steps].add(part)
                    break
                steps, model = (*steps, part), relation.mapper.class_
                wanted.setdefault(steps, set())
        return [_along(self.model, steps, columns) for steps, columns in wanted.items()]

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
        size = self.get_safe_page_size(arguments.page_size)  # type: ignore[attr-defined]
        arguments.page = max(0, min(arguments.page or 0, (MOST_COUNTED - 1) // size))
        arguments.place = paging.place()
        arguments.search = (arguments.search or "").replace("\0", "").strip()[:200] or None
        arguments.sort_desc = 1 if arguments.sort_desc else None
        arguments.extra_args = {name: request.args[name][:50] for name in OWN_ARGUMENTS if request.args.get(name)}
        return arguments

    def _get_list_url(self, view_args: ViewArgs) -> str:
        """Return the address of a list; the one that leads back keeps its place, a changed copy begins at a page."""
        place = getattr(view_args, "place", {})
        if not place:
            return super()._get_list_url(view_args)  # type: ignore[misc]
        kept = view_args.clone(page=0, extra_args=view_args.extra_args | place)
        return super()._get_list_url(kept)  # type: ignore[misc]

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
                g.filter_refused = True
                flash(_("“%(value)s” is no value of the filter “%(filter)s”.", value=value, filter=flt.name), "error")
        return found

    def get_filter_arg(self, index: int, flt: Any) -> str:
        """Return the column: the same in every language."""
        return flt.key

    def get_empty_list_message(self) -> str:
        """Say what the table is for, and where its first row comes from."""
        return str(self.empty)  # type: ignore[attr-defined]

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


def _along(model: Any, steps: Sequence[str], columns: set[str]) -> Any:
    """Return the loader option that brings along a related row with these columns, and what names it."""
    option: Any = Load(model)
    for step in steps:
        relation = inspect(model).relationships[step]
        load = option.selectinload if relation.uselist else option.joinedload
        option, model = load(getattr(model, step)), relation.mapper.class_
    if model.__named_by__:
        option = option.load_only(*lookup.naming(model), *(getattr(model, name) for name in columns))
    return option.lazyload(User.roles) if model is User else option  # a cell shows a name
