"""JSON Schemas (2020-12) of what is read and written, made from the columns and the policy."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Date, Enum, Integer, String

from ecrm import checks
from ecrm.api.resources import Resource
from ecrm.api.writing import LONGEST_REPLY, fact_field
from ecrm.models.account import RoleName
from ecrm.models.base import Priority, PriorityType, UtcDateTime
from ecrm.models.customer import SubscriptionStatus

ID = {"type": "integer", "minimum": 1, "maximum": checks.LARGEST}
MBPS = {"type": "integer", "minimum": 0}
PATTERNS = {"nik": "^[0-9]{16}$", "postcode": "^[0-9]{5}$"}
PROBLEM = {
    "type": "object", "required": ["type", "title", "status", "request_id"], "additionalProperties": False,
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
        "request_id": {"type": "string", "description": "The number of the request in our logs."},
        "errors": {"type": "object", "additionalProperties": {"type": "string"}, "description": "What is wrong, by field or parameter."},
    },
}
SPEED = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "subscription_id": ID, "customer_id": ID, "status": {"type": "string", "enum": [status.value for status in SubscriptionStatus]},
        "down_mbps": MBPS | {"description": "What to provision now, additions included; 0 where the line does not run."}, "up_mbps": MBPS,
        "extra_mbps": MBPS | {"description": "How much of it are additions whose days it is where the line is."},
    },
}
SPEED["required"] = list(SPEED["properties"])


def of_column(column: Any, written: bool = False) -> dict[str, Any]:
    """Return the schema of a column's values; of those that may be written, with their bounds."""
    schema = {"type": "integer"} if column.foreign_keys or column.primary_key else _of_type(column, written)
    if column.foreign_keys or column.primary_key:
        schema = dict(ID)
    if column.nullable:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema | {"description": str(column.info["label"])}


def _of_type(column: Any, written: bool) -> dict[str, Any]:
    kind = column.type
    if isinstance(kind, PriorityType):
        return {"type": "integer", "enum": [member.value for member in Priority]}
    if isinstance(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind.enum_class]}
    if isinstance(kind, UtcDateTime):
        return {"type": "string", "format": "date-time"}
    if isinstance(kind, Date):
        return {"type": "string", "format": "date"}
    if isinstance(kind, Boolean):
        return {"type": "boolean"}
    if isinstance(kind, Integer):
        return {"type": "integer", "minimum": column.info.get("least", -checks.LARGEST), "maximum": column.info.get("greatest", checks.LARGEST)} if written else {"type": "integer"}
    if written and isinstance(kind, String):
        pattern = PATTERNS.get(column.info.get("kind", ""))
        return {"type": "string", "maxLength": kind.length or checks.LONGEST} | ({"pattern": pattern} if pattern else {})
    return {"type": "string"}


def row(resource: Resource, roles: Sequence[RoleName]) -> dict[str, Any]:
    """Return the schema of a row as these roles see it; what not each of them sees may be missing."""
    seen = [set(resource.seen(role)) for role in roles]
    return {
        "type": "object", "additionalProperties": False,
        "properties": {name: of_column(resource.column(name)) for name in resource.fields if any(name in names for names in seen)},
        "required": [name for name in resource.fields if all(name in names for names in seen)],
    }


def sent(resource: Resource, names: tuple[str, ...], roles: Sequence[RoleName], created: bool) -> dict[str, Any]:
    """Return the schema of what is sent for a new row, or for a change."""
    known = [name for name in names if any(name in resource.seen(role) for role in roles)]
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False,
                              "properties": {name: of_column(resource.column(name), written=True) for name in known}}
    needed = [name for name in known if not resource.column(name).nullable and resource.column(name).default is None]
    if "text" in schema["properties"]:
        schema["properties"]["text"]["maxLength"] = LONGEST_REPLY
    return schema | ({"required": needed} if created else {"minProperties": 1})


def moves(resource: Resource, roles: Sequence[RoleName]) -> dict[str, Any]:
    """Return the schema of a move: one alternative for each verb, with the facts that it needs."""
    verbs = {verb.name: verb for role in roles for verb in resource.verbs(role)}
    return {"oneOf": [_move(resource, verb) for verb in verbs.values()]}


def _move(resource: Resource, verb: Any) -> dict[str, Any]:
    facts = {fact_field(resource, name): name for name in (*verb.needs, *verb.takes)}
    properties = {field: _fact(resource, field, name) for field, name in facts.items()}
    needed = [field for field, name in facts.items() if name in verb.needs]
    return {"type": "object", "title": str(verb.label), "additionalProperties": False,
            "properties": {"verb": {"const": verb.name}} | properties, "required": ["verb", *needed]}


def _fact(resource: Resource, field: str, name: str) -> dict[str, Any]:
    if name == "reason":
        return {"type": "string", "minLength": 1, "maxLength": 500, "description": "Explanation"}
    return of_column(resource.column(field), written=True)
