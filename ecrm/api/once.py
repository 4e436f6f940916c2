"""Idempotency keys: a request that comes twice is carried out once, and answered twice alike."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Response, current_app, g, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ecrm.api.problems import Problem
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import ApiAnswer
from ecrm.models.base import now

HEADER = "Idempotency-Key"
KEY = re.compile(r"[\x21-\x7e]{1,64}")
Made = tuple[dict[str, Any], int, dict[str, str]]


def carried_out(make: Callable[[], Made]) -> Response:
    """Commit what `make` writes and return its answer; with a key that has been here before, return the first answer.

    `make` flushes and does not commit: what it writes and the answer that is kept stand or fall together. Refusals are not kept.
    """
    key = request.headers.get(HEADER)
    if key is None:
        made = make()
        db.session.commit()
        return _answer(*made)
    if not KEY.fullmatch(key):
        raise Problem(400, _("A key has 1 to 64 characters, without blanks."))
    number, print_ = g.api_token.id, _print()
    before = _before(number, key, print_)
    if before is not None:
        return before
    try:
        made = make()
        db.session.add(ApiAnswer(token_id=number, key=key, request=print_, answer=dict(zip(("body", "status", "headers"), made, strict=True)), at=now()))
        db.session.commit()
    except IntegrityError:  # the same request came at the same moment, and was faster
        db.session.rollback()
        before = _before(number, key, print_)
        if before is None:
            raise
        return before
    return _answer(*made)


def _before(number: int, key: str, print_: str) -> Response | None:
    found = db.session.scalars(select(ApiAnswer).where(ApiAnswer.token_id == number, ApiAnswer.key == key)).one_or_none()
    if found is None:
        return None
    if found.request != print_:
        raise Problem(422, _("This key belongs to another request."))
    return _answer(**found.answer)


def _print() -> str:
    return sha256(b"\0".join((request.method.encode(), request.path.encode(), request.get_data()))).hexdigest()


def _answer(body: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    answer = current_app.json.response(body)
    answer.status_code = status
    answer.headers.update(headers)
    return answer
