"""The generic screen: a Flask-Admin view of one table for one role, built from the policy (design, traps 1–12, 15, 19, 20)."""

from typing import Any

from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from sqlalchemy import inspect

from ecrm import policy
from ecrm.admin import codes, fields, filters, formats
from ecrm.admin.exporting import Exporting
from ecrm.admin.forming import Forming
from ecrm.admin.guard import Guarded
from ecrm.admin.kept_views import KeptViews
from ecrm.admin.listing import Listing
from ecrm.admin.moving import Moving
from ecrm.admin.pages import Pages
from ecrm.admin.saving import Saving
from ecrm.extensions import db
from ecrm.i18n import Translated
from ecrm.models.account import RoleName
from ecrm.policy import Right


class ScreenForm(Translated, BaseForm):
    """The base of the forms of all screens."""


class Screen(Guarded, KeptViews, Listing, Exporting, Pages, Forming, Moving, Saving, ModelView):
    """A table's list, details, forms, verbs and exports, as one role may have them.

    A subclass declares: `model`, `columns` of the list, `details` (all that the details page adds), `form` (create and
    edit) or `form_create` and `form_edit`, `search` (columns that the search box reads) and `search_also` (what ecrm/search
    reads beside them), `filters`, `sortable`, `sort` (column, descending), `empty` (what a list without rows says), `group` of the menu, `born(session, row, at, by)` for new rows, and `checks(row)`.
    """

    model: Any
    group: Any = None
    columns: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    form_create: tuple[str, ...] | None = None
    form_edit: tuple[str, ...] | None = None
    search: tuple[str, ...] = ()
    search_also: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    more_filters: tuple[type[Any], ...] = ()
    sortable: tuple[str, ...] = ()
    sort: tuple[str, bool] | tuple[tuple[str, bool], ...] = ("id", True)
    empty: Any = None
    unsolved: tuple[Any, ...] = ()
    solved: tuple[Any, ...] = ()

    form_excluded_columns = ("version",)
    form_base_class = ScreenForm
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
        self.coded = codes.WORDS.get(self.model, {})
        said = {name: words.cell for name, words in self.coded.items()}
        self.column_formatters_detail = said | (self.column_formatters if self.column_formatters_detail is None else self.column_formatters_detail)
        self.column_formatters = said | self.column_formatters
        self.column_formatters_export = said | self.column_formatters_export
        self.can_create = Right.CREATE in found.may and bool(self._form_names("create"))
        self.can_edit = Right.EDIT in found.may and bool(self._form_names("edit"))
        self.can_delete, self.can_export = Right.DELETE in found.may, Right.EXPORT in found.may
        self.column_list = self.allowed(self.columns)
        self.column_details_list = self.column_export_list = self.allowed((*self.columns, *self.details))
        self.column_sortable_list = self.allowed(self.sortable)
        self.column_searchable_list = self.allowed(self.search)
        self.column_filters = [codes.Code(self, name) if name in self.coded else filters.make(self, name) for name in self.allowed(self.filters)]
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

    def title_of(self, row: Any) -> str:
        """Return what stands above a row's page."""
        return str(row)

    def site_has(self, model: Any) -> bool:
        """Return whether the role's site has a screen for `model`."""
        return policy.grant(model, self.role) is not None

    def get_create_form(self) -> Any:
        """Return the form class of new rows."""
        return self._form_of("create")

    def _form_of(self, kind: str) -> Any:
        self.form_columns = self._form_names(kind) or ("id",)
        return self.scaffold_form()

    def get_form(self) -> Any:
        """Return the form class that Flask-Admin asks for when the kind does not matter."""
        return self._form_of("edit")
