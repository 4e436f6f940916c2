"""Lists and single rows, as far as they exist for the token."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import Select

from ecrm import policy
from ecrm.api import door, paging, resources
from ecrm.api.problems import Problem
from ecrm.api.resources import REPLIES, Resource
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Reply
from ecrm.policy import Right


def listed(resource: Resource) -> Response:
    """Return a page of the rows that exist for the token."""
    return jsonify(paging.page(resource, door.role(), rows(resource)))


def one(resource: Resource, id: int) -> Response:
    """Return a row, with its version as ETag."""
    return shown(resource, fetch(resource, id))


def replies(resource: Resource, id: int) -> Response:
    """Return a page of a complaint's replies."""
    row = fetch(resource, id)
    return jsonify(paging.page(REPLIES, door.role(), rows(REPLIES).where(Reply.complaint_id == row.id)))


def rows(resource: Resource) -> Select[Any]:
    """Return the SELECT of the rows that exist for the token; raises Problem where its role reads none of the table."""
    if not resource.may(door.role(), Right.READ):
        raise Problem(403, _("Your account has no right to this page."))
    return policy.visible(resource.model, door.role(), door.user())


def fetch(resource: Resource, id: int, lock: bool = False) -> Any:
    """Return a row, locked until the commit if asked; raises Problem where it does not exist for the token."""
    query = rows(resource).where(resource.model.id == id)
    row = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Problem(404)
    return row


def etag(row: Any) -> dict[str, str]:
    """Return the header that names the version of a row."""
    return {"ETag": f'"{row.version}"'} if hasattr(row, "version") else {}


def shown(resource: Resource, row: Any) -> Response:
    """Return the answer with a row, or that it has not changed."""
    answer = jsonify(resources.shape(resource, door.role(), row))
    answer.headers.update(etag(row))
    return answer.make_conditional(request) if "ETag" in answer.headers else answer
