"""The forms of every screen: groups, the right control for each field, help, and what is filled in beforehand."""

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_admin.model.fields import AjaxSelectField
from wtforms import BooleanField, DateField, FileField, HiddenField, SelectFieldBase, TextAreaField

from ecrm import checks
from ecrm.admin import lookup
from ecrm.i18n import gettext as _


class Forming:
    """The part of a screen that its forms ask.

    A subclass declares: `groups` of the form (title, columns), `help` for columns, `wide` columns of the form, and
    `opens_row` where saving leads to the row's page.
    """

    # What Flask-Admin and the rest of the screen bring.
    model: Any
    get_url: Any
    _form_ajax_refs: Any

    groups: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    help: dict[str, Any] = {}
    wide: tuple[str, ...] = ("address",)
    opens_row = False

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
            bounds = {"type": "date", "min": str(checks.FIRST_DAY), "max": str(checks.LAST_DAY)}
            return bounds | ({"data-after": "valid_from"} if field.short_name == "valid_until" else {})
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
