"""The generic screen: a Flask-Admin view of one table for one role, built from the policy (design, traps 1–12, 15, 19, 20)."""

from collections.abc import Iterator
from typing import Any

from flask import abort, redirect, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, inspect, or_
from sqlalchemy.orm import joinedload

from ecrm import exports, policy
from ecrm.admin import fields, filters, formats, lookup
from ecrm.admin.moving import Moving
from ecrm.admin.saving import Saving
from ecrm.extensions import db
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.policy import Right

MOST_PAGES = 1_000_000
CHUNK = 500  # rows of an export that are in memory at a time
NEEDS = {  # what each of Flask-Admin's views needs; what is not here is refused
    "index_view": Right.READ, "details_view": Right.READ, "create_view": Right.CREATE, "edit_view": Right.EDIT,
    "delete_view": Right.DELETE, "export": Right.EXPORT, "action_view": Right.READ, "ajax_lookup": Right.READ,
    "move_view": Right.READ,
}


class Screen(Moving, Saving, ModelView):
    """A table's list, details, forms, verbs and exports, as one role may have them.

    A subclass declares: `model`, `columns` of the list, `details` (all that the details page adds), `form` (create and
    edit) or `form_create` and `form_edit`, `search` (columns that the search box reads), `filters`, `sortable`,
    `sort` (column, descending), `group` of the menu, `born(session, row, at, by)` for new rows, and `checks(row)`.
    """

    model: Any
    group: Any = None
    columns: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    form_create: tuple[str, ...] | None = None
    form_edit: tuple[str, ...] | None = None
    search: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    more_filters: tuple[type[Any], ...] = ()
    sortable: tuple[str, ...] = ()
    sort: tuple[str, bool] = ("id", True)
    unsolved: tuple[Any, ...] = ()
    extra_needs: dict[str, Right] = {}

    form_excluded_columns = ("version",)
    model_form_converter = fields.Converter
    column_type_formatters = formats.FORMATS
    column_type_formatters_detail = formats.FORMATS
    column_type_formatters_export: dict[type, Any] = {}
    column_formatters_export: dict[str, Any] = {}
    can_view_details = True
    can_set_page_size = True
    named_filter_urls = True
    page_size = 25
    page_size_options = (25, 50, 100)
    export_types = ["csv", "xlsx"]
    list_template = "admin/list.html"
    details_template = "admin/details.html"
    create_template = "admin/create.html"
    edit_template = "admin/edit.html"

    def __init__(self, role: RoleName) -> None:
        """Build the view for a role that has a policy entry for the table."""
        found = policy.grant(self.model, role)
        if found is None:
            raise LookupError(f"{role.value} has no entry for {self.model.__tablename__} in ecrm/policy.py")
        self.role, self.grant = role, found
        self.column_labels = {item.key: item.info.get("label", item.key) for item in self._items()}
        self.column_labels |= {name: self._label(name) for name in (*self.columns, *self.details) if "." in name}
        self.can_create = Right.CREATE in found.may and bool(self._form_names("create"))
        self.can_edit = Right.EDIT in found.may and bool(self._form_names("edit"))
        self.can_delete, self.can_export = Right.DELETE in found.may, Right.EXPORT in found.may
        self.column_list = self.allowed(self.columns)
        self.column_details_list = self.column_export_list = self.allowed((*self.columns, *self.details))
        self.column_sortable_list = self.allowed(self.sortable)
        self.column_searchable_list = self.allowed(self.search)
        self.column_default_sort = self.sort
        self.column_filters = [filters.make(self, name) for name in self.allowed(self.filters)]
        self.column_filters += [kind(self) for kind in self.more_filters if self.allowed((kind.reads,))]
        names = tuple(dict.fromkeys((*self._form_names("create"), *self._form_names("edit"))))
        self.form_columns = names or ("id",)
        self.form_args, self.form_ajax_refs = fields.args(self, names), fields.lookups(self, names)
        table = self.model.__tablename__
        super().__init__(self.model, db, name=self.model.__labels__, category=self.group, endpoint=f"{role.value}_{table}", url=table)

    # What the role may see

    def allowed(self, names: tuple[str, ...]) -> list[str]:
        """Return the columns, relations and dotted paths that the role may see."""
        return [name for name in names if self._may_see(self.model, self.grant, name)]

    def _may_see(self, model: Any, found: policy.Grant | None, name: str) -> bool:
        head, _dot, rest = name.partition(".")
        item = inspect(model).all_orm_descriptors[head]
        if found is None or head in found.hidden or getattr(item, "info", {}).get("secret"):
            return False
        if head not in inspect(model).relationships:
            return True
        remote = inspect(model).relationships[head].mapper.class_
        entry = policy.grant(remote, self.role)
        return entry is not None and (not rest or self._may_see(remote, entry, rest))

    def _items(self) -> list[Any]:
        mapper = inspect(self.model)
        return [*(getattr(self.model, key) for key in mapper.column_attrs.keys()), *mapper.relationships]

    def _label(self, path: str) -> Any:
        model = self.model
        *heads, last = path.split(".")
        for head in heads:
            model = inspect(model).relationships[head].mapper.class_
        return getattr(model, last).info["label"]

    def _form_names(self, kind: str) -> tuple[str, ...]:
        own = self.form_create if kind == "create" else self.form_edit
        return tuple(self.allowed(self.form if own is None else own))

    def site_has(self, model: Any) -> bool:
        """Return whether the role's site has a screen for `model`."""
        return policy.grant(model, self.role) is not None

    def get_create_form(self) -> Any:
        """Return the form class of new rows."""
        return self._form_of("create")

    def get_edit_form(self) -> Any:
        """Return the form class of changes."""
        return super().get_edit_form()

    def _form_of(self, kind: str) -> Any:
        self.form_columns = self._form_names(kind) or ("id",)
        return self.scaffold_form()

    def get_form(self) -> Any:
        """Return the form class that Flask-Admin asks for when the kind does not matter."""
        return self._form_of("edit")

    # Who may come in

    def is_accessible(self) -> bool:
        """Return whether the person at the keyboard has the role."""
        return bool(current_user.is_authenticated and self.role in current_user.role_names)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        """Send nobody to the login, and refuse everybody else."""
        if current_user.is_authenticated:
            abort(403)
        return redirect(url_for("security.login", next=request.full_path))

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        """Refuse what the role has no right to, whatever the template shows."""
        refusal = super()._handle_view(name, **kwargs)
        if refusal is not None:
            return refusal
        needed = (NEEDS | self.extra_needs).get(name)
        if needed is None or needed not in self.grant.may:
            abort(403)
        return None

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the view once; Flask-Admin's own catches TypeError and runs it again (design, trap 15)."""
        return fn(self, *args, **kwargs)

    # Which rows exist

    def get_query(self) -> Any:
        """Return the query of the rows that exist for the person."""
        return db.session.query(self.model).filter(policy.scope(self.model, self.role, current_user))

    def get_count_query(self) -> Any:
        """Return the query of their number."""
        return db.session.query(func.count()).select_from(self.model).filter(policy.scope(self.model, self.role, current_user))

    def get_one(self, id: Any) -> Any:
        """Return the row with this id; one that does not exist for the person is a 404."""
        number = lookup.whole(id)
        row = None if number is None else self.get_query().filter(self.model.id == number).one_or_none()
        return row if row is not None else abort(404)

    def _get_list_extra_args(self) -> Any:
        arguments = super()._get_list_extra_args()
        arguments.page = max(0, min(arguments.page or 0, MOST_PAGES))
        arguments.search = (arguments.search or "").replace("\0", "").strip()[:200] or None
        return arguments

    def _get_list_filter_args(self) -> Any:
        """Return the filters of the URL; an empty choice is none."""
        given = super()._get_list_filter_args() if any(request.args.get(key) for key in request.args if key.startswith("flt")) else []
        return [item for item in given or [] if item[2].strip()]

    def get_filter_arg(self, index: int, flt: Any) -> str:
        """Return the column: the same in every language."""
        return flt.key

    def _apply_search(self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str) -> Any:
        """Narrow to the rows in which every word stands somewhere."""
        for term in search.split()[:8]:
            found = or_(*(lookup.contains(getattr(self.model, name), term) for name in self.column_searchable_list))
            query = query.filter(found)
            count_query = count_query.filter(found) if count_query is not None else None
        return query, count_query, joins, count_joins

    # Exports

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """Send what the filters show, all of it, row by row."""
        if export_type not in self.export_types:
            abort(404)
        header = [str(label) for _name, label in self._export_columns]
        name = f"{self.model.__tablename__}-{now():%Y%m%d-%H%M}"
        return exports.response(export_type, name, header, stream_with_context(self._export_rows(self._export_query())))

    def _export_query(self) -> Any:
        arguments = self._get_list_extra_args()
        column = self._get_column_by_idx(arguments.sort)
        query, joins = self.get_query(), {}
        if arguments.search and self._search_supported:
            query, _count, joins, _joins = self._apply_search(query, None, joins, {}, arguments.search)
        query, _count, joins, _joins = self._apply_filters(query, None, joins, {}, arguments.filters or [])
        query, _joins = self._apply_sorting(query, joins, column[0] if column else None, arguments.sort_desc)
        return query

    def _export_rows(self, query: Any) -> Iterator[list[Any]]:
        """Yield the values of each row: ids stream on a connection of their own, rows are read a chunk at a time."""
        names = [name for name, _label in self._export_columns]
        relations = [joinedload(getattr(self.model, head)) for head in {name.partition(".")[0] for name in names}
                     if head in inspect(self.model).relationships and not inspect(self.model).relationships[head].uselist]
        with db.engine.connect().execution_options(yield_per=CHUNK) as connection:
            for chunk in connection.execute(query.with_entities(self.model.id).statement).scalars().partitions():
                rows = {row.id: row for row in db.session.query(self.model).options(*relations).filter(self.model.id.in_(chunk))}
                for number in chunk:
                    if number in rows:
                        yield [self._get_field_value(rows[number], name) for name in names]

    # Bulk actions: the verbs that need no facts

    def get_empty_list_message(self) -> str:
        """Say that nothing matches."""
        return _("Nothing here matches.")
