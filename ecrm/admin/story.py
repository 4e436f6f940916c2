"""The history of a row as people read it: who did what, from which status to which, and what was changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import Boolean, Date, Enum, Integer, Time, inspect, select
from sqlalchemy.orm import joinedload

from ecrm import formats, policy
from ecrm.admin import codes, lookup
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import TABLES, Step
from ecrm.models.base import NEVER, Priority, PriorityType, UtcDateTime

MOST = 200  # steps of one row on its page
WRITTEN = {  # what JSON has no word for, and numbers
    UtcDateTime: lambda value: _moment(datetime.fromisoformat(value)), Date: lambda value: formats.day(date.fromisoformat(value)),
    Time: lambda value: formats.hour(time.fromisoformat(value)), Boolean: lambda value: _("Yes") if value else _("No"),
    Integer: lambda value: formats.number(value),
}


@dataclass(frozen=True)
class Event:
    """One step: labels in the reader's language; `changes` are (column, before, after)."""

    at: datetime
    who: str
    what: str
    source: str
    target: str
    reason: str
    changes: list[tuple[str, str, str]]


def of(row: Any, view: Any, columns: tuple[str, ...]) -> list[Event]:
    """Return the history of a row for a role, newest first; of its changes those of `columns`, and no empty ones."""
    found = policy.grant(Step, view.role)
    if found is None:
        return []
    query = policy.visible(Step, view.role, current_user).where(Step.table == row.__tablename__, Step.row_id == row.id)
    steps = db.session.scalars(query.options(joinedload(Step.actor)).order_by(Step.id.desc()).limit(MOST))
    events = [_event(step, row, view, columns, found.hidden) for step in steps]
    return [event for event in events if event.changes or event.what != str(codes.ACTIONS["update"])]


def action(model: Any, word: str) -> str:
    """Return what people call an action of the trail on a table."""
    verbs = model.__lifecycle__.by_name if hasattr(model, "__lifecycle__") else {}
    return str(verbs[word].label if word in verbs else codes.ACTIONS.get(word, word))


def status(model: Any, word: str | None) -> str:
    """Return the label of a status of a table."""
    column = getattr(model, "status", None)
    return str(column.type.enum_class(word).label) if word and column is not None else word or ""


def values(view: Any, model: Any, stored: dict[str, Any], look_up: bool = True) -> list[tuple[str, str]]:
    """Return (label, value) of what a step wrote down, in the reader's language; related rows by their ids unless `look_up`."""
    relations = _relations(model)
    return [(_label(model, relations.get(key), key), shown(view, model, key, relations.get(key) if look_up else None, value)) for key, value in stored.items()]


def changes(view: Any, model: Any, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Return (label, before, after) of each column that a step wrote down; None where the column was or is empty."""
    relations, found = _relations(model), []
    for key in dict.fromkeys((*before, *after)):
        old, new = (None if stored.get(key) is None else shown(view, model, key, relations.get(key), stored[key]) for stored in (before, after))
        found.append((_label(model, relations.get(key), key), old, new))
    return found


def remember(steps: Iterable[Step]) -> None:
    """Fetch what the values of many steps point to, in one query for each table; they are kept for this answer."""
    wanted: dict[type, set[int]] = {}
    for step in steps:
        for key, relation in _relations(TABLES[step.table]).items() if step.table in TABLES else ():
            wanted.setdefault(relation.mapper.class_, set()).update(
                stored[key] for stored in (step.before, step.after) if isinstance(stored.get(key), int))
    g.story_rows = [row for model, ids in wanted.items() if ids for row in db.session.scalars(select(model).where(model.id.in_(ids)))]


def _relations(model: Any) -> dict[str, Any]:
    """Return the many-to-one relations of a table by the key of their column."""
    return {relation.local_remote_pairs[0][0].key: relation for relation in inspect(model).relationships if not relation.uselist}


def _label(model: Any, relation: Any, key: str) -> str:
    item = getattr(model, relation.key if relation is not None else key, None)
    return str(getattr(item, "info", {}).get("label", key))


def _event(step: Step, row: Any, view: Any, columns: tuple[str, ...], hidden: frozenset[str]) -> Event:
    names = columns if step.action == "update" else _facts(type(row), step.action)
    shown = not {"before", "after"} & hidden
    return Event(
        at=step.at, what=action(type(row), step.action), who="" if "actor" in hidden else str(step.actor or _("System")),
        source=status(type(row), step.from_status), target=status(type(row), step.to_status), reason=step.reason or "",
        changes=_changes(step, row, view, names) if shown else [],
    )


def _facts(model: Any, word: str) -> tuple[str, ...]:
    """Return the columns that a verb asks for, such as the technician; the rest of what it writes follows from the verb."""
    verb = model.__lifecycle__.by_name.get(word) if hasattr(model, "__lifecycle__") else None
    return tuple(name for name in (*verb.needs, *verb.takes) if name != "reason") if verb else ()


def _changes(step: Step, row: Any, view: Any, columns: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return label, before and after of the changed columns that the role may see."""
    model, found = type(row), []
    for name in view.allowed(columns):
        relation = inspect(model).relationships.get(name)
        key = relation.local_remote_pairs[0][0].key if relation is not None else name
        if key in step.before or key in step.after:
            before, after = (shown(view, model, key, relation, values.get(key)) for values in (step.before, step.after))
            found.append((str(getattr(model, name).info["label"]), before, after))
    return found


def shown(view: Any, model: Any, key: str, relation: Any, value: Any) -> str:
    """Return a value of the trail as the pages show it."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, dict):
        return "…"  # the figures of a frozen recap: its own page shows them
    if relation is not None and not relation.uselist:
        other = db.session.get(relation.mapper.class_, value)
        return str(other) if other is not None and lookup.exists(other, view.role) else f"#{value}"
    if key in codes.WORDS.get(model, {}):
        return str(codes.WORDS[model][key].text(value))
    kind = inspect(model).columns[key].type if key in inspect(model).columns else None
    if isinstance(kind, PriorityType):
        return str(Priority(value).label)
    if isinstance(kind, Enum):
        return str(kind.enum_class(value).label)
    written = next((write for type_, write in WRITTEN.items() if isinstance(kind, type_)), str)
    return ", ".join(map(str, value)) if isinstance(value, list) else written(value)


def _moment(at: datetime) -> str:
    return "–" if at >= NEVER else formats.moment(at)
