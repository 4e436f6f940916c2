"""What the reports count: which complaints kept their target, which were fixed at the first visit, which kept a standard of service.

Each condition is used twice, by the figure and by the filter of the list that the figure opens, so that the two agree.
"""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, false, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, Branch, Complaint, ComplaintCategory, CoverageArea, Installation, ServiceStandard, Step
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import Labelled
from ecrm.models.category import CategoryKind
from ecrm.models.complaint import SOLVED, UNSOLVED, ComplaintStatus
from ecrm.models.elapsed import day_number, hours_ahead, seconds_between
from ecrm.models.installation import InstallationStatus
from ecrm.models.recap import Measure, Unit
from ecrm.rules import calendar

DAY = 86_400  # seconds


class Target(Labelled):
    """How a complaint stands to its target of resolution."""

    MET = "met", _l("Met")
    MISSED = "missed", _l("Missed")
    PENDING = "pending", _l("Still within time")


def target(state: Target, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a complaint met or missed its resolution target, or still can meet it.

    Open but late is missed, except where the clock already stood when it became due (rules/sla.py, wind); a cancelled
    complaint is none of the three.
    """
    still_open = Complaint.status.in_(UNSOLVED)
    stood = and_(Complaint.waiting_since.is_not(None), Complaint.resolution_due_at >= Complaint.waiting_since)
    over = and_(still_open, Complaint.resolution_due_at < at, not_(stood))
    done = Complaint.status.in_(SOLVED)
    if state is Target.MET:
        return and_(done, Complaint.resolved_at <= Complaint.resolution_due_at)
    if state is Target.MISSED:
        return or_(and_(done, Complaint.resolved_at > Complaint.resolution_due_at), over)
    return and_(still_open, not_(over))


def open_at(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a complaint was unsolved at a moment, as far as its last resolution or cancellation tells."""
    done = func.coalesce(Complaint.resolved_at, Complaint.closed_at)
    return and_(Complaint.opened_at < moment, or_(Complaint.status.in_(UNSOLVED), done >= moment))


def first_visit() -> ColumnElement[bool]:
    """Return the condition that one visit was enough: the moves know one start, and no reopening."""
    def moves(verb: str) -> Any:
        return select(func.count(Step.id)).where(
            Step.table == "complaint", Step.row_id == Complaint.id, Step.action == verb).correlate(Complaint).scalar_subquery()
    return and_(Complaint.resolved_at.is_not(None), moves("start") == 1, moves("reopen") == 0)


def answer_seconds() -> ColumnElement[int]:
    """Return the seconds until the first response."""
    return seconds_between(Complaint.opened_at, Complaint.first_response_at)


def solution_seconds() -> ColumnElement[int]:
    """Return the seconds until the resolution, without those that we waited for the customer."""
    return seconds_between(Complaint.opened_at, Complaint.resolved_at) - Complaint.waited_seconds


def approved() -> ColumnElement[bool]:
    """Return the condition that a bandwidth addition was given: it is no draft, and was not revoked."""
    return BandwidthGrant.status.in_((GrantStatus.ACTIVE, GrantStatus.EXPIRED))


KINDS = {
    Measure.ANSWERED: None, Measure.HANDLED: CategoryKind.GENERAL, Measure.RESTORED: CategoryKind.DISTURBANCE,
    Measure.BILLING: CategoryKind.BILLING, Measure.DISTURBANCES: CategoryKind.DISTURBANCE,
}


class Kept(Labelled):
    """How a row stands to a standard of service."""

    YES = "yes", _l("Within the limit")
    NO = "no", _l("Past the limit")
    OPEN = "open", _l("Open, within the limit")
    COUNTED = "counted", _l("Counted")


class Standing:
    """The conditions of one standard of service on the rows that began between two days (of the company's clock)."""

    def __init__(self, session: Session, standard: ServiceStandard, begin: datetime, end: datetime, at: datetime) -> None:
        """Look up the calendars where the limit counts working days."""
        self.session, self.standard, self.begin, self.end, self.at = session, standard, begin, end, at
        self.installs = standard.measure is Measure.INSTALLED
        self.model: Any = Installation if self.installs else Complaint
        self.started: Any = Installation.registered_at if self.installs else Complaint.opened_at
        answered = standard.measure is Measure.ANSWERED
        self.done: Any = (
            Installation.activated_at if self.installs else Complaint.first_response_at if answered else Complaint.resolved_at)

    def among(self) -> ColumnElement[bool]:
        """Return the condition that a row is measured at all: begun in the period, of the kind, and not given up."""
        begun = and_(self.started >= self.begin, self.started < self.end)
        if self.installs:
            return and_(begun, Installation.status.not_in((InstallationStatus.CANCELLED, InstallationStatus.NOT_COVERED)))
        kind = KINDS[self.standard.measure]
        kinds = select(ComplaintCategory.id).where(ComplaintCategory.kind == kind).scalar_subquery() if kind else None
        if self.standard.measure is Measure.DISTURBANCES:  # who reported something reported it, also where it was cancelled
            return and_(begun, Complaint.category_id.in_(kinds))
        counted = and_(begun, Complaint.status != ComplaintStatus.CANCELLED)
        return counted if kinds is None else and_(counted, Complaint.category_id.in_(kinds))

    def condition(self, kept: Kept) -> ColumnElement[bool]:
        """Return the condition that a row stands so; open but late is past the limit, open within it is not counted."""
        if self.standard.measure is Measure.DISTURBANCES or self.standard.within is None:
            return self.among() if kept is Kept.COUNTED else false()
        within = self._used <= self.standard.within * (3600 if self.standard.unit is Unit.HOUR else DAY if self.standard.unit is Unit.DAY else 1)
        chosen = {
            Kept.YES: and_(self.done.is_not(None), within), Kept.NO: not_(within),
            Kept.OPEN: and_(self.done.is_(None), within), Kept.COUNTED: or_(self.done.is_not(None), not_(within)),
        }
        return and_(self.among(), chosen[kept])

    @cached_property
    def _used(self) -> ColumnElement[int]:
        """Return what is used up of the limit: seconds, or working days after the day of the beginning."""
        until = func.coalesce(self.done, literal(self.at, self.started.type))
        if self.standard.unit is not Unit.WORKING_DAY:
            return seconds_between(self.started, until)
        branch: Any = Complaint.branch_id
        if self.installs:
            branch = select(CoverageArea.branch_id).where(CoverageArea.id == Installation.area_id).scalar_subquery()
        counts = {row.id: self._counts(row, until) for row in self.session.query(Branch)}
        return case(*((branch == number, used) for number, used in counts.items()), else_=0)

    def _counts(self, branch: Branch, until: Any) -> ColumnElement[int]:
        """Return the working days of a branch after the day of the beginning, until the day of `until`.

        How many working days there were until each day stands in one text, five digits a day; two cuts give the answer.
        """
        made = calendar.of(self.session, branch)
        first = branch.local(self.begin).date() - timedelta(days=1)
        days = (branch.local(self.at).date() - first).days + 2
        total, places = 0, []
        for number in range(max(days, 1)):
            total += made.is_working_day(first + timedelta(days=number))
            places.append(f"{total:05}")
        words, hours = literal("".join(places)), hours_ahead(made.zone)

        def until_day(moment: Any) -> Any:
            return func.substr(words, (day_number(moment, hours) - first.toordinal()) * 5 + 1, 5)

        return cast(until_day(until), Integer) - cast(until_day(self.started), Integer)
