"""The cells of lists that say more than their value: formatters of columns, as Flask-Admin calls them."""

from typing import Any

from markupsafe import Markup, escape

from ecrm import formats
from ecrm.admin import look
from ecrm.admin.formats import address as address_of
from ecrm.formats import html
from ecrm.models import TABLES
from ecrm.models.base import now
from ecrm.models.user_session import device


def due(view: Any, _context: Any, row: Any, _name: str) -> Any:
    """Return a complaint's due time with its mark."""
    return escape(look.due_of(row))


def two_lines(first: Any, second: Any) -> Markup:
    """Return what a cell says with more under it, as one block: on a phone a cell is a grid that would part them."""
    return html('<div>{}<br><span class="small muted">{}</span></div>', first, second)


def subject(_view: Any, _context: Any, row: Any, _name: str) -> Any:
    """Return a complaint's subject with its category under it."""
    return two_lines(row.subject, row.category)


def customer(view: Any, _context: Any, row: Any, name: str) -> Any:
    """Return the name of a row's customer as a link, the number on hover."""
    customer = view._get_field_value(row, name)
    if customer is None or not view.site_has(type(customer)):
        return "" if customer is None else str(customer)
    url = address_of(f"{view.role.value}_customer", customer.id)
    return html('<a href="{}" title="{}">{}</a>', url, customer.number, customer.name)


def short(view: Any, _context: Any, row: Any, name: str) -> Any:
    """Return a moment as briefly as a dense list needs it: the time this year, the year before."""
    at = view._get_field_value(row, name)
    if at is None:
        return ""
    return html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), look.exact(at), formats.brief(at, now()))


def visit(view: Any, context: Any, row: Any, name: str) -> Any:
    """Return the time of a visit to come, “today” and “tomorrow” by name, of a past one in short; the moment itself on hover."""
    at = getattr(row, name)
    if at is None or at < now():
        return short(view, context, row, name)
    return html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), look.exact(at), look.visit(at))


def window(_view: Any, _context: Any, row: Any, _name: str) -> Any:
    """Return when a visit was promised: the day, “today” and “tomorrow” by name, and the hours."""
    words = '<time class="nowrap" datetime="{}" title="{}">{}</time>'
    return html(words, row.window_from.isoformat(), look.exact(row.window_from), look.window(row.window_from, row.window_until))


def phone(view: Any, _context: Any, row: Any, name: str) -> Any:
    """Return a telephone number as a link that calls it."""
    number = view._get_field_value(row, name)
    return html('<a class="nowrap" href="tel:{}">{}</a>', number, look.telephone(number)) if number else ""


def address(view: Any, _context: Any, row: Any, name: str) -> Any:
    """Return an address as a link to the map."""
    address = view._get_field_value(row, name)
    if not address:
        return ""
    return html('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>', look.map_url(address), address)


def ago(view: Any, _context: Any, row: Any, name: str) -> Any:
    """Return how far a moment is from now, the moment itself on hover."""
    at = getattr(row, name)
    return html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), look.exact(at), look.ago(at)) if at else ""


def browser(_view: Any, _context: Any, row: Any, _name: str) -> Any:
    """Return the browser of a session as people call it, all that it said on hover."""
    return html('<span title="{}">{}</span>', row.agent, device(row.agent))


def seconds(_view: Any, _context: Any, row: Any, name: str) -> str:
    """Return a duration in seconds with one decimal."""
    return "" if getattr(row, name) is None else formats.number(getattr(row, name), "#,##0.0")


def view_texts(view: Any, _context: Any, row: Any, _name: str) -> Any:
    """Return what a saved view narrows its list to, a line for each."""
    screen = view.sibling(TABLES.get(row.table))
    return Markup("<br>").join(screen.view_texts(row.query)) if screen else ""


def rupiah(view: Any, _context: Any, row: Any, name: str) -> str:
    """Return an amount with the separators of the reader's language."""
    amount = view._get_field_value(row, name)
    return "" if amount is None else formats.rupiah(amount)
