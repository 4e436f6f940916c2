"""What the staff templates use: times as people say them, links to telephones and maps, chips of a list."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from flask_babel import format_timedelta, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from ecrm import formats
from ecrm.admin.stretches import MOST_COUNTED
from ecrm.formats import day, exact, html, moment, number, size as file_size, zone
from ecrm.i18n import gettext as _
from ecrm.models import Complaint, Step
from ecrm.models.base import NEVER, now
from ecrm.rules import queue, sla
from ecrm.rules.phone import readable as telephone

MAP = "https://www.google.com/maps/search/?api=1&query="


@dataclass(frozen=True)
class Due:
    """A due time: its text from now, whether it is late or nearly so, and the exact moment for the hover."""

    text: str
    late: bool
    at: datetime
    soon: bool = False

    @property
    def mark(self) -> str:
        """Return the class that colours it; the text says the same in words."""
        return "is-late" if self.late else "is-soon" if self.soon else ""

    @property
    def exact(self) -> str:
        """Return the moment in full."""
        return exact(self.at)

    def __html__(self) -> str:
        """Return it as templates and cells show it, blank where there is nothing to say."""
        words = '<time class="due {}" datetime="{}" title="{}">{}</time>'
        return html(words, self.mark, self.at.isoformat(), self.exact, self.text) if self.text else ""


def language() -> str:
    """Return the code of the reader's language."""
    return str(get_locale())


def today() -> date:
    """Return the day where the reader is."""
    return now().astimezone(zone()).date()


def heads(columns: list[tuple[str, Any]]) -> list[tuple[str, Markup, Markup, Markup]]:
    """Return (key, title, how a cell begins, how an empty one does) of the columns of a list, translated and escaped once for all of its cells."""
    found = []
    for place, (key, title) in enumerate(columns):
        class_ = f"col-{key.replace('.', '-')}{'' if place else ' is-first'}"
        cell, empty = (html('<td data-label="{}" class="{}">', str(title), f"{class_}{more}") for more in ("", " is-empty"))
        found.append((key, escape(str(title)), cell, empty))
    return found


def midnight() -> datetime:
    """Return the moment when today began where the reader is."""
    return datetime.combine(today(), time(), zone())


def visit(at: datetime) -> str:
    """Return the day and time of a visit, “today” and “tomorrow” by name."""
    local = at.astimezone(zone())
    day = {0: _("today"), 1: _("tomorrow")}.get((local.date() - today()).days) or formats.weekday(local, year=local.year != today().year)
    return formats.joined(day, formats.hour(local))


def window(begin: datetime, end: datetime) -> str:
    """Return a window on one day, “today” and “tomorrow” by name, such as “Tue, 24 Nov 08.00–12.00”."""
    return f"{visit(begin)}–{formats.hour(end.astimezone(zone()))}"


def weekday(day: date) -> str:
    """Return a day of this year with its weekday, such as “Tue, 24 Nov”."""
    return formats.weekday(day, year=day.year != today().year)


def ago(at: datetime) -> str:
    """Return how far a moment is from now, such as “2 hours ago”."""
    away = at - now()
    if abs(away) < timedelta(minutes=1):
        return _("just now") if away <= timedelta(0) else _("in a moment")
    return format_timedelta(away, granularity="minute", add_direction=True)


def due(at: datetime, done: datetime | None = None) -> Due:
    """Return a due time from now, or how it was met where the thing was done at `done`."""
    if done is not None:
        text = _("%(time)s late", time=format_timedelta(done - at, granularity="minute")) if done > at else _("on time")
        return Due(text, done > at, at)
    away = at - now()
    if away < timedelta(0):
        return Due(_("%(time)s late", time=format_timedelta(-away, granularity="minute")), True, at)
    return Due(format_timedelta(away, granularity="minute", add_direction=True), False, at)


