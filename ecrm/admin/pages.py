"""What the pages of every screen show beside the rows: groups of a form, links, short lists of what belongs to a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_admin.model.fields import AjaxSelectField
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import BooleanField, DateField, FileField, HiddenField, SelectFieldBase, TextAreaField

from ecrm import policy
from ecrm.admin import lookup, story, stretches
from ecrm.admin.stretches import MOST_COUNTED
from ecrm.extensions import db

SHORT = 5  # rows of a short list, where it does not say


@dataclass(frozen=True)
class Belongs:
    """A short list on a row's page: the rows of `model` for which `where(row)` holds, with these columns.

    `filters` gives the filters of the whole list, `prefill` the arguments of the form of a new row.
    """

    model: Any
    columns: tuple[str, ...]
    where: Any
    filters: Any = None
    prefill: Any = None
    most: int = SHORT


@dataclass(frozen=True)
class Short:
    """A short list with its rows."""

    view: Any
    title: str
    columns: list[str]
    rows: list[Any]
    all_url: str | None
    new_url: str | None
    new_text: str
    back: str

    def url_of(self, row: Any) -> str:
        """Return the address of a row's page."""
        return self.view.get_url(f"{self.view.endpoint}.details_view", id=row.id, url=self.back)


@dataclass(frozen=True)
class Link:
    """A button that leads elsewhere."""

    text: str
    url: str


