"""The recap of complaints: those entered in the period, by what they were about, where, how, and what became of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Branch, Complaint, ComplaintCategory, CoverageArea
from ecrm.models.complaint import Channel, ComplaintStatus
from ecrm.reports import counted, counting, names, timeline
from ecrm.reports.counted.figures import Figures, Key
from ecrm.reports.period import Period
from ecrm.reports.shapes import Chart, Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table

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

MOMENTS = (("entered", _l("Entered"), "opened_at"), ("resolved", _l("Resolved"), "resolved_at"))  # key, label and filter of what is counted along the time


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


def tallies(found: Figures, key: Callable[[Key], Any], total: Tally | None = None) -> dict[Any, Tally]:
    """Return the tally of each value that `key` makes of branch and category, and for None that of all, unless it is given."""
    groups: dict[Any, list[Key]] = {}
    for name in found.counts:
        groups.setdefault(key(name), []).append(name)
    tallies = {value: _tally(*([part[name] for name in names if name in part] for part in (found.counts, found.answers, found.solutions)))
               for value, names in groups.items()}
    parts = list(tallies.values())
    return tallies | {None: total or _tally([one.counts for one in parts], [one.answer.counts for one in parts], [one.solution.counts for one in parts])}


def _tally(counts: Iterable[dict[str, int]], answers: Iterable[dict[int, int]], solutions: Iterable[dict[int, int]]) -> Tally:
    """Return the sum of counts and of minutes."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return Tally(total, *(counting.Spread(chain.from_iterable(one.items() for one in part)) for part in (answers, solutions)))


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
    base = filters(scope) | {"opened_at": scope.period.days}
    found = narrowed(counted.entered(session, scope.period, scope.at), scope)
    by_category = tallies(found, lambda key: key[1])
    tables = [breakdown("category", _l("Category"), by_category, names.of(session, ComplaintCategory), base, "category")]
    if scope.branch_id is None:
        tables.append(breakdown("branch", _l("Branch"), tallies(found, lambda key: key[0], by_category[None]), names.of(session, Branch), base, "branch"))
    counts = by_category[None].counts
    tables.append(_simple("status", _l("Status"), {one: str(one.label) for one in ComplaintStatus}, counts, base))
    tables.append(_simple("channel", _l("Channel"), {one: str(one.label) for one in Channel}, counts, base))
    tables.append(areas(session, counts, base))
    days, lines = along(session, scope.period, scope.at, scope)
    if not counts.get("entered"):
        tables = []
    charts = (lines, tables[0].chart(_("Targets by category"), Drawn.STACK, "met", "missed")) if tables else ()
    return Sheet("complaints", _("Recap of complaints"), scope, (*tables, days) if tables or days.rows else (), charts, NOTES)


def narrowed(found: Figures, scope: Scope) -> Figures:
    """Return the figures of the branch and the category asked for."""
    def part(counts: dict[Key, Any]) -> dict[Key, Any]:
        return {key: value for key, value in counts.items() if asked(scope, key)}
    return Figures(part(found.counts), part(found.answers), part(found.solutions))


def asked(scope: Scope, key: Key) -> bool:
    """Return whether a branch and a category are those asked for."""
    return scope.branch_id in (None, key[0]) and scope.category_id in (None, key[1])


def along(session: Session, period: Period, at: datetime, scope: Scope | None = None, most_days: int = timeline.MOST_DAYS) -> tuple[Table, Chart]:
    """Return how many complaints were entered and resolved along a period."""
    wanted = partial(asked, scope) if scope and (scope.branch_id or scope.category_id) else None
    days = dict(zip(("entered", "resolved"), counted.by_day(session, ("opened", "resolved"), period, wanted), strict=True))
    return timeline.of(Complaint, MOMENTS, days, filters(scope) if scope else {}, period, at, most_days)


def _simple(key: str, label: Any, texts: dict[Any, str], counts: dict[str, int], base: dict[str, str]) -> Table:
    """Return a table of counts alone."""
    found = {one: counts[f"{key} {one.value}"] for one in texts if counts.get(f"{key} {one.value}")}
    rows = tuple(Row((texts[one], number), {"entered": Opens(Complaint, base | {key: one.value})}) for one, number in found.items())
    total = Row((_("Total"), sum(found.values())), {"entered": Opens(Complaint, base)})
    return Table(key, _("By %(what)s", what=str(label).lower()), (Column("name", label, Kind.TEXT), COLUMNS[0]), rows, total)


def areas(session: Session, counts: dict[str, int], base: dict[str, str], most: int = MOST_AREAS) -> Table:
    """Return the areas with the most complaints; they do not add up to all."""
    numbers = {int(name.removeprefix("area ")): count for name, count in counts.items() if name.startswith("area ")}
    first = sorted(numbers, key=lambda number: (-numbers[number], number))[:most]
    query = select(CoverageArea.id, CoverageArea.name, Branch.name).join(Branch, CoverageArea.branch_id == Branch.id).where(CoverageArea.id.in_(first))
    texts = {number: f"{name} ({branch})" for number, name, branch in session.execute(query)}
    found = tuple(Row((texts[number], numbers[number]), {"entered": Opens(Complaint, base | {"area": str(number)})}) for number in first)
    columns = (Column("name", _l("Coverage area"), Kind.TEXT), COLUMNS[0])
    return Table("area", _("The areas with the most complaints"), columns, found)


NOTES = (
    _l("Counted are the complaints entered in the period, as they stand now; one that is open and late has missed its target, a cancelled one has none."),
    _l("Times of resolution leave out the time that we waited for the customer. Medians and percentiles are those of the nearest rank."),
)
