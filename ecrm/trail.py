"""The trail's one listener: every change of every row becomes a step, from admin, portal and command line alike."""

import enum
from datetime import date, time
from typing import Any

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import ORMExecuteState, RelationshipDirection, Session

from ecrm.extensions import db
from ecrm.models import Step
from ecrm.models.base import now
from ecrm.models.step import Via

MASK = "•••"


class TrailBroken(Exception):
    """A write went past the trail: a status outside move(), a change of an append-only row, or a bulk statement."""


def init_app() -> None:
    """Listen to the application's session."""
    listeners = (("before_flush", _before), ("after_flush", _after), ("after_soft_rollback", _forget), ("do_orm_execute", _refuse_bulk))
    for name, listener in listeners:
        if not event.contains(db.session, name, listener):
            event.listen(db.session, name, listener)


def _before(session: Session, _context: Any, _instances: Any) -> None:
    """Collect what this flush will change, while the old values are still known."""
    pending = session.info.setdefault("trail", [])
    for row in session.new:
        pending.append((row, "create", {}))
    for row in session.dirty:
        before = _old_values(row)
        if before or "_moves" in row.__dict__:
            pending.append((row, "update", before))
    for row in session.deleted:
        pending.append((row, "delete", {attribute.key: _plain(row, attribute.key) for attribute in _columns(row)}))
    for row, action, before in pending:
        _refuse(row, action, before)


def _refuse(row: Any, action: str, before: dict[str, Any]) -> None:
    if action != "create" and getattr(row, "__append_only__", False):
        raise TrailBroken(f"{row.__tablename__} is append-only")
    if action == "update" and "status" in before and "_moves" not in row.__dict__:
        raise TrailBroken(f"the status of {row.__tablename__} changes by move() only")


def _after(session: Session, _context: Any) -> None:
    """Write the steps, now that new rows have their id."""
    steps: list[dict[str, Any]] = []
    for row, action, before in session.info.pop("trail", []):
        if not getattr(row, "__no_trail__", False):
            steps += _steps(row, action, before)
    if steps:
        session.execute(insert(Step), steps)


def _forget(session: Session, _transaction: Any) -> None:
    """Drop what a rollback took back, so that no later flush of the session writes it down."""
    session.info.pop("trail", None)
    for row in session.identity_map.values():
        row.__dict__.pop("_moves", None)


def _steps(row: Any, action: str, before: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one step for each move of the row, or one for the create, update or delete."""
    status = getattr(getattr(row, "status", None), "value", None)
    keys = before if action == "update" else [attribute.key for attribute in _columns(row)]
    step = {
        "at": now(), "actor_id": _actor(), "via": _via(), "table": row.__tablename__, "row_id": row.id,
        "action": action, "from_status": None, "to_status": status if action == "create" else None, "reason": None,
        "before": {key: value for key, value in before.items() if value is not None},
        "after": {} if action == "delete" else {key: value for key in keys if (value := _plain(row, key)) is not None},
    }
    steps = [
        step | {
            "at": moved.at, "actor_id": moved.by.id if moved.by else None, "action": moved.verb, "from_status": moved.source.value,
            "to_status": moved.target.value, "reason": moved.reason and moved.reason[:500],
        }
        for moved in row.__dict__.pop("_moves", [])
    ]
    return ([step] if action == "create" else []) + steps or [step]


def _old_values(row: Any) -> dict[str, Any]:
    """Return the former values of the changed columns and many-to-many relations, plain and masked."""
    state, old = inspect(row), {}
    for attribute in _columns(row):
        history = state.attrs[attribute.key].history
        if history.has_changes():
            old[attribute.key] = _masked(row, attribute.key, history.deleted[0] if history.deleted else None)
    for relation in state.mapper.relationships:
        if relation.key not in state.dict or not state.attrs[relation.key].history.has_changes():
            continue
        history = state.attrs[relation.key].history
        if relation.secondary is not None:
            old[relation.key] = _names([*history.unchanged, *history.deleted])
        elif relation.direction is RelationshipDirection.MANYTOONE:  # the flush will write the foreign key, later than now
            for column in relation.local_columns:
                old.setdefault(column.key, _plain(row, column.key))
    old.pop("version", None)
    return old


def _names(rows: list[Any]) -> list[str]:
    """Return the code or name of related rows: the same words whoever's language is on."""
    return sorted(str(getattr(row, "code", None) or getattr(row, "name", None) or row.id) for row in rows)


def _columns(row: Any) -> list[Any]:
    return [attribute for attribute in inspect(type(row)).column_attrs if attribute.key not in ("version", "id")]


def _plain(row: Any, key: str) -> Any:
    value = getattr(row, key)
    if isinstance(value, list) and key in inspect(type(row)).relationships:
        return _names(value)
    return _masked(row, key, value)


def _masked(row: Any, key: str, value: Any) -> Any:
    """Return a value as JSON takes it, secrets hidden."""
    column = inspect(type(row)).columns[key]
    if value is None:
        return None
    if column.info.get("secret") or column.info.get("kind") == "nik":  # what is written here can never be taken back
        return MASK
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, (date, time)) else value


def _actor() -> int | None:
    if has_request_context() and current_user and current_user.is_authenticated:
        return current_user.id
    return None


def _via() -> Via:
    if not has_request_context():
        return Via.CLI
    return Via.ADMIN if request.path.startswith("/admin/") else Via.API if request.blueprint == "api" else Via.PORTAL


def _refuse_bulk(state: ORMExecuteState) -> None:
    """Refuse UPDATE and DELETE statements past the trail, where nobody would know what was there before."""
    if (state.is_update or state.is_delete) and state.bind_mapper is not None:
        if not getattr(state.bind_mapper.class_, "__no_trail__", False):
            raise TrailBroken(f"no bulk statement on {state.bind_mapper.class_.__tablename__}: it would leave no trail")
