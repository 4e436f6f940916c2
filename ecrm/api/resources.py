"""What the API offers: for each table its address, its fields, and what may be written. Rights, rows and hidden columns are the policy's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from ecrm import policy
from ecrm.models import (
    TABLES, BandwidthGrant, Branch, Complaint, ComplaintCategory, CoverageArea, Customer, Plan, Reply, Subscription, User,
)
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.rules import bandwidth, complaint, customer, period


@dataclass(frozen=True)
class Resource:
    """A table of the API: `fields` that are read, `create` and `edit` those that are written, `filters` columns that narrow a list.

    `born(session, row, at, by)` brings a new row into the world, `checks(row)` may raise Refused, `since` is the moment that `opened_since` reads.
    """

    name: str
    model: Any
    fields: tuple[str, ...]
    create: tuple[str, ...] = ()
    edit: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    since: str | None = None
    born: Callable[[Session, Any, datetime, User], Any] | None = None
    checks: tuple[Callable[[Any], None], ...] = ()

    def seen(self, role: RoleName, names: tuple[str, ...] | None = None) -> list[str]:
        """Return those of the fields, or of `names`, that a role may see."""
        return [name for name in (self.fields if names is None else names) if visible(self.model, role, name)]

    def column(self, name: str) -> Any:
        """Return the column of a field."""
        return inspect(self.model).columns[name]

    def may(self, role: RoleName, right: policy.Right) -> bool:
        """Return whether a role has a right on the table."""
        return policy.may(role, self.model, right)

    def verbs(self, role: RoleName) -> list[Any]:
        """Return the verbs of the lifecycle that a role may carry out."""
        lifecycle = getattr(self.model, "__lifecycle__", None)
        return [verb for verb in lifecycle.verbs if policy.may_move(role, self.model, verb.name)] if lifecycle else []

    @property
    def versioned(self) -> bool:
        """Return whether rows have a version, and with it an ETag."""
        return "version" in self.fields


@cache  # the policy is known when the application starts, and a page of 200 rows asks for each column of each
def visible(model: Any, role: RoleName, name: str) -> bool:
    """Return whether a role may see a column: it is not hidden, no secret, and what it points to is a table of the role's."""
    column, hidden = inspect(model).columns[name], policy.hidden(model, role)
    if column.info.get("secret") or name in hidden or name.removesuffix("_id") in hidden:
        return False
    return all(policy.may(role, remote(column), policy.Right.READ) for _key in column.foreign_keys)


def remote(column: Any) -> Any:
    """Return the model that a column points to, None for an ordinary one."""
    return next((TABLES[key.column.table.name] for key in column.foreign_keys), None)


COMPLAINTS = Resource(
    "complaints", Complaint,
    ("id", "number", "customer_id", "branch_id", "subscription_id", "category_id", "subject", "description", "channel", "priority", "status",
     "technician_id", "opened_at", "first_response_at", "resolved_at", "closed_at", "response_due_at", "resolution_due_at", "repeats",
     "reopen_count", "waited_seconds", "rating", "rating_remark", "outage_id", "merged_into_id", "version"),
    create=("customer_id", "subscription_id", "channel", "category_id", "priority", "subject", "description"),
    edit=("category_id", "subscription_id", "channel", "priority", "subject", "description"),
    filters=("number", "status", "customer_id", "technician_id", "branch_id"), since="opened_at",
    born=lambda session, row, at, _by: complaint.enter(session, row, at), checks=(complaint.check,),
)
CUSTOMERS = Resource(
    "customers", Customer,
    ("id", "number", "name", "identity_number", "phone", "email", "preferred_channel", "address", "branch_id", "area_id", "since", "status", "restricted_at",
     "erased_at", "version"),
    create=("name", "identity_number", "phone", "email", "preferred_channel", "address", "branch_id", "area_id", "since"),
    edit=("name", "identity_number", "phone", "email", "preferred_channel", "address", "branch_id", "area_id", "since"),
    filters=("number", "status", "branch_id", "phone", "email"),
    born=lambda session, row, _at, _by: customer.admit(session, row),
)
SUBSCRIPTIONS = Resource(
    "subscriptions", Subscription, ("id", "customer_id", "plan_id", "address", "valid_from", "valid_until", "status", "version"),
    create=("customer_id", "plan_id", "address", "valid_from", "valid_until"), edit=("plan_id", "address", "valid_from", "valid_until"),
    filters=("status", "customer_id", "plan_id"), checks=(period.check,),
)
GRANTS = Resource(
    "grants", BandwidthGrant,
    ("id", "subscription_id", "extra_mbps", "valid_from", "valid_until", "reason", "complaint_id", "rule_id", "note", "status", "version"),
    create=("subscription_id", "extra_mbps", "valid_from", "valid_until", "reason", "complaint_id", "note"),
    edit=("subscription_id", "extra_mbps", "valid_from", "valid_until", "reason", "complaint_id", "note"),
    filters=("status", "subscription_id"), checks=(bandwidth.check, lambda row: bandwidth.check_form(row, now())),
)
REPLIES = Resource("replies", Reply, ("id", "complaint_id", "author_id", "public", "text", "at"), create=("text", "public"))
# What the ids above stand for; read only.
LISTS = (
    Resource("plans", Plan, ("id", "code", "name", "down_mbps", "up_mbps", "monthly_price", "on_sale", "version")),
    Resource("categories", ComplaintCategory, ("id", "code", "name", "name_en", "kind", "priority", "response_hours", "resolution_hours", "active", "version")),
    Resource("branches", Branch, ("id", "code", "name", "city", "time_zone", "active", "version")),
    Resource("areas", CoverageArea, ("id", "branch_id", "name", "postcode", "coverage", "version")),
    Resource("accounts", User, ("id", "name", "email", "branch_id", "active")),
)
RESOURCES = (COMPLAINTS, CUSTOMERS, SUBSCRIPTIONS, GRANTS, *LISTS)
SPEEDS = Resource("speeds", Subscription, (), filters=SUBSCRIPTIONS.filters)


def plain(value: Any) -> Any:
    """Return a value as JSON takes it: words of enums, moments in UTC and days as ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "value", value)


def shape(resource: Resource, role: RoleName, row: Any) -> dict[str, Any]:
    """Return a row as a role sees it."""
    return {name: plain(getattr(row, name)) for name in resource.seen(role)}

