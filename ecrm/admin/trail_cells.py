"""The cells of the trail's list: tables, actions, statuses and values by the names that people know."""

from typing import Any

from markupsafe import Markup

from ecrm.admin import story
from ecrm.models import TABLES


def table(_view: Any, _context: Any, step: Any, _name: str) -> str:
    """Return what people call the table."""
    model = TABLES.get(step.table)
    return str(model.__label__) if model else step.table


def row(view: Any, _context: Any, step: Any, _name: str) -> Any:
    """Return the row's number as a link to its page, where the role has one."""
    screen = view.sibling(TABLES.get(step.table))
    if screen is None or step.action == "delete":
        return str(step.row_id)
    return Markup('<a href="{}">{}</a>').format(screen.get_url(f"{screen.endpoint}.details_view", id=step.row_id), step.row_id)


def action(_view: Any, _context: Any, step: Any, _name: str) -> str:
    """Return what people call the action."""
    return story.action(TABLES.get(step.table), step.action)


def status(_view: Any, _context: Any, step: Any, name: str) -> str:
    """Return the label of a status."""
    return story.status(TABLES.get(step.table), getattr(step, name))


def values(view: Any, _context: Any, step: Any, name: str) -> Any:
    """Return what was written down, a line for each column."""
    stored, model = view._get_field_value(step, name), TABLES.get(step.table)
    pairs = story.values(view, model, stored) if model else list(stored.items())
    return Markup("<br>").join(Markup("<b>{}</b>: {}").format(label, value) for label, value in pairs)


def plain_values(view: Any, _context: Any, step: Any, name: str) -> Any:
    """Return what was written down for a spreadsheet; related rows by their ids, as an export looks up none."""
    stored, model = view._get_field_value(step, name), TABLES.get(step.table)
    return dict(story.values(view, model, stored, look_up=False)) if model else stored


CELLS = {
    "table": table, "row_id": row, "action": action, "from_status": status, "to_status": status,
    "before": values, "after": values,
}
EXPORT = {"action": action, "from_status": status, "to_status": status, "before": plain_values, "after": plain_values}
