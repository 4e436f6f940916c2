"""Filters that the numbers of reports open their lists with; the conditions are those that the reports count by."""

from datetime import datetime, time, timedelta
from typing import Any

from ecrm.admin import look, lookup
from ecrm.admin.named_filters import Condition, Named
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Branch, Complaint, ComplaintCategory, ServiceStandard
from ecrm.models.base import now
from ecrm.models.category import CategoryKind
from ecrm.models.recap import Measure
from ecrm.reports import period
from ecrm.rules import measures, staff
from ecrm.rules.measures import Kept, Standing


class Words(Named):
    """One of the members of a Labelled enum."""

    kind = "select"
    members: Any = ()

    def choices(self) -> list[tuple[str, str]]:
        """Return the members."""
        return [(member.value, str(member.label)) for member in self.members]

    def clean(self, value: str) -> Any:
        """Return the member; raises ValueError."""
        return self.members(value)


class Target(Words):
    """The resolution target met, missed, or still open."""

    name_in_address, title, reads, members = "target", _l("Target"), "resolution_due_at", measures.Target

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(measures.target(value, now()))


class Kind(Words):
    """What a complaint's category is about."""

    name_in_address, title, reads, members = "kind", _l("Kind"), "category", CategoryKind

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(Complaint.category.has(ComplaintCategory.kind == value))


class FirstVisit(Condition):
    """Fixed at the first visit, or not."""

    name_in_address, title, reads = "first_visit", _l("Fixed at the first visit"), "resolved_at"
    condition = staticmethod(measures.first_visit)


class Answered(Condition):
    """Answered, or not; the times of first response come from these."""

    kind = "hidden"
    name_in_address, title, reads = "answered", _l("Answered"), "first_response_at"
    condition = staticmethod(lambda: Complaint.first_response_at.is_not(None))


class Rated(Condition):
    """Rated by the customer, or not."""

    kind = "hidden"
    name_in_address, title, reads = "rated", _l("Rated"), "rating"
    condition = staticmethod(lambda: Complaint.rating.is_not(None))


class Approved(Condition):
    """A bandwidth addition that was given, or not."""

    name_in_address, title, reads = "approved", _l("Approved"), "status"
    condition = staticmethod(measures.approved)


class OpenOn(Named):
    """Unsolved at the end of a day."""

    kind = "hidden"
    name_in_address, title, reads = "open_on", _l("Unsolved at the end of"), "opened_at"

    def clean(self, value: str) -> datetime:
        """Return the first moment after the day; raises ValueError."""
        day = datetime.strptime(value, "%Y-%m-%d")
        if not 1970 <= day.year <= 2100:
            raise ValueError(value)
        return datetime.combine(day.date() + timedelta(days=1), time(), look.zone())

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(measures.open_at(min(value, now())))


class StaffMembers(Named):
    """Done by somebody on the staff: of all, or of one branch."""

    kind = "hidden"
    name_in_address, title, reads = "staff", _l("Staff"), "actor"

    def clean(self, value: str) -> int | None:
        """Return the branch, None for all; raises ValueError."""
        if value != "all" and lookup.whole(value) is None:
            raise ValueError(value)
        return lookup.whole(value)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        column = getattr(self.view.model, self.reads).property.local_remote_pairs[0][0]
        return query.filter(column.in_(staff.of_branch(value)))

    def shown(self, value: str) -> str:
        """Return the branch, or all."""
        number = lookup.whole(value)
        row = None if number is None else lookup.query(Branch, self.view.role).filter(Branch.id == number).one_or_none()
        return str(row) if row else _("all")


class Writers(StaffMembers):
    """Written by somebody on the staff."""

    reads = "author"


class Standard(Named):
    """How a row stands to a standard of service, as measure.kept.first..last."""

    kind = "hidden"
    name_in_address, title = "standard", _l("Standard of service")

    def clean(self, value: str) -> Any:
        """Return the condition; raises ValueError, also for days that no report covers."""
        measure, _dot, rest = value.partition(".")
        kept, _dot, days = rest.partition(".")
        first, last = days.split("..")
        found = period.between(first, last, look.zone())
        standard = db.session.query(ServiceStandard).filter_by(measure=Measure(measure)).one_or_none()
        if standard is None:
            raise ValueError(value)
        standing = Standing(db.session, standard, found.begin, found.end, now())  # type: ignore[arg-type]
        if standing.model is not self.view.model:
            raise ValueError(value)
        return standing.condition(Kept(kept))

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(value)

    def shown(self, value: str) -> str:
        """Return the standard and how it was kept."""
        measure, kept, *_days = value.split(".")
        row = db.session.query(ServiceStandard).filter_by(measure=Measure(measure)).one_or_none()
        return f"{row or Measure(measure).label}: {Kept(kept).label}"