class Pages:
    """The part of a screen that its templates ask.

    A subclass declares: `groups` of the form (title, columns), `help` for columns, `wide` columns of the form,
    `belongs` (short lists on a row's page), `reach` (the columns of telephone and address), and `opens_row` where
    saving leads to the row's page.
    """

    # What Flask-Admin and the rest of the screen bring.
    admin: Any
    model: Any
    endpoint: str
    columns: tuple[str, ...]
    details: tuple[str, ...]
    column_labels: dict[str, Any]
    column_searchable_list: list[str]
    allowed: Any
    get_url: Any
    _found: Any
    _filter_args: Any
    _get_filters: Any
    _form_ajax_refs: Any

    groups: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    help: dict[str, Any] = {}
    wide: tuple[str, ...] = ("address",)
    belongs: tuple[Belongs, ...] = ()
    opens_row = False
    reach: tuple[str, ...] = ()

    def row_class(self, row: Any) -> str:
        """Return the classes of a row in a list."""
        return ""

    def links(self, row: Any) -> list[Link]:
        """Return the buttons of a row's page that lead elsewhere."""
        return []

    def history(self, row: Any) -> list[story.Event]:
        """Return the history of a row, with the changes of the columns that its page shows."""
        return story.of(row, self, tuple(name for name in (*self.columns, *self.details) if "." not in name))

    def contact(self, row: Any) -> list[Any]:
        """Return telephone and address of a row, for the buttons that call and find; none where the role sees neither."""
        return [getattr(row, name) for name in self.allowed(self.reach)]

    def picture(self, row: Any) -> str | None:
        """Return the address of a row's picture, None where it has none."""
        return None

    def searched(self) -> str:
        """Return the names of the columns that the search box reads."""
        return ", ".join(str(self.column_labels[name]) for name in (*self.column_searchable_list, *self.allowed(self.search_also)))

    def sibling(self, model: Any) -> Any:
        """Return the screen of another table on the same site, None where the role has none."""
        return self.admin.screen(model)

    # Forms

    def groups_of(self, form: Any) -> Iterator[tuple[Any, list[Any]]]:
        """Yield title and fields of each group of a form; what no group names comes last."""
        shown = {field.short_name: field for field in form if self.control_of(field) != "hidden"}
        for title, names in self.groups:
            fields = [shown.pop(name) for name in names if name in shown]
            if fields:
                yield title, fields
        if shown:
            yield (None if not self.groups else _("More")), list(shown.values())

    def control_of(self, field: Any) -> str:
        """Return the control that a field is drawn as: hidden, lookup, tick, ticks, select, text, file or input."""
        if isinstance(field, AjaxSelectField):
            return "lookup"
        if isinstance(field, SelectFieldBase):
            return "ticks" if getattr(field.widget, "multiple", False) else "select"
        kinds = ((BooleanField, "tick"), (TextAreaField, "text"), (FileField, "file"), (HiddenField, "hidden"))
        return next((name for kind, name in kinds if isinstance(field, kind)), "input")

    def errors_of(self, field: Any) -> list[str]:
        """Return the errors of a field; ours are lazy texts, which Flask-Admin's own templates leave out."""
        return [str(error) for error in field.errors if not isinstance(error, (dict, list, tuple))]

    def field_attributes(self, field: Any) -> dict[str, Any]:
        """Return the HTML attributes that give a field the right control and keyboard."""
        control = self.control_of(field)
        if control == "lookup":
            texts = {"data-search": _("Type to search"), "data-nothing": _("Nothing found."), "data-clear": _("Clear")}
            narrowing = lookup.NARROWED.get(field.loader.model)
            return texts | ({"data-depends": narrowing} if narrowing and hasattr(self.model, narrowing) else {})
        if control == "text":
            return {"rows": 5}
        if isinstance(field, DateField):
            return {"type": "date"}
        kinds = {"phone": {"type": "tel"}, "email": {"type": "email"}, "identity_number": {"inputmode": "numeric"},
                 "postcode": {"inputmode": "numeric"}}
        return next((found for end, found in kinds.items() if field.short_name.endswith(end)), {})

    def create_form(self, obj: Any = None) -> Any:
        """Return the form of a new row, its look-ups filled from the address, such as ?customer=7."""
        form = super().create_form(obj)  # type: ignore[misc]
        if request.method == "GET":
            for name, loader in self._form_ajax_refs.items():
                if name in request.args and name in form._fields:
                    form[name].data = loader.get_one(request.args[name])
            self.prefill(form)
        return form

    def prefill(self, form: Any) -> None:
        """Fill in what follows from the rest; screens say what."""

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """Return where saving leads: to the row, or back to the list."""
        if self.opens_row:
            return self.get_url(".details_view", id=model.id)
        return super().get_save_return_url(model, is_created)  # type: ignore[misc]

    # Counting and finding

    def filters_of(self, wanted: dict[str, str]) -> list[tuple[int, str, str]]:
        """Return Flask-Admin's form of filters {key: value}."""
        known = self._filter_args
        return [(known[key][0], str(known[key][1].name), value) for key, value in wanted.items()]

    def list_address(self, wanted: dict[str, str]) -> str:
        """Return the address of the list with these filters."""
        filters = self._get_filters(self.filters_of(wanted))
        return self.get_url(f"{self.endpoint}.index_view", **(filters or {"view": "all"}))

    def count(self, wanted: dict[str, str]) -> int:
        """Return how many rows the list with these filters has, as far as the list counts them."""
        return stretches.counted(self._found(self.filters_of(wanted)), MOST_COUNTED + 1)

    # Short lists

    def short_lists(self, row: Any) -> list[Short]:
        """Return the short lists of a row's page, those of tables that the role may see."""
        return [self._short(wanted, row) for wanted in self.belongs if self.sibling(wanted.model)]

    def _short(self, wanted: Belongs, row: Any) -> Short:
        view = self.sibling(wanted.model)
        query = policy.visible(wanted.model, view.role, current_user).where(wanted.where(row))
        rows = list(db.session.scalars(query.order_by(wanted.model.id.desc()).limit(wanted.most + 1)))
        back = self.get_url(".details_view", id=row.id)
        may_add = wanted.prefill is not None and view.can_create
        return Short(
            view=view, title=str(wanted.model.__labels__), columns=view.allowed(wanted.columns), rows=rows[:wanted.most],
            all_url=view.list_address(wanted.filters(row)) if len(rows) > wanted.most and wanted.filters else None,
            new_url=view.get_url(f"{view.endpoint}.create_view", url=back, **wanted.prefill(row)) if may_add else None,
            new_text=_("New: %(thing)s", thing=wanted.model.__label__), back=back,
        )


def the_only(query: Any) -> Any:
    """Return the row of a SELECT that has just one, else None."""
    rows = list(db.session.scalars(query.limit(2)))
    return rows[0] if len(rows) == 1 else None