def due_of(complaint: Complaint) -> Due:
    """Return the time left on the target that counts now, paused while we wait for the customer, or how it was met."""
    at, present = complaint.resolution_due_at, now()
    if not complaint.unsolved:
        return due(at, complaint.resolved_at) if complaint.resolved_at else Due("", False, at)
    if complaint.clock_due_at == NEVER:
        return Due(_("paused"), False, at)
    return Due(queue.time_left(complaint, present), sla.late(complaint, present), complaint.clock_due_at, sla.soon(complaint, present))


def trail_url(view: Any, row: Any) -> str | None:
    """Return the address of a row's trail, for roles that may read the whole of it."""
    screen = None if getattr(row, "__no_trail__", False) else view.sibling(Step)
    return screen.list_address({"table": row.__tablename__, "row_id": str(row.id)}) if screen and screen.can_export else None


def new(model: Any) -> str:
    """Return what a new row is called: “New complaint”, “Keluhan baru”."""
    label = str(model.__label__)
    text = _("New %(thing)s", thing=label[0].lower() + label[1:])
    return text[0].upper() + text[1:]


def why(complaint: Complaint) -> str:
    """Return why a complaint stands where it stands in the queue."""
    return " · ".join(queue.reasons(complaint, now()))


def marks(field: Any, help: Any = None, id: str | None = None) -> dict[str, str]:
    """Return the attributes that tie a field's help and errors to its control."""
    parts = [f"{id or field.id}-{part}" for part, there in (("help", help), ("error", field.errors)) if there]
    found = {"aria-describedby": " ".join(parts)} if parts else {}
    return found | {"aria-invalid": "true"} if field.errors else found


def whatsapp(number: str) -> str:
    """Return the address that opens a WhatsApp chat with a number in E.164."""
    return f"https://wa.me/{number.lstrip('+')}"


def map_url(address: str) -> str:
    """Return the address that opens a map at a place."""
    return MAP + quote(address)


def amount(count: int) -> str:
    """Return a count of rows, “10.000+” where more are not counted."""
    return number(count) if count <= MOST_COUNTED else f"{number(MOST_COUNTED)}+"


@pass_context
def chips(context: Context) -> list[tuple[str, str, str]]:
    """Return (label, text, address without it) of each active filter of a list."""
    view, given = context["admin_view"], context["active_filters"] or []
    found = []
    for place, (index, name, value) in enumerate(given):
        rest = [item for position, item in enumerate(given) if position != place]
        found.append((str(name), view._filters[index].shown(value), list_url(context, rest)))
    return found


@pass_context
def all_url(context: Context) -> str:
    """Return the address of the list without filters and search."""
    return list_url(context, [], search=None)


def list_url(context: Context, filters: list[Any], **changes: Any) -> str:
    """Return the address of a list with these filters and the sort, search and page size that it has."""
    view = context["admin_view"]
    page_size = context["page_size"] if context["page_size"] != context["default_page_size"] else None
    kept: dict[str, Any] = {
        "sort": context["sort_column"], "desc": context["sort_desc"], "search": context["search"], "page_size": page_size,
        **context["extra_args"], "view": None if filters else "all",
    }
    return view.get_url(".index_view", **view._get_filters(filters), **(kept | changes))


@pass_context
def list_url_now(context: Context, **changes: Any) -> str:
    """Return the address of the list as it is, with these changes."""
    return list_url(context, context["active_filters"] or [], **changes)


def pages(page: int, total: int) -> list[int | None]:
    """Return the numbers of the pager, from 0: first, last and those around `page`; None for a gap."""
    near = sorted({0, total - 1, *range(max(0, page - 2), min(total, page + 3))})
    shown: list[int | None] = []
    for number in near:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown


@pass_context
def export_url(context: Context, kind: str) -> str:
    """Return Flask-Admin's own address of an export of what the list shows."""
    view = context["admin_view"]
    arguments = view._get_filters(context["active_filters"]) | {
        "sort": context["sort_column"], "desc": context["sort_desc"], "search": context["search"],
    }
    return view.get_url(".export", export_type=kind, **arguments)


def chosen(active: Any, index: int) -> str:
    """Return the value of the filter with this index in a list's active filters, blank where it is not active."""
    return next((value for place, _name, value in active or () if place == index), "")
