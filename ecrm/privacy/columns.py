"""Which columns say something about a person in words, and what stands there after an erasure; what is not named here is taken away."""

from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Column, Enum, String, Table, TypeDecorator

from ecrm.trail import MASK

# What stays, as recaps, the trail and the register need it: none of it says who the person was.
KEPT = frozenset({
    "complaint.number", "installation.number", "pdp_request.number", "visit.number", "consent.wording", "installation.agreed_wording", "demand.agreed_wording", "step.table", "step.action", "step.from_status", "step.to_status",
    "step.before", "step.after",  # emptied value by value
})
GIVEN = {  # what must be there, and be nobody else's
    "customer.number": lambda row_id: f"X-{row_id:06d}", "user.email": lambda row_id: f"erased-{row_id}@erased.invalid",
    "user.fs_uniquifier": lambda row_id: uuid4().hex,
}


def speaks(column: Column[Any]) -> bool:
    """Return whether a column holds words of people: text or JSON, and no member of an enum."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, String | JSON) and not isinstance(kind, Enum)


def personal(table: Table) -> list[Column[Any]]:
    """Return the columns of a table from which an erasure takes the words."""
    return [column for column in table.columns if speaks(column) and str(column) not in KEPT]


def instead(column: Column[Any], row_id: int) -> Any:
    """Return what stands in a column of a row after an erasure."""
    if str(column) in GIVEN:
        return GIVEN[str(column)](row_id)
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return {}
    return "" if column.info.get("kind") in ("phone", "email") else MASK
