"""The recap of bandwidth additions: how many, how much, why, and what they are worth by the price of the plan."""

from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import BandwidthGrant, Branch, Customer, Plan, Subscription
from ecrm.models.bandwidth import GrantReason
from ecrm.models.elapsed import day_number
from ecrm.reports import names
from ecrm.reports.counting import grant_cost
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import measures

COLUMNS = (
    Column("count", _l("Additions")), Column("customers", _l("Customers")), Column("mbps", _l("Extra Mbps"), Kind.MBPS),
    Column("cost", _l("Worth"), Kind.RUPIAH),
)
NOTES = (
    _l("Counted are the approved additions that begin in the period, each with all its days, also those after the period; drafts and revoked ones are left out."),
    _l("Worth: price of the plan ÷ its download speed × extra Mbps × days ÷ 30, each addition rounded to whole rupiah."),
)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    where, base = _where(scope), _filters(scope)
    tables = [
        _table(session, "reason", _l("Reason"), BandwidthGrant.reason, {one: str(one.label) for one in GrantReason}, where, base),
        _table(session, "plan", _l("Plan"), Subscription.plan_id, names.of(session, Plan), where, base),
    ]
    if scope.branch_id is None:
        tables.insert(1, _table(session, "branch", _l("Branch"), Customer.branch_id, names.of(session, Branch), where, base))
    charts = (tables[0].chart(_("Worth by reason"), Drawn.BARS, "cost"),) if tables[0].rows else ()
    return Sheet("bandwidth", _("Recap of bandwidth additions"), scope, tuple(tables), charts, NOTES)


def _where(scope: Scope) -> Any:
    begun = and_(BandwidthGrant.valid_from >= scope.period.first, BandwidthGrant.valid_from <= scope.period.last)
    return and_(begun, measures.approved(), *([Customer.branch_id == scope.branch_id] if scope.branch_id is not None else []))


def _filters(scope: Scope) -> dict[str, str]:
    return {"valid_from": scope.period.days, "approved": "1"} | ({"branch": str(scope.branch_id)} if scope.branch_id is not None else {})


def _table(session: Session, key: str, label: Any, column: Any, texts: dict[Any, str], where: Any, base: dict[str, str]) -> Table:
    """Return a table with a row for each value of `column`; the cost is counted for each kind of addition once."""
    days = day_number(BandwidthGrant.valid_until, 0) - day_number(BandwidthGrant.valid_from, 0) + 1
    facts = (Plan.monthly_price, Plan.down_mbps, BandwidthGrant.extra_mbps, days)
    joined = select(column, func.count(), *facts).select_from(BandwidthGrant).join(BandwidthGrant.subscription).join(Subscription.customer)
    joined = joined.join(Plan, Subscription.plan_id == Plan.id).where(where)
    sums: dict[Any, list[int]] = {}
    for value, count, price, down, extra, length in session.execute(joined.group_by(column, *facts)):
        found = sums.setdefault(value, [0, 0, 0])
        found[0], found[1], found[2] = found[0] + count, found[1] + count * extra, found[2] + count * grant_cost(price, down, extra, length)
    people = _customers(session, column, where)
    rows = tuple(
        _row(texts[value], sums[value], people[value], base | {key: str(getattr(value, "value", value))}) for value in texts if value in sums)
    total = [sum(found[place] for found in sums.values()) for place in range(3)]
    title = _("By %(what)s", what=str(label).lower())
    return Table(key, title, (Column("name", label, Kind.TEXT), *COLUMNS), rows, _row(_("Total"), total, people[None], base))


def _customers(session: Session, column: Any, where: Any) -> dict[Any, int]:
    """Return how many customers there are for each value, and for None in all: one may have several additions."""
    joined = select(column, func.count(Subscription.customer_id.distinct())).select_from(BandwidthGrant)
    joined = joined.join(BandwidthGrant.subscription).join(Subscription.customer).where(where)
    found = {value: count for value, count in session.execute(joined.group_by(column))}
    every = select(func.count(Subscription.customer_id.distinct())).select_from(BandwidthGrant)
    found[None] = session.scalar(every.join(BandwidthGrant.subscription).join(Subscription.customer).where(where)) or 0
    return found


def _row(text: str, found: list[int], customers: int, filters: dict[str, str]) -> Row:
    return Row((text, found[0], customers, found[1], found[2]), {"count": Opens(BandwidthGrant, filters)})
