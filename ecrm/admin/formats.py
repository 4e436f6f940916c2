"""How values look on the staff sites."""

from datetime import date, datetime, time
from typing import Any

from flask import g, url_for
from markupsafe import Markup, escape

from ecrm import formats
from ecrm.extensions import db
from ecrm.formats import html
from ecrm.i18n import gettext as _
from ecrm.models.base import Labelled, Priority

BADGE = '<span class="badge badge-{} is-{}">{}</span>'


def moment(_view: Any, value: datetime, _name: str) -> Any:
    """Return a moment in local time, in full with its zone on hover."""
    return html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), formats.exact(value), formats.moment(value))


def day(_view: Any, value: date, _name: str) -> str:
    """Return a day."""
    return formats.day(value)


def hour(_view: Any, value: time, _name: str) -> str:
    """Return a time of day."""
    return formats.hour(value)


def word(_view: Any, value: Labelled, name: str) -> Any:
    """Return a status as a badge with its text, any other member as its label."""
    if name in ("status", "state", "coverage", "level"):
        return html(BADGE, "status", value.value, value.label)
    return value.label


def urgency(_view: Any, value: Priority, _name: str) -> Any:
    """Return a priority as a badge with its text."""
    return html(BADGE, "priority", value.name.lower(), value.label)


def truth(_view: Any, value: bool, _name: str) -> str:
    """Return yes or no."""
    return _("Yes") if value else _("No")


def number(_view: Any, value: int, name: str) -> str:
    """Return a number with the locale's separators; ids and row numbers as they are."""
    return str(value) if name in ("id", "row_id") else formats.number(value)


def row(view: Any, value: Any, _name: str) -> Any:
    """Return a related row as a link to its page, or as text where the role has no screen for it."""
    if not view.site_has(type(value)):
        return str(value)
    return html('<a href="{}">{}</a>', address(f"{view.role.value}_{value.__tablename__}", value.id), str(value))


def address(endpoint: str, number: int) -> str:
    """Return the address of a row's page; to make each of a list anew takes longer than all else about its cell."""
    known: dict[str, str] = g.setdefault("row_addresses", {})
    if endpoint not in known:
        known[endpoint] = url_for(f"{endpoint}.details_view", id="")
    return f"{known[endpoint]}{number}"


def rows(view: Any, value: list[Any], name: str) -> Any:
    """Return several values, separated by commas."""
    shown = [row(view, item, name) if isinstance(item, db.Model) else escape(str(item)) for item in value]
    return Markup(", ").join(shown)


def pairs(_view: Any, value: dict[str, Any], _name: str) -> Any:
    """Return a mapping as lines of "name: value"."""
    return Markup("<br>").join(html("<b>{}</b>: {}", key, item) for key, item in value.items())


def nothing(_view: Any, _value: None, _name: str) -> str:
    """Return nothing for nothing."""
    return ""


FORMATS: dict[type, Any] = {
    type(None): nothing, Priority: urgency, Labelled: word, bool: truth, int: number, datetime: moment, date: day, time: hour,
    db.Model: row, list: rows, dict: pairs,
}
