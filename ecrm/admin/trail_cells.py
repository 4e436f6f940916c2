"""The cells of the trail's list: tables, actions, statuses and values by the names that people know."""

from typing import Any

from markupsafe import Markup

from ecrm.admin import formats, story
from ecrm.formats import html
from ecrm.i18n import gettext as _
from ecrm.models import TABLES

FIRST = 4  # columns of a new or a deleted row that the list shows
LONGEST = 60  # letters of a value in the list


def table(_view: Any, _context: Any, step: Any, _name: str) -> str:
    """Return what people call the table."""
    model = TABLES.get(step.table)
    return str(model.__label__) if model else step.table


def row(view: Any, _context: Any, step: Any, _name: str) -> Any:
    """Return the row's number as a link to its page, where the role has one."""
    screen = view.sibling(TABLES.get(step.table))
    if screen is None or step.action == "delete":
        return str(step.row_id)
    return html('<a href="{}">{}</a>', screen.get_url(f"{screen.endpoint}.details_view", id=step.row_id), step.row_id)


def actor(view: Any, _context: Any, step: Any, name: str) -> Any:
    """Return the person, or that it happened by itself."""
    person = view._get_field_value(step, name)
    return _("System") if person is None else person


def action(_view: Any, _context: Any, step: Any, _name: str) -> str:
    """Return what people call the action."""
    return story.action(TABLES.get(step.table), step.action)


def status(_view: Any, _context: Any, step: Any, name: str) -> Any:
    """Return a status as a badge with its label."""
    word = getattr(step, name)
    return html(formats.BADGE, "status", word, story.status(TABLES.get(step.table), word)) if word else ""


def changes(view: Any, _context: Any, step: Any, _name: str) -> Any:
    """Return what was changed, before → after, a line for each column; what is long, or came with a new row, is cut."""
    model = TABLES.get(step.table)
    stored = {name: view._get_field_value(step, name) for name in ("before", "after")}
    found = story.changes(view, model, stored["before"], stored["after"]) if model else []
    whole = bool(stored["before"] and stored["after"])
    lines = [html("<li><b>{}</b>: {}</li>", label, _arrow(before, after)) for label, before, after in found]
    shown = lines if whole else lines[:FIRST]
    more = len(lines) - len(shown)
    rest = html('<li class="muted">{}</li>', _("and %(count)s more", count=more)) if more else ""
    return html('<ul class="changes">{}{}</ul>', Markup("").join(shown), rest) if lines else ""


def _arrow(before: str | None, after: str | None) -> Any:
    """Return both values, cut; of a column that was or is empty a dash, of a new or deleted row the one there is."""
    return html('<span class="was">{}</span> → <span class="is">{}</span>', _cut(before), _cut(after))


def _cut(value: str | None) -> str:
    return "–" if value is None else value if len(value) <= LONGEST else f"{value[:LONGEST - 1].rstrip()}…"


def values(view: Any, _context: Any, step: Any, name: str) -> Any:
    """Return what was written down, a line for each column."""
    stored, model = view._get_field_value(step, name), TABLES.get(step.table)
    pairs = story.values(view, model, stored) if model else list(stored.items())
    return Markup("<br>").join(html("<b>{}</b>: {}", label, value) for label, value in pairs)


def plain_status(_view: Any, _context: Any, step: Any, name: str) -> str:
    """Return the label of a status."""
    return story.status(TABLES.get(step.table), getattr(step, name))


def plain_values(view: Any, _context: Any, step: Any, name: str) -> Any:
    """Return what was written down for a spreadsheet; related rows by their ids, as an export looks up none."""
    stored, model = view._get_field_value(step, name), TABLES.get(step.table)
    return dict(story.values(view, model, stored, look_up=False)) if model else stored


CELLS = {"actor": actor, "table": table, "row_id": row, "action": action, "from_status": status, "to_status": status}
IN_LIST = CELLS | {"before": changes}
ON_PAGE = CELLS | {"before": values, "after": values}
EXPORT = {"action": action, "from_status": plain_status, "to_status": plain_status, "before": plain_values, "after": plain_values}
