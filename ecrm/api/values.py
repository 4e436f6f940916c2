"""From JSON to the values of a row, by the same checks as the forms."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import request
from sqlalchemy import Boolean, Date, Enum, Integer
from werkzeug.exceptions import BadRequest
from wtforms.validators import StopValidation, ValidationError

from ecrm import checks, policy
from ecrm.api import door, resources
from ecrm.api.problems import Problem
from ecrm.api.resources import Resource
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models.base import Priority, PriorityType


class Unfit(Exception):
    """A value of the wrong kind; str() is for who wrote the program."""


def body() -> dict[str, Any]:
    """Return the JSON object that was sent; raises Problem."""
    if request.mimetype != "application/json":
        raise Problem(415, _("Send a JSON object, as application/json."))
    try:
        found = request.get_json()
    except (BadRequest, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Problem(400, _("Send a JSON object, as application/json."))
    return found


def from_text(resource: Resource, name: str, given: str) -> Any:
    """Return the value of a filter, None for what the column cannot hold."""
    column = resource.column(name)
    try:
        value = _typed(column, checks.whole(given) if isinstance(column.type, Integer | PriorityType) else given)
    except Unfit:
        return None
    for tidy in checks.of_column(resource.model, name)["filters"]:
        value = tidy(value)
    return value


def read(resource: Resource, names: tuple[str, ...], sent: dict[str, Any], created: bool) -> dict[str, Any]:
    """Return {attribute: value} of what was sent of the fields `names`; a new row needs all that have no default.

    Raises Problem (422), which says what is wrong with which field.
    """
    known = resource.seen(door.role(), names)
    errors: dict[str, Any] = {name: _("This is not known here.") for name in sent if name not in known}
    found: dict[str, Any] = {}
    for name in known:
        column = resource.column(name)
        if name not in sent and (not created or column.nullable or column.default is not None):
            continue
        try:
            value = _checked(resource, name, sent.get(name))
            found[_attribute(resource, name)] = value
        except (Unfit, ValidationError, StopValidation) as error:
            errors[name] = str(error)
    if errors:
        raise Problem(422, _("Some fields are not right."), errors)
    return found


def _attribute(resource: Resource, name: str) -> str:
    """Return the relation of a column that points to another table, else the column."""
    return name.removesuffix("_id") if resource.column(name).foreign_keys else name


def _checked(resource: Resource, name: str, value: Any) -> Any:
    column = resource.column(name)
    if column.foreign_keys:
        return _row(column, value)
    value = _typed(column, value)
    rules = checks.of_column(resource.model, name)
    for tidy in rules["filters"]:
        value = tidy(value)
    if value in (None, ""):
        if column.nullable:
            return None
        raise Unfit(checks.REQUIRED)
    field = SimpleNamespace(data=value, raw_data=[str(value)], errors=[], gettext=_, ngettext=_)
    for check in rules["validators"]:
        check(None, field)
    return value


def _row(column: Any, number: Any) -> Any:
    """Return the row that an id points to, of those that exist for the token."""
    if number is None:
        if column.nullable:
            return None
        raise Unfit(checks.REQUIRED)
    model = resources.remote(column)
    row = None
    if type(number) is int and 0 < number <= checks.LARGEST:
        row = db.session.scalars(policy.visible(model, door.role(), door.user()).where(model.id == number)).one_or_none()
    if row is None:
        raise Unfit(_("Not a valid choice."))
    return row


def _typed(column: Any, value: Any) -> Any:
    """Return a value of JSON as the column's Python type; raises Unfit."""
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, PriorityType | Enum):
        return _member(Priority if isinstance(kind, PriorityType) else kind.enum_class, value)
    if isinstance(kind, Date):
        return _day(value)
    if isinstance(kind, Boolean | Integer):
        wanted = bool if isinstance(kind, Boolean) else int
        if type(value) is not wanted:
            raise Unfit(_("Send true or false.") if wanted is bool else _("Send a whole number."))
        return value
    return text(value)


def text(value: Any) -> str:
    """Return a value that is text; half of a pair of surrogates, which JSON can spell, is none. Raises Unfit."""
    if type(value) is not str or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Unfit(_("Send text."))
    return str(checks.strip(value))


def _member(kind: Any, value: Any) -> Any:
    found = [member for member in kind if type(value) in (str, int) and member.value == value]
    if not found:
        raise Unfit(_("Not a valid choice."))
    return found[0]


def _day(value: Any) -> date:
    try:
        if type(value) is str and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Unfit(_("Send a day such as 2026-01-31."))


