"""Lists in pages: filters, and a cursor that goes on behind the last row, however deep."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import lazyload

from ecrm import checks
from ecrm.api import resources, values
from ecrm.api.problems import Problem
from ecrm.api.resources import Resource
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Step
from ecrm.models.account import RoleName
from ecrm.models.base import now

USUAL, MOST = 50, 200
SORTS = ("id", "-id")
CHANGES_KEPT = timedelta(days=31)  # how far back a list of changes may reach; for more, read all


def parameters(resource: Resource, role: RoleName) -> list[str]:
    """Return the names of the parameters of a list."""
    since = ["opened_since"] if resource.since else []
    changes = ["changed_since"] if resource.versioned else []
    return ["limit", "cursor", "sort", *since, *changes, *resource.seen(role, resource.filters)]


def page(resource: Resource, role: RoleName, query: Select[Any]) -> dict[str, Any]:
    """Return the asked page of a query's rows, as JSON; raises Problem on parameters that make no sense."""
    rows, behind = asked_rows(resource, role, query)
    return {"items": [resources.shape(resource, role, row) for row in rows], "next": behind}


def asked_rows(resource: Resource, role: RoleName, query: Select[Any]) -> tuple[list[Any], str | None]:
    """Return the rows of the asked page in the order of their ids, and the cursor of the next page; raises Problem."""
    unknown = set(request.args) - set(parameters(resource, role))
    if unknown:
        raise Problem(400, _("Some parameters are not right."), {name: _("This is not known here.") for name in sorted(unknown)})
    asked = dict(request.args)
    limit, down = _limit(asked.get("limit")), _sort(asked.get("sort")) == "-id"
    key = resource.model.id
    for condition in _conditions(resource, role, asked):
        query = query.where(condition)
    if "cursor" in asked:
        behind = _behind(asked["cursor"], down)
        query = query.where(key < behind if down else key > behind)
    rows = list(db.session.scalars(query.order_by(key.desc() if down else key).limit(limit + 1).options(lazyload("*"))))
    more = len(rows) > limit
    return rows[:limit], _cursor(rows[limit - 1].id, down) if more else None


def wrong(name: str, text: Any = None) -> Problem:
    """Return what is said of a parameter that makes no sense."""
    return Problem(400, _("Some parameters are not right."), {name: text or _("Not a valid choice.")})


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    number = checks.whole(text)
    if number is None or not 1 <= number <= MOST:
        raise wrong("limit", _("Enter a whole number from %(min)s to %(max)s.", min=1, max=MOST))
    return number


def _sort(text: str | None) -> str:
    if text not in (None, *SORTS):
        raise wrong("sort")
    return text or "id"


def _cursor(number: int, down: bool) -> str:
    return urlsafe_b64encode(f"{'-' if down else '+'}{number}".encode()).decode().rstrip("=")


def _behind(cursor: str, down: bool) -> int:
    """Return the id behind which a cursor goes on; one of the other direction is refused."""
    try:
        text = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode("ascii")
    except (NoBase64, ValueError):
        text = ""
    number = checks.whole(text[1:])
    if number is None or text[0] != ("-" if down else "+"):
        raise wrong("cursor")
    return number


def _conditions(resource: Resource, role: RoleName, asked: dict[str, str]) -> list[ColumnElement[bool]]:
    model, found = resource.model, []
    for name in resource.seen(role, resource.filters):
        if name in asked:
            value = values.from_text(resource, name, asked[name])
            if value is None:
                raise wrong(name)
            found.append(getattr(model, name) == value)
    if "opened_since" in asked:
        found.append(getattr(model, str(resource.since)) >= _moment("opened_since", asked["opened_since"]))
    if "changed_since" in asked:
        since = _moment("changed_since", asked["changed_since"])
        if since < now() - CHANGES_KEPT:
            raise wrong("changed_since", _("Enter a time of the last %(days)s days.", days=CHANGES_KEPT.days))
        found.append(model.id.in_(select(Step.row_id).where(Step.table == model.__tablename__, Step.at >= since)))
    return found


def _moment(name: str, text: str) -> datetime:
    """Return a moment with its zone; a “+” that was not encoded arrives as a blank."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong(name, _("Enter a day and a time.")) from None
