"""The description of the API (OpenAPI 3.1): for a token what its role may do, without one all that there is."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response, g, jsonify
from flask_babel import force_locale

from ecrm.api import paging, schemas
from ecrm.api.door import MOST
from ecrm.api.resources import COMPLAINTS, REPLIES, RESOURCES, SPEEDS, SUBSCRIPTIONS, Resource
from ecrm.models import BandwidthGrant
from ecrm.models.account import STAFF, RoleName
from ecrm.policy import Right, may

READING, LISTING = (401, 403, 404, 429), (400, 401, 403, 429)
WRITING = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429)
ABOUT = (
    "Programs read and write here what a person of the staff may, in one of their roles. Errors are problem details (RFC 9457); the texts in them "
    f"come in the language of Accept-Language. Each token may send {MOST.amount} requests a minute. What changes a row says in If-Match which version "
    "it has seen; a POST or PATCH with an Idempotency-Key is carried out once, however often it is sent within a day."
)
Paths = dict[str, dict[str, Any]]


def show() -> Response:
    """Return the document."""
    token = g.get("api_token")
    return jsonify(document([token.role] if token else list(STAFF)))


def document(roles: Sequence[RoleName]) -> dict[str, Any]:
    """Return the document for these roles."""
    with force_locale("en"):
        read = [resource for resource in RESOURCES if _roles(resource, roles, Right.READ)]
        shapes = {_name(one): schemas.row(one, _roles(one, roles, Right.READ)) for one in (*read, REPLIES) if _roles(one, roles, Right.READ)}
        paths: Paths = {}
        for resource in read:
            _describe(paths, resource, roles)
        if COMPLAINTS in read:
            _replies(paths, roles)
        if any(may(role, BandwidthGrant, Right.READ) for role in roles):
            shapes["Speed"] = schemas.SPEED
            _speeds(paths, roles)
    return {
        "openapi": "3.1.0", "info": {"title": "E-CRM", "version": "1", "description": ABOUT}, "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}], "paths": paths,
        "components": {"schemas": shapes | {"Problem": schemas.PROBLEM}, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _roles(resource: Resource, roles: Sequence[RoleName], right: Right) -> list[RoleName]:
    return [role for role in roles if resource.may(role, right)]


def _name(resource: Resource) -> str:
    return resource.name.capitalize()


def _describe(paths: Paths, resource: Resource, roles: Sequence[RoleName]) -> None:
    """Add the addresses of a resource."""
    readers = _roles(resource, roles, Right.READ)
    whole, single = paths.setdefault(f"/{resource.name}", {}), paths.setdefault(f"/{resource.name}/{{id}}", {"parameters": [_id()]})
    whole["get"] = _list(resource, readers, _name(resource))
    single["get"] = _operation(f"{resource.name}_one", "Read one", _row(resource), READING)
    makers = _roles(resource, readers, Right.CREATE) if resource.create else []
    if makers:
        body = schemas.sent(resource, resource.create, makers, created=True)
        whole["post"] = _operation(f"{resource.name}_create", "Enter a new one", _row(resource, 201), WRITING, body, _headers("Idempotency-Key"))
    editors = _roles(resource, readers, Right.EDIT) if resource.edit else []
    if editors:
        body = schemas.sent(resource, resource.edit, editors, created=False)
        single["patch"] = _operation(f"{resource.name}_change", "Change one", _row(resource), WRITING, body, _headers("If-Match", "Idempotency-Key", needed="If-Match"))
    if resource.edit and any(resource.verbs(role) for role in readers):
        body = schemas.moves(resource, readers)
        post = _operation(f"{resource.name}_move", "Carry out a verb of the lifecycle", _row(resource), WRITING, body, _headers("If-Match", "Idempotency-Key"))
        paths[f"/{resource.name}/{{id}}/moves"] = {"parameters": [_id()], "post": post}


def _replies(paths: Paths, roles: Sequence[RoleName]) -> None:
    found: dict[str, Any] = {"parameters": [_id()], "get": _list(REPLIES, roles, "Replies", READING)}
    writers = _roles(REPLIES, roles, Right.CREATE)
    if writers:
        body = schemas.sent(REPLIES, REPLIES.create, writers, created=True)
        found["post"] = _operation("replies_create", "Write to the customer, or a note", _row(REPLIES, 201), WRITING, body, _headers("Idempotency-Key"))
    paths[f"/{COMPLAINTS.name}/{{id}}/replies"] = found


def _speeds(paths: Paths, roles: Sequence[RoleName]) -> None:
    paths["/speeds"] = {"get": _list(SPEEDS, roles, "Speed")}
    paths[f"/{SUBSCRIPTIONS.name}/{{id}}/speed"] = {
        "parameters": [_id()], "get": _operation("speeds_one", "Read the speed of one line", _said(200, {"$ref": "#/components/schemas/Speed"}), READING)}


def _list(resource: Resource, roles: Sequence[RoleName], shape: str, problems: Iterable[int] = LISTING) -> dict[str, Any]:
    names = dict.fromkeys(name for role in roles for name in paging.parameters(resource, role))
    page = {"type": "object", "required": ["items", "next"], "additionalProperties": False, "properties": {
        "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{shape}"}},
        "next": {"type": ["string", "null"], "description": "The cursor of the next page; null on the last one."}}}
    return _operation(f"{resource.name}_list", "Read a page", _said(200, page), {*problems, 400}, None, [_parameter(resource, name) for name in names])


def _parameter(resource: Resource, name: str) -> dict[str, Any]:
    moment = {"type": "string", "format": "date-time"}
    own: dict[str, dict[str, Any]] = {
        "limit": {"type": "integer", "minimum": 1, "maximum": paging.MOST, "default": paging.USUAL}, "cursor": {"type": "string"},
        "sort": {"type": "string", "enum": list(paging.SORTS), "default": "id"}, "opened_since": moment,
        "changed_since": moment | {"description": f"At most {paging.CHANGES_KEPT.days} days back."},
    }
    if name in own:
        return {"name": name, "in": "query", "schema": own[name]}
    schema = schemas.of_column(resource.column(name))
    if isinstance(schema["type"], list):  # nothing in an address is null
        schema["type"] = schema["type"][0]
    return {"name": name, "in": "query", "schema": schema}


def _id() -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": schemas.ID}


def _headers(*names: str, needed: str = "") -> list[dict[str, Any]]:
    patterns = {"Idempotency-Key": "^[!-~]{1,64}$", "If-Match": '^"[0-9]{1,10}"$'}
    return [{"name": name, "in": "header", "required": name == needed, "schema": {"type": "string", "pattern": patterns[name]}} for name in names]


def _row(resource: Resource, status: int = 200) -> dict[str, Any]:
    return _said(status, {"$ref": f"#/components/schemas/{_name(resource)}"})


def _said(status: int, schema: dict[str, Any]) -> dict[str, Any]:
    return {str(status): {"description": "Done", "content": {"application/json": {"schema": schema}}}}


def _operation(name: str, summary: str, answers: dict[str, Any], problems: Iterable[int], body: Any = None, parameters: Any = ()) -> dict[str, Any]:
    problem = {"description": "Refused", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    said = {"operationId": name, "summary": summary, "responses": answers | {str(status): problem for status in sorted(problems)}}
    if parameters:
        said["parameters"] = list(parameters)
    if body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return said
