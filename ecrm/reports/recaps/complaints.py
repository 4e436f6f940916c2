"""The recap of complaints: those entered in the period, by what they were about, where, how, and what became of them."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ecrm.models import Branch, Complaint, ComplaintCategory, CoverageArea, Customer
from ecrm.models.complaint import SOLVED, UNSOLVED, Channel, ComplaintStatus
from ecrm.reports import counting, names, timeline
from ecrm.reports.counting import how_many
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import measures
from ecrm.rules.measures import Target

MOST_AREAS = 10
COLUMNS = (
    Column("entered", _l("Entered")), Column("solved", _l("Solved")), Column("unsolved", _l("Unsolved")),
    Column("cancelled", _l("Cancelled")), Column("met", _l("Target met")), Column("missed", _l("Target missed")),
    Column("share", _l("Met, %"), Kind.PERCENT), Column("reopened", _l("Reopened")), Column("repeated", _l("Repeated")),
    Column("answer", _l("First response, median"), Kind.MINUTES), Column("solution", _l("Resolution, median"), Kind.MINUTES),
    Column("slowest", _l("Resolution, 90th percentile"), Kind.MINUTES), Column("rating", _l("Rating"), Kind.RATING),
)
FILTERS = {  # the filter of the list that finds what a column counts
    "entered": {}, "solved": {"status": "solved"}, "unsolved": {"status": "unsolved"}, "cancelled": {"status": "cancelled"},
    "met": {"target": "met"}, "missed": {"target": "missed"}, "reopened": {"reopened": "1"}, "repeated": {"repeated": "1"},
}

MOMENTS = (  # key, label, column and filter of what is counted along the time
    ("entered", _l("Entered"), Complaint.opened_at, "opened_at"), ("resolved", _l("Resolved"), Complaint.resolved_at, "resolved_at"),
)


@dataclass
class Tally:
    """What was counted of a group of complaints; tallies add up."""

    counts: dict[str, int] = field(default_factory=dict)
    answer: counting.Spread = field(default_factory=counting.Spread)
    solution: counting.Spread = field(default_factory=counting.Spread)

    def values(self) -> tuple[Any, ...]:
        """Return the values in the order of COLUMNS."""
        get = self.counts.get
        return (
            get("entered", 0), get("solved", 0), get("unsolved", 0), get("cancelled", 0), get("met", 0), get("missed", 0),
            counting.percent(get("met", 0), get("met", 0) + get("missed", 0)), get("reopened", 0), get("repeated", 0),
            self.answer.median, self.solution.median, self.solution.quantile(0.9), counting.mean(get("stars", 0), get("rated", 0)),
        )


def cohort(scope: Scope) -> ColumnElement[bool]:
    """Return the condition of the complaints that were entered in the period, in the branch and of the category asked for."""
    return and_(counting.within(Complaint.opened_at, scope.period), chosen(scope))


def chosen(scope: Scope) -> ColumnElement[bool]:
    """Return the condition of the branch and the category asked for."""
    asked = [(Complaint.branch_id, scope.branch_id), (Complaint.category_id, scope.category_id)]
    return and_(True, *(column == value for column, value in asked if value is not None))


def filters(scope: Scope) -> dict[str, str]:
    """Return the filters of the list of complaints that say the same as chosen()."""
    asked = {"branch": scope.branch_id, "category": scope.category_id}
    return {key: str(value) for key, value in asked.items() if value is not None}


def tallies(session: Session, key: Any, where: ColumnElement[bool], at: Any) -> dict[Any, Tally]:
    """Return the tally of each value of `key`, and for None that of all."""
    counted = {
        "entered": func.count(), "solved": how_many(Complaint.status.in_(SOLVED)),
        "unsolved": how_many(Complaint.status.in_(UNSOLVED)), "cancelled": how_many(Complaint.status == ComplaintStatus.CANCELLED),
        "met": how_many(measures.target(Target.MET, at)), "missed": how_many(measures.target(Target.MISSED, at)),
        "reopened": how_many(Complaint.reopen_count > 0), "repeated": how_many(Complaint.repeats > 0),
        "stars": func.coalesce(func.sum(Complaint.rating), 0), "rated": func.count(Complaint.rating),
    }
    found: dict[Any, Tally] = {None: Tally({name: 0 for name in counted})}
    for value, *counts in session.execute(select(key, *counted.values()).where(where).group_by(key)):
        tally = Tally({name: int(count) for name, count in zip(counted, counts, strict=True)})
        found[None].counts = {name: found[None].counts[name] + tally.counts[name] for name in counted}
        found[value] = tally
    for name, seconds in (("answer", measures.answer_seconds()), ("solution", measures.solution_seconds())):
        for value, spread in counting.spreads(session, key, seconds, where).items():
            setattr(found[value], name, spread)
    return found


def breakdown(key: str, label: Any, found: dict[Any, Tally], texts: dict[Any, str], base: dict[str, str], by: str) -> Table:
    """Return a table with a row for each value, in the order of `texts`; `by` is the filter of the list that the value goes to."""
    rows = [row(texts[value], found[value], base | {by: str(getattr(value, "value", value))}) for value in texts if value in found]
    title = _("By %(what)s", what=str(label).lower())
    return Table(key, title, (Column("name", label, Kind.TEXT), *COLUMNS), tuple(rows), row(_("Total"), found[None], base))


def row(text: str, tally: Tally, base: dict[str, str]) -> Row:
    """Return the row of a tally; each of its counts opens the list with the filters `base`."""
    opens = {name: Opens(Complaint, base | more) for name, more in FILTERS.items()}
    return Row((text, *tally.values()), opens)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    where, base = cohort(scope), filters(scope) | {"opened_at": scope.period.days}
    by_category = tallies(session, Complaint.category_id, where, scope.at)
    tables = [breakdown("category", _l("Category"), by_category, names.of(session, ComplaintCategory), base, "category")]
    if scope.branch_id is None:
        found = tallies(session, Complaint.branch_id, where, scope.at)
        tables.append(breakdown("branch", _l("Branch"), found, names.of(session, Branch), base, "branch"))
    tables.append(_simple(session, "status", _l("Status"), Complaint.status, {one: str(one.label) for one in ComplaintStatus}, where, base))
    tables.append(_simple(session, "channel", _l("Channel"), Complaint.channel, {one: str(one.label) for one in Channel}, where, base))
    tables.append(areas(session, where, base))
    days, lines = timeline.of(session, Complaint, MOMENTS, chosen(scope), filters(scope), scope.period, scope.at)
    if not by_category[None].counts["entered"]:
        tables = []
    charts = (lines, tables[0].chart(_("Targets by category"), Drawn.STACK, "met", "missed")) if tables else ()
    return Sheet("complaints", _("Recap of complaints"), scope, (*tables, days) if tables or days.rows else (), charts, NOTES)


def _simple(session: Session, key: str, label: Any, column: Any, texts: dict[Any, str], where: Any, base: dict[str, str]) -> Table:
    """Return a table of counts alone."""
    found = {value: count for value, count in session.execute(select(column, func.count()).where(where).group_by(column))}
    rows = tuple(
        Row((text, found[value]), {"entered": Opens(Complaint, base | {key: value.value})}) for value, text in texts.items() if value in found)
    total = Row((_("Total"), sum(found.values())), {"entered": Opens(Complaint, base)})
    return Table(key, _("By %(what)s", what=str(label).lower()), (Column("name", label, Kind.TEXT), COLUMNS[0]), rows, total)


def areas(session: Session, where: ColumnElement[bool], base: dict[str, str], most: int = MOST_AREAS) -> Table:
    """Return the areas with the most complaints; they do not add up to all."""
    rows = session.execute(
        select(CoverageArea.id, CoverageArea.name, Branch.name, func.count()).select_from(Complaint)
        .join(Complaint.customer).join(CoverageArea, Customer.area_id == CoverageArea.id).join(Branch, CoverageArea.branch_id == Branch.id)
        .where(where).group_by(CoverageArea.id, CoverageArea.name, Branch.name).order_by(func.count().desc(), CoverageArea.id).limit(most))
    found = tuple(Row((f"{name} ({branch})", count), {"entered": Opens(Complaint, base | {"area": str(number)})})
                  for number, name, branch, count in rows)
    columns = (Column("name", _l("Coverage area"), Kind.TEXT), COLUMNS[0])
    return Table("area", _("The areas with the most complaints"), columns, found)


NOTES = (
    _l("Counted are the complaints entered in the period, as they stand now; one that is open and late has missed its target, a cancelled one has none."),
    _l("Times of resolution leave out the time that we waited for the customer. Medians and percentiles are those of the nearest rank."),
)
