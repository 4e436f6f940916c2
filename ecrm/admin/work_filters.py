"""Filters of our own: what no single column says."""

from typing import Any

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from flask_babel import lazy_gettext as _l
from sqlalchemy import not_

from ecrm.admin.filters import Flag, Related
from ecrm.models import Complaint, Job, User
from ecrm.models.base import now
from ecrm.rules import queue, sla


class OfCustomer(Related):
    """The rows of one customer; links bring it, nobody chooses from a list of all customers."""

    kind = "hidden"
    reads = "customer"

    def __init__(self, view: Any) -> None:
        """Filter the view's relation `customer`."""
        super().__init__(view, "customer")

    def choices(self) -> list[tuple[str, str]]:
        """Return nothing."""
        return []


class Late(Flag):
    """Unsolved and past the due time, or not."""

    reads = "resolution_due_at"

    def __init__(self, view: Any) -> None:
        """Filter complaints."""
        self.key, self.view = "late", view
        BaseSQLAFilter.__init__(self, Complaint.resolution_due_at, name=_l("Late"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        late = sla.are_late(now())
        return query.filter(late if value else not_(late))


class Soon(Flag):
    """Unsolved and 80 % of the target used up, or not."""

    reads = "resolution_due_at"

    def __init__(self, view: Any) -> None:
        """Filter complaints."""
        self.key, self.view = "soon", view
        BaseSQLAFilter.__init__(self, Complaint.clock_warn_at, name=_l("Due soon"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        soon = sla.are_soon(now())
        return query.filter(soon if value else not_(soon))


class Unanswered(Flag):
    """Unsolved and never answered, or not."""

    reads = "first_response_at"

    def __init__(self, view: Any) -> None:
        """Filter complaints."""
        self.key, self.view = "unanswered", view
        BaseSQLAFilter.__init__(self, Complaint.first_response_at, name=_l("Not answered yet"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(queue.unanswered() if value else not_(queue.unanswered()))


class Repeated(Flag):
    """Entered again within 30 days, or not."""

    reads = "repeats"

    def __init__(self, view: Any) -> None:
        """Filter complaints."""
        self.key, self.view = "repeated", view
        BaseSQLAFilter.__init__(self, Complaint.repeats, name=_l("Repeated within 30 days"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column > 0 if value else self.column == 0)


class Reopened(Flag):
    """Reopened at least once, or never."""

    reads = "reopen_count"

    def __init__(self, view: Any) -> None:
        """Filter complaints."""
        self.key, self.view = "reopened", view
        BaseSQLAFilter.__init__(self, Complaint.reopen_count, name=_l("Reopened"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column > 0 if value else self.column == 0)


class Left(Flag):
    """Given to a technician whose account is switched off, or not."""

    reads = "technician"

    def __init__(self, view: Any) -> None:
        """Filter complaints."""
        self.key, self.view = "left", view
        BaseSQLAFilter.__init__(self, Complaint.technician_id, name=_l("Technician has left"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        left = Complaint.technician.has(User.active.is_(False))
        return query.filter(left if value else not_(left))


class Verified(Flag):
    """Whether an account's e-mail address was verified."""

    reads = "confirmed_at"

    def __init__(self, view: Any) -> None:
        """Filter accounts."""
        self.key, self.view = "verified", view
        BaseSQLAFilter.__init__(self, User.confirmed_at, name=_l("E-mail verified"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column.is_not(None) if value else self.column.is_(None))


class Failing(Flag):
    """Whether the last run of a periodic job failed."""

    reads = "failures"

    def __init__(self, view: Any) -> None:
        """Filter periodic jobs."""
        self.key, self.view = "failing", view
        BaseSQLAFilter.__init__(self, Job.failures, name=_l("Failing"))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column > 0 if value else self.column == 0)
