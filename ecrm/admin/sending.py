"""What the staff send from a phone that may lose the network: what to tell its script, and what has come before."""

import re
from typing import Any

from flask import get_flashed_messages, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Reply, Step
from ecrm.rules.lifecycle import Verb

KEY = re.compile(r"[0-9a-f-]{32,36}")


def by_script() -> bool:
    """Return whether a script sends and wants to hear in JSON how it went."""
    return request.accept_mimetypes.best == "application/json"


def done(url: str) -> ResponseReturnValue:
    """Say that it is done: to a script in a word, to a person by the page at `url`."""
    if not by_script():
        return redirect(url)
    get_flashed_messages()  # the script says it itself
    return jsonify(sent=True)


def refused(*forms: Any) -> ResponseReturnValue:
    """Tell a script why it was refused: what would be flashed, and the errors of the forms."""
    errors = [error for form in forms if form is not None for field in form for error in field.errors]
    return jsonify(refused=" ".join(dict.fromkeys(map(str, [*get_flashed_messages(), *errors]))))


def key() -> str | None:
    """Return the key that the device gave the reply, None where it gave none."""
    given = request.form.get("client_key", "")
    return given if KEY.fullmatch(given) else None


def came_before(row: Any) -> bool:
    """Return whether this reply to a complaint has arrived already: its answer was lost on the way to the phone."""
    same = select(Reply.id).where(Reply.complaint_id == row.id, Reply.author_id == current_user.id, Reply.client_key == key())
    return key() is not None and db.session.scalar(same) is not None


def moved_before(row: Any, verb: Verb, facts: dict[str, Any]) -> bool:
    """Return whether the last move of a row is this one, by the same person and in the same words."""
    moves = select(Step).where(Step.table == row.__tablename__, Step.row_id == row.id, Step.to_status.is_not(None))
    last = db.session.scalars(moves.order_by(Step.id.desc()).limit(1)).first()
    if last is None or (last.action, last.actor_id) != (verb.name, current_user.id):
        return False
    words = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    return all((last.reason if name == "reason" else getattr(row, name)) == value for name, value in words.items())
