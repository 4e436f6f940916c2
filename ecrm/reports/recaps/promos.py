"""The recap of promos: which ran in the period, for whom, and how many customers asked for each."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from ecrm.models import Customer, Promo, PromoRequest
from ecrm.models.plan import Audience
from ecrm.models.promo_request import PromoRequestStatus
from ecrm.reports import counting
from ecrm.reports.counting import how_many
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table

ASKED = (
    Column("requests", _l("Requests")), Column("accepted", _l("Accepted")), Column("declined", _l("Declined")), Column("withdrawn", _l("Withdrawn")),
    Column("open", _l("Not answered")),
)
COLUMNS = (
    Column("name", _l("Promo"), Kind.TEXT), Column("from", _l("From"), Kind.DAY), Column("until", _l("Until"), Kind.DAY),
    Column("audience", _l("For whom"), Kind.TEXT), Column("published", _l("Published"), Kind.TEXT), *ASKED,
)
REQUESTS = COLUMNS.index(ASKED[0])
STATUS = {"requests": {}, "accepted": {"status": "accepted"}, "declined": {"status": "declined"},
          "withdrawn": {"status": "withdrawn"}, "open": {"status": "requested"}}
NOTES = (
    _l("Listed are the promos with a day in the period; running are those that are published. Requests are those that customers sent in the period, withdrawn ones included."),
)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    asked = _asked(session, scope)
    promos = list(session.scalars(select(Promo).where(_overlaps(scope)).order_by(Promo.valid_from, Promo.id)))
    others = {number for number in asked if number is not None} - {promo.id for promo in promos}
    promos += session.scalars(select(Promo).where(Promo.id.in_(others)).order_by(Promo.id)) if others else []
    rows = tuple(_row(promo, asked.get(promo.id, (0,) * len(ASKED)), scope) for promo in promos)
    totals = tuple(sum(found[place] for found in asked.values()) for place in range(len(ASKED)))
    total = Row((_("Total"), None, None, None, None, *totals), {key: Opens(PromoRequest, _requests(scope) | more) for key, more in STATUS.items()})
    table = Table("promo", _("Promos"), COLUMNS, rows, total)
    wished = replace(table, rows=tuple(row for row in rows if row.values[REQUESTS]))
    charts = (wished.chart(_("Requests by promo"), Drawn.BARS, "requests"),) if any(totals) else ()
    return Sheet("promos", _("Recap of promos"), scope, (table, _audiences(session, scope)) if rows else (), charts, NOTES)


def _overlaps(scope: Scope) -> Any:
    return and_(Promo.valid_from <= scope.period.last, Promo.valid_until >= scope.period.first)


def _asked(session: Session, scope: Scope) -> dict[Any, tuple[int, ...]]:
    """Return requests, accepted, declined, withdrawn and open of each promo in the period."""
    counted = (func.count(), *(how_many(PromoRequest.status == status) for status in
                               (PromoRequestStatus.ACCEPTED, PromoRequestStatus.DECLINED, PromoRequestStatus.WITHDRAWN, PromoRequestStatus.REQUESTED)))
    query = select(PromoRequest.promo_id, *counted).where(counting.within(PromoRequest.requested_at, scope.period))
    if scope.branch_id is not None:
        query = query.join(PromoRequest.customer).where(Customer.branch_id == scope.branch_id)
    return {number: tuple(map(int, counts)) for number, *counts in session.execute(query.group_by(PromoRequest.promo_id))}


def _requests(scope: Scope) -> dict[str, str]:
    return {"requested_at": scope.period.days} | ({"branch": str(scope.branch_id)} if scope.branch_id is not None else {})


def _row(promo: Promo, counts: tuple[int, ...], scope: Scope) -> Row:
    opens = {key: Opens(PromoRequest, _requests(scope) | {"promo": str(promo.id)} | more) for key, more in STATUS.items()}
    facts = (promo.title, promo.valid_from, promo.valid_until, str(promo.audience.label), _("yes") if promo.published else _("no"))
    return Row((*facts, *counts), opens)


def _audiences(session: Session, scope: Scope) -> Table:
    """Return how many promos there were for whom, and how many of them were published."""
    period = {"valid_from": f"..{scope.period.last}", "valid_until": f"{scope.period.first}.."}
    query = select(Promo.audience, func.count(), how_many(Promo.published.is_(True))).where(_overlaps(scope)).group_by(Promo.audience)
    found = {audience: (count, int(running)) for audience, count, running in session.execute(query)}

    def row(text: str, counts: tuple[int, int], more: dict[str, str]) -> Row:
        return Row((text, *counts), {"promos": Opens(Promo, period | more), "running": Opens(Promo, period | more | {"published": "1"})})

    rows = tuple(row(str(one.label), found[one], {"audience": one.value}) for one in Audience if one in found)
    total = row(_("Total"), (sum(one[0] for one in found.values()), sum(one[1] for one in found.values())), {})
    columns = (Column("name", _l("For whom"), Kind.TEXT), Column("promos", _l("Promos")), Column("running", _l("Running")))
    return Table("audience", _("By audience"), columns, rows, total)
