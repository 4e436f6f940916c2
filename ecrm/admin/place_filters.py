"""Filters by the area, branch or plan that rows belong to through their customer or subscription."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ecrm.admin import lookup
from ecrm.admin.named_filters import Named
from ecrm.models import Branch, CoverageArea, Customer, Plan, Subscription


class Through(Named):
    """A row of another table that the rows belong to through their customer or subscription."""

    kind = "select"
    remote: Any = None

    def choices(self) -> list[tuple[str, str]]:
        """Return the rows that the role sees."""
        return [(str(row.id), str(row)) for row in lookup.query(self.remote, self.view.role).limit(300)]

    def clean(self, value: str) -> int:
        """Return the id; raises ValueError for a row out of scope."""
        number = lookup.whole(value)
        if number is None or not lookup.query(self.remote, self.view.role).filter(self.remote.id == number).count():
            raise ValueError(value)
        return number

    def belongs(self, value: int) -> Any:
        """Return the condition that a row belongs to the one with this id."""
        raise NotImplementedError

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.belongs(value))

    def shown(self, value: str) -> str:
        """Return the row's text, also of one that is far down a long list."""
        return str(lookup.query(self.remote, self.view.role).filter(self.remote.id == value).one_or_none() or value)


class Area(Through):
    """The coverage area of the customer."""

    name_in_address, title, reads, remote = "area", _l("Coverage area"), "customer", CoverageArea

    def belongs(self, value: int) -> Any:
        """Return the condition."""
        return self.view.model.customer.has(Customer.area_id == value)


class CustomersBranch(Through):
    """The branch of the customer."""

    name_in_address, title, reads, remote = "branch", _l("Branch"), "customer", Branch

    def belongs(self, value: int) -> Any:
        """Return the condition."""
        return self.view.model.customer.has(Customer.branch_id == value)


class SubscribersBranch(Through):
    """The branch of the customer of a subscription."""

    name_in_address, title, reads, remote = "branch", _l("Branch"), "subscription", Branch

    def belongs(self, value: int) -> Any:
        """Return the condition."""
        return self.view.model.subscription.has(Subscription.customer.has(Customer.branch_id == value))


class SubscribersPlan(Through):
    """The plan of a subscription."""

    name_in_address, title, reads, remote = "plan", _l("Plan"), "subscription", Plan

    def belongs(self, value: int) -> Any:
        """Return the condition."""
        return self.view.model.subscription.has(Subscription.plan_id == value)


class AreasBranch(Through):
    """The branch of an area."""

    name_in_address, title, reads, remote = "branch", _l("Branch"), "area", Branch

    def belongs(self, value: int) -> Any:
        """Return the condition."""
        return self.view.model.area.has(CoverageArea.branch_id == value)
