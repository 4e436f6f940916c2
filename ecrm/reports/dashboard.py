"""The manager's dashboard: how much is unsolved, for how long, with whom, and how the last weeks went."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Branch, Complaint, ComplaintCategory, Customer, RiskScore, Subscription, User
from ecrm.models.complaint import UNSOLVED
from ecrm.reports import counted, counting, installing, names, timeline
from ecrm.reports.counted.figures import Figures
from ecrm.reports.period import Period, month
from ecrm.reports.recaps import complaints, outages, technicians
from ecrm.reports.shapes import Chart, Column, Drawn, Kind, Opens, Row, Table
from ecrm.rules import risk

AGES = ((0, 0, _l("today")), (1, 2, _l("1 or 2 days")), (3, 6, _l("3 to 6 days")), (7, None, _l("7 days and more")))
LAST = 30  # days of the figures of the last time
MONTHS = 12
MOST = 8  # categories, areas and technicians


@dataclass(frozen=True)
class Headline:
    """One big number, how it was in the time before, and where it leads."""

    label: Any
    kind: Kind
    value: Any
    before: Any
    opens: Opens


@dataclass(frozen=True)
class Board:
    """The dashboard: headlines with their table, and pairs of a chart and its table."""

    headlines: tuple[Headline, ...]
    last: Table
    connecting: tuple[Headline, ...]
    parts: tuple[tuple[Chart, Table], ...]


def make(session: Session, today: date, zone: ZoneInfo, at: datetime) -> Board:
    """Return the dashboard as it stands at a moment, in days of a zone."""
    last = Period(today - timedelta(days=LAST - 1), today, zone)
    year = Period(today - timedelta(days=364), today, zone)
    days, lines = complaints.along(session, year, at, most_days=366)
    figures = counted.entered(session, last, at)
    tally, table = _last(figures, counted.entered(session, last.before(), at), last)
    parts = (
        _by_status(session), _by_age(session, today, zone), (replace(lines, title=_("Entered and resolved each day, 12 months")), days),
        _backlog(session, today, zone), _load(session, at), _at_risk(session), _categories(session, figures, last), _areas(session, tally[0], last),
        _outages(session, last),
    )
    return Board(_headlines(*tally, last), table, _connecting(session, last, at), parts)


def _last(figures: Figures, before: Figures, last: Period) -> tuple[tuple[complaints.Tally, complaints.Tally], Table]:
    """Return the tallies of the last days and of those before, and the table of both."""
    found, rows = [], []
    for text, period, one in ((_("the last %(days)s days", days=LAST), last, figures), (_("the %(days)s days before", days=LAST), last.before(), before)):
        tally = complaints.tallies(one, lambda key: None)[None]
        found.append(tally)
        rows.append(complaints.row(text, tally, {"opened_at": period.days}))
    columns = (Column("name", _l("Time"), Kind.TEXT), *complaints.COLUMNS)
    return (found[0], found[1]), Table("last", _("Complaints entered in the last %(days)s days", days=LAST), columns, tuple(rows))


def _headlines(tally: complaints.Tally, before: complaints.Tally, last: Period) -> tuple[Headline, ...]:
    keys = [column.key for column in complaints.COLUMNS]
    new, old = (dict(zip(keys, one.values(), strict=True)) for one in (tally, before))

    def opens(**more: str) -> Opens:
        return Opens(Complaint, {"opened_at": last.days} | more)

    def line(label: Any, key: str, kind: Kind, **more: str) -> Headline:
        return Headline(label, kind, new[key], old[key], opens(**more))

    reopened = [counting.percent(one["reopened"], one["entered"]) for one in (new, old)]
    return (
        line(_l("Target met"), "share", Kind.PERCENT, target="met"), line(_l("First response, median"), "answer", Kind.MINUTES, answered="1"),
        Headline(_l("First response, 90th percentile"), Kind.MINUTES, tally.answer.quantile(0.9), before.answer.quantile(0.9), opens(answered="1")),
        line(_l("Resolution, median"), "solution", Kind.MINUTES, status="solved"),
        line(_l("Resolution, 90th percentile"), "slowest", Kind.MINUTES, status="solved"),
        Headline(_l("Reopened"), Kind.PERCENT, *reopened, opens(reopened="1")),
        line(_l("Satisfaction, of 5"), "rating", Kind.RATING, rated="1"),
    )


def _connecting(session: Session, last: Period, at: datetime) -> tuple[Headline, ...]:
    """Return how long new connections took, of those activated and of those applied for in the last days."""
    new, old = (installing.connecting(session, one, at) for one in (last, last.before()))
    median = Headline(_l("Application to activation, median"), Kind.DAYS, new.median, old.median, new.activated)
    share = Headline(_l("Connected within the target"), Kind.PERCENT, new.share, old.share, new.counted)
    return (median, share) if new.counted else (median,)


def _by_status(session: Session) -> tuple[Chart, Table]:
    """Return what is unsolved now, by branch and status."""
    query = select(Complaint.branch_id, Complaint.status, func.count()).where(Complaint.status.in_(UNSOLVED))
    found = {(branch, status): count for branch, status, count in session.execute(query.group_by(Complaint.branch_id, Complaint.status))}
    branches = [(number, text) for number, text in names.of(session, Branch).items() if any(key[0] == number for key in found)]

    def row(text: str, counts: list[int], base: dict[str, str]) -> Row:
        opens = {status.value: Opens(Complaint, base | {"status": status.value}) for status in UNSOLVED}
        return Row((text, *counts, sum(counts)), opens | {"sum": Opens(Complaint, base | {"status": "unsolved"})})

    rows = tuple(row(text, [found.get((number, status), 0) for status in UNSOLVED], {"branch": str(number)}) for number, text in branches)
    sums = [sum(count for (_branch, one), count in found.items() if one is status) for status in UNSOLVED]
    columns = (Column("name", _l("Branch"), Kind.TEXT), *(Column(status.value, status.label) for status in UNSOLVED), Column("sum", _l("Unsolved")))
    title = _("Unsolved now, by branch and status")
    table = Table("status", title, columns, rows, row(_("Total"), sums, {}))
    return table.chart(title, Drawn.STACK, *(status.value for status in UNSOLVED)), table


def _by_age(session: Session, today: date, zone: ZoneInfo) -> tuple[Chart, Table]:
    """Return what is unsolved now, by the days since it was entered."""
    rows = []
    for youngest, oldest, text in AGES:
        first = date(2000, 1, 1) if oldest is None else today - timedelta(days=oldest)
        period = Period(first, today - timedelta(days=youngest), zone)
        where = and_(Complaint.status.in_(UNSOLVED), counting.within(Complaint.opened_at, period))
        rows.append(_counted(session, str(text), where, {"status": "unsolved", "opened_at": period.days}))
    title = _("Unsolved now, by age")
    total = Row((_("Total"), sum(row.values[1] for row in rows)), {"count": Opens(Complaint, {"status": "unsolved"})})
    return _simple("age", title, _l("Age"), rows, total)


def _counted(session: Session, text: str, where: Any, filters: dict[str, str]) -> Row:
    count = session.scalar(select(func.count(Complaint.id)).where(where))
    return Row((text, count), {"count": Opens(Complaint, filters)})


def _simple(key: str, title: str, label: Any, rows: list[Row], total: Row | None = None) -> tuple[Chart, Table]:
    """Return one bar and one row for each count."""
    table = Table(key, title, (Column("name", label, Kind.TEXT), Column("count", _l("Complaints"))), tuple(rows), total)
    return table.chart(title, Drawn.BARS, "count"), table


def _backlog(session: Session, today: date, zone: ZoneInfo) -> tuple[Chart, Table]:
    """Return how many complaints were unsolved at the end of each of the last months, and now."""
    ends = [today]
    while len(ends) < MONTHS:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    rows = []
    for day, number in reversed(list(zip(ends, counted.unsolved_after(session, ends, zone), strict=True))):
        step = month(day.year, day.month, zone)
        rows.append(Row((timeline.text(step), number), {"count": Opens(Complaint, {"open_on": str(day)})}))
    title = _("Unsolved at the end of each month")
    chart, table = _simple("backlog", title, _l("Time"), rows)
    return replace(chart, drawn=Drawn.LINES), table


def _load(session: Session, at: datetime) -> tuple[Chart, Table]:
    """Return what each technician has in hand, and how much of it is late."""
    found = {number: (held["unsolved"], held["late"]) for number, held in technicians.in_hand(session, true(), at).items()}
    people = names.of_people(session, found)
    most = dict(session.execute(select(User.id, User.most_jobs).where(User.id.in_(found))).all())

    def row(text: str, count: int, late: int, who: str, most: int | None = None) -> Row:
        late_ones = Opens(Complaint, {"technician": who, "late": "1"})
        return Row((text, count, most, count - late, late), {
            "count": Opens(Complaint, {"technician": who, "status": "unsolved"}), "late": late_ones,
            "fine": Opens(Complaint, {"technician": who, "status": "unsolved", "late": "0"})})

    rows = tuple(row(people[number], *found[number], str(number), most[number]) for number in sorted(found, key=lambda number: (-found[number][0], number)))
    total = row(_("Total"), sum(one[0] for one in found.values()), sum(one[1] for one in found.values()), "any")
    columns = (Column("name", _l("Technician"), Kind.TEXT), Column("count", _l("Unsolved")), Column("most", _l("At the most")), Column("fine", _l("Not late")), Column("late", _l("Late")))
    title = _("In the technicians' hands now")
    table = Table("load", title, columns, rows, total)
    return table.chart(title, Drawn.STACK, "fine", "late"), table


def _at_risk(session: Session) -> tuple[Chart, Table]:
    """Return the customers that may be lost, by branch."""
    where = RiskScore.score >= risk.AT_RISK
    query = select(Customer.branch_id, func.count()).select_from(RiskScore).join(RiskScore.subscription).join(Subscription.customer)
    found = dict(session.execute(query.where(where).group_by(Customer.branch_id)).all())
    rows = [Row((text, found.get(number, 0)), {"count": Opens(RiskScore, {"risk": "1", "branch": str(number)})})
            for number, text in names.of(session, Branch).items()]
    total = Row((_("Total"), sum(found.values())), {"count": Opens(RiskScore, {"risk": "1"})})
    title = _("Customers at risk, by branch")
    table = Table("risk", title, (Column("name", _l("Branch"), Kind.TEXT), Column("count", _l("Customers at risk"))), tuple(rows), total)
    return table.chart(title, Drawn.BARS, "count"), table


def _categories(session: Session, figures: Figures, last: Period) -> tuple[Chart, Table]:
    """Return the categories with the most complaints of the last days."""
    found: Counter[int] = Counter()
    for (_branch, category), counts in figures.counts.items():
        found[category] += counts["entered"]
    texts = names.of(session, ComplaintCategory)
    rows = [Row((texts[number], found[number]), {"count": Opens(Complaint, {"opened_at": last.days, "category": str(number)})})
            for number in sorted(found, key=lambda number: (-found[number], number))[:MOST]]
    return _simple("category", _("The categories with the most complaints, %(days)s days", days=LAST), _l("Category"), rows)


def _areas(session: Session, tally: complaints.Tally, last: Period) -> tuple[Chart, Table]:
    """Return the areas with the most complaints of the last days."""
    table = complaints.areas(session, tally.counts, {"opened_at": last.days}, MOST)
    rows = [Row(row.values, {"count": row.opens["entered"]}) for row in table.rows]
    return _simple("area", _("The areas with the most complaints, %(days)s days", days=LAST), _l("Coverage area"), rows)


def _outages(session: Session, last: Period) -> tuple[Chart, Table]:
    """Return the outages of the last days and of those before: how many, whom they concerned, and how long they took."""
    rows = tuple(outages.row(text, outages.tallies(session, outages.counted(period))[None], {"started_at": period.days}) for text, period in (
        (_("the last %(days)s days", days=LAST), last), (_("the %(days)s days before", days=LAST), last.before())))
    title = _("Outages, %(days)s days", days=LAST)
    table = Table("outages", title, (Column("name", _l("Time"), Kind.TEXT), *outages.COLUMNS), rows if any(row.values[1] for row in rows) else ())
    return table.chart(title, Drawn.BARS, "outages", "complaints"), table
