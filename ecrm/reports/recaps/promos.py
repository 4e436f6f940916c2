"""The recap of promos: which ran in the period, for whom, and how many customers each reached, who saw it, asked for it and took it."""

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import CoverageArea, Customer, Installation, Promo, PromoRequest, PromoSeen
from ecrm.models.installation import InstallationStatus
from ecrm.models.plan import Audience
from ecrm.models.promo_request import PromoRequestStatus
from ecrm.reports import counting
from ecrm.reports.counting import how_many
from ecrm.reports.shapes import Column, Drawn, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import promo as rules

ASKED = (
    Column("requests", _l("Requests")), Column("accepted", _l("Accepted")), Column("declined", _l("Declined")), Column("withdrawn", _l("Withdrawn")),
    Column("open", _l("Not answered")),
)
COLUMNS = (
    Column("name", _l("Promo"), Kind.TEXT), Column("from", _l("From"), Kind.DAY), Column("until", _l("Until"), Kind.DAY),
    Column("audience", _l("For whom"), Kind.TEXT), Column("published", _l("Published"), Kind.TEXT),
    Column("reach", _l("Reach")), Column("seen", _l("Seen")), Column("took", _l("Took")), Column("uptake", _l("Take-up"), Kind.PERCENT),
    *ASKED, Column("connected", _l("Connected")),
)
REQUESTS = COLUMNS.index(ASKED[0])
STATUS = {"requests": {}, "accepted": {"status": "accepted"}, "declined": {"status": "declined"},
          "withdrawn": {"status": "withdrawn"}, "open": {"status": "requested"}}
NOTES = (
    _l("Listed are the promos with a day in the period; running are those that are published. Requests are those that customers sent in the period, withdrawn ones included."),
    _l("Reach is the customers who saw the promo, asked for it or took it in the period, and those whom it is for today; seen counts who opened it in the portal. Took are the accepted requests and the installations with the promo that were activated in the period; take-up is took by reach."),
)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the recap."""
    asked, seen, connected = _asked(session, scope), _seen(session, scope), _connected(session, scope)
    promos = list(session.scalars(select(Promo).where(_overlaps(scope)).order_by(Promo.valid_from, Promo.id)))
    others = ({*asked, *seen, *connected} - {None}) - {promo.id for promo in promos}
    promos += session.scalars(select(Promo).where(Promo.id.in_(others)).order_by(Promo.id)) if others else []
    rows = tuple(_row(promo, _figures(_reach(session, promo, scope), seen.get(promo.id, 0), asked.get(promo.id, (0,) * len(ASKED)), connected.get(promo.id, 0)), scope)
                 for promo in promos)
    totals = tuple(sum(found[place] for found in asked.values()) for place in range(len(ASKED)))
    whole = _figures(None, sum(seen.values()), totals, sum(connected.values()))
    total = Row((_("Total"), None, None, None, None, *whole), _opens(scope, {}))
    table = Table("promo", _("Promos"), COLUMNS, rows, total)
    wished = replace(table, rows=tuple(row for row in rows if row.values[REQUESTS]))
    charts = (wished.chart(_("Requests by promo"), Drawn.BARS, "requests"),) if any(totals) else ()
    return Sheet("promos", _("Recap of promos"), scope, (table, _audiences(session, scope)) if rows else (), charts, NOTES)


def _figures(reach: int | None, seen: int, asked: tuple[int, ...], connected: int) -> tuple[Any, ...]:
    """Return the figures from reach on; took is accepted and connected. Of all promos together there is no reach: many customers have several."""
    took = asked[1] + connected
    return (reach, seen, took, counting.percent(took, reach or 0), *asked, connected)


def _seen(session: Session, scope: Scope) -> dict[int, int]:
    """Return how many customers first saw each promo in the period."""
    query = select(PromoSeen.promo_id, func.count()).where(counting.within(PromoSeen.seen_at, scope.period))
    if scope.branch_id is not None:
        query = query.join(PromoSeen.customer).where(Customer.branch_id == scope.branch_id)
    return {number: count for number, count in session.execute(query.group_by(PromoSeen.promo_id))}


def _connected(session: Session, scope: Scope) -> dict[int, int]:
    """Return how many installations with each promo were activated in the period."""
    query = _connections(scope).where(Installation.promo_id.is_not(None)).with_only_columns(Installation.promo_id, func.count())
    return {number: count for number, count in session.execute(query.group_by(Installation.promo_id))}  # type: ignore[misc]


def _connections(scope: Scope) -> Any:
    """Return the SELECT of the installations that were activated in the period."""
    query = select(Installation).where(Installation.status == InstallationStatus.ACTIVATED, counting.within(Installation.activated_at, scope.period))
    return query if scope.branch_id is None else query.join(Installation.area).where(CoverageArea.branch_id == scope.branch_id)


def _reach(session: Session, promo: Promo, scope: Scope) -> int:
    """Return how many customers saw a promo, asked for it or took it in the period, or are those whom it is for today."""
    today = scope.at.astimezone(scope.period.zone).date()
    open_ = promo.published and promo.valid_from <= today <= promo.valid_until
    met = [select(table.customer_id).where(table.promo_id == promo.id, counting.within(moment, scope.period))
           for table, moment in ((PromoSeen, PromoSeen.seen_at), (PromoRequest, PromoRequest.requested_at))]
    here = or_(*(Customer.id.in_(query) for query in met), rules.fits(promo) if open_ else false())
    if scope.branch_id is not None:
        here = and_(here, Customer.branch_id == scope.branch_id)
    connected = _connections(scope).where(Installation.promo_id == promo.id).with_only_columns(Installation.customer_id)
    return session.scalar(select(func.count(Customer.id)).where(or_(here, Customer.id.in_(connected)))) or 0


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


def _opens(scope: Scope, more: dict[str, str]) -> dict[str, Opens]:
    """Return the lists behind the figures; `more` narrows them to a promo. Reach and took are of several tables."""
    branch = {"branch": str(scope.branch_id)} if scope.branch_id is not None else {}
    asked = {key: Opens(PromoRequest, {"requested_at": scope.period.days} | branch | more | status) for key, status in STATUS.items()}
    return asked | {"seen": Opens(PromoSeen, {"seen_at": scope.period.days} | branch | more)} | ({
        "connected": Opens(Installation, {"activated_at": scope.period.days, "status": "activated"} | branch | more)} if more else {})


def _row(promo: Promo, figures: tuple[Any, ...], scope: Scope) -> Row:
    facts = (promo.title, promo.valid_from, promo.valid_until, str(promo.audience.label), _("yes") if promo.published else _("no"))
    return Row((*facts, *figures), _opens(scope, {"promo": str(promo.id)}))


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
