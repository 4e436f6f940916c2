"""The sheet of service quality for the regulator: each standard, how many rows it measures, and which share kept it."""

from typing import Any

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Complaint, ComplaintCategory, CoverageArea, Customer, Installation, ServiceStandard, Subscription
from ecrm.models.category import CategoryKind
from ecrm.models.recap import Measure
from ecrm.reports import counting
from ecrm.reports.counting import how_many
from ecrm.reports.recaps.complaints import chosen, cohort, filters
from ecrm.reports.shapes import Column, Kind, Opens, Row, Scope, Sheet, Table
from ecrm.rules import measures
from ecrm.rules.measures import Kept, Standing

COLUMNS = (
    Column("name", _l("Standard"), Kind.TEXT), Column("limit", _l("Limit"), Kind.TEXT), Column("counted", _l("Counted")),
    Column("yes", _l("Within the limit")), Column("no", _l("Past the limit")), Column("open", _l("Open, within the limit")),
    Column("share", _l("Share, %"), Kind.PERCENT), Column("goal", _l("Goal"), Kind.TEXT), Column("kept", _l("Kept"), Kind.TEXT),
)
NOTES = (
    _l("What is open and late counts as past the limit; what is open within the limit, and what was cancelled, is not counted. Where nothing is counted there is no share."),
    _l("Disturbance reports are meant for twelve months: all reports of the period for each 100 subscriptions that were active on its last day."),
    _l("The limits are rows that the administrator edits, each with its source; check them against the regulator's text before you hand the sheet in."),
)


def make(session: Session, scope: Scope) -> Sheet:
    """Return the sheet."""
    standards = list(session.scalars(select(ServiceStandard).where(ServiceStandard.active.is_(True)).order_by(ServiceStandard.id)))
    rows = tuple(_row(session, standard, scope) for standard in standards)
    sources = tuple(_("%(name)s: %(source)s", name=standard, source=standard.source) for standard in standards if standard.source)
    return Sheet("quality", _("Service quality"), scope, (Table("standard", _("Standards of service"), COLUMNS, rows), _restoring(session, scope)),
                 (), (*NOTES, *sources))


def where_of(scope: Scope, model: Any) -> Any:
    """Return the condition of the branch and category of a scope on complaints or installations."""
    if model is Complaint:
        return chosen(scope)
    areas = select(CoverageArea.id).where(CoverageArea.branch_id == scope.branch_id)
    return Installation.area_id.in_(areas) if scope.branch_id is not None else true()


def _row(session: Session, standard: ServiceStandard, scope: Scope) -> Row:
    standing = Standing(session, standard, scope.period.begin, scope.period.end, scope.at)
    where = where_of(scope, standing.model)

    def opens(kept: Kept) -> Opens:
        base = filters(scope)
        if standing.installs:
            base.pop("category", None)
        return Opens(standing.model, base | {"standard": f"{standard.measure.value}.{kept.value}.{scope.period.days}"})

    counted = select(*(how_many(standing.condition(kept)) for kept in Kept)).where(standing.among(), where)
    counts = dict(zip(Kept, session.execute(counted).one(), strict=True))
    if standard.measure is Measure.DISTURBANCES:
        active = _subscriptions(session, scope)
        share = counting.percent(counts[Kept.COUNTED], active)
        kept = None if share is None else share <= standard.goal_percent
        goal, limit = _("at most %(percent)s %%", percent=standard.goal_percent), _("of %(count)s subscriptions", count=active)
        return Row((str(standard), limit, counts[Kept.COUNTED], None, None, None, share, goal, _said(kept)), {"counted": opens(Kept.COUNTED), "share": opens(Kept.COUNTED)})
    share = counting.percent(counts[Kept.YES], counts[Kept.YES] + counts[Kept.NO])
    kept = None if share is None else share >= standard.goal_percent
    goal, limit = _("at least %(percent)s %%", percent=standard.goal_percent), f"{standard.within or '–'} {standard.unit.label}"
    values = (counts[Kept.COUNTED], counts[Kept.YES], counts[Kept.NO], counts[Kept.OPEN])
    return Row((str(standard), limit, *values, share, goal, _said(kept)), {one.value: opens(one) for one in Kept} | {"share": opens(Kept.COUNTED)})


def _said(kept: bool | None) -> str:
    return "" if kept is None else _("yes") if kept else _("no")


def _subscriptions(session: Session, scope: Scope) -> int:
    """Return how many subscriptions were running on the last day of the period; none of a time to come, which nobody knows."""
    if scope.period.begin > scope.at:
        return 0
    last = scope.period.last
    running = and_(Subscription.valid_from <= last, (Subscription.valid_until.is_(None)) | (Subscription.valid_until >= last))
    query = select(func.count(Subscription.id)).where(running)
    if scope.branch_id is not None:
        query = query.join(Subscription.customer).where(Customer.branch_id == scope.branch_id)
    return session.scalar(query) or 0


def _restoring(session: Session, scope: Scope) -> Table:
    """Return the times of restoring the service after a disturbance."""
    kinds = select(ComplaintCategory.id).where(ComplaintCategory.kind == CategoryKind.DISTURBANCE)
    where = and_(cohort(scope), Complaint.category_id.in_(kinds))
    spread = counting.spreads(session, Complaint.branch_id, measures.solution_seconds(), where)[None]
    restored = sum(spread.counts.values())
    columns = (Column("restored", _l("Restored")), Column("median", _l("Median"), Kind.MINUTES), Column("slowest", _l("90th percentile"), Kind.MINUTES))
    opens = {"restored": Opens(Complaint, filters(scope) | {"opened_at": scope.period.days, "kind": "disturbance", "status": "solved"})}
    rows = (Row((restored, spread.median, spread.quantile(0.9)), opens),) if restored else ()
    return Table("restoring", _("Time to restore the service"), columns, rows)
