"""Filters by the area, branch or plan that rows belong to through their customer or subscription."""

from typing import Any

from ecrm.admin import lookup
from ecrm.admin.named_filters import Named
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Branch, CoverageArea, Plan


class Through(Named):
    """A row of another table that the rows belong to by a path of relations, such as subscription.customer.branch_id."""

    kind = "select"
    remote: Any = None
    path = ""

    def choices(self) -> list[tuple[str, str]]:
        """Return the rows that the role sees."""
        return lookup.choices(lookup.named(self.remote), self.remote, self.view.role)

    def clean(self, value: str) -> int:
        """Return the id; raises ValueError for a row out of scope."""
        number = lookup.whole(value)
        if number is None or not lookup.query(self.remote, self.view.role).filter(self.remote.id == number).count():
            raise ValueError(value)
        return number

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(_leads_to(self.view.model, self.path.split("."), value))

    def shown(self, value: str) -> str:
        """Return the row's text, also of one that is far down a long list."""
        return str(lookup.query(self.remote, self.view.role).filter(self.remote.id == value).one_or_none() or value)


def _leads_to(model: Any, path: list[str], value: int) -> Any:
    """Return the condition that a path of relations of a model ends at a column with this value."""
    attribute = getattr(model, path[0])
    return attribute == value if len(path) == 1 else attribute.has(_leads_to(attribute.property.mapper.class_, path[1:], value))


class Area(Through):
    """The coverage area of the customer."""

    name_in_address, title, reads, remote = "area", _l("Coverage area"), "customer", CoverageArea
    path = "customer.area_id"


class CustomersBranch(Through):
    """The branch of the customer."""

    name_in_address, title, reads, remote = "branch", _l("Branch"), "customer", Branch
    path = "customer.branch_id"


class SubscribersBranch(Through):
    """The branch of the customer of a subscription."""

    name_in_address, title, reads, remote = "branch", _l("Branch"), "subscription", Branch
    path = "subscription.customer.branch_id"


class SubscribersPlan(Through):
    """The plan of a subscription."""

    name_in_address, title, reads, remote = "plan", _l("Plan"), "subscription", Plan
    path = "subscription.plan_id"


class AreasBranch(Through):
    """The branch of an area."""

    name_in_address, title, reads, remote = "branch", _l("Branch"), "area", Branch
    path = "area.branch_id"
