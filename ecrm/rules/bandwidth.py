"""The life of a bandwidth grant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, inspect, or_, select
from sqlalchemy.orm import Session, object_session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, Branch, Customer, Subscription
from ecrm.models.bandwidth import GrantReason, GrantStatus as S
from ecrm.models.branch import TimeZone
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import period, told
from ecrm.rules.errors import FieldRefused
from ecrm.rules.lifecycle import Lifecycle, Verb

OPEN = (S.DRAFT, S.ACTIVE)


def check(grant: BandwidthGrant) -> None:
    """Raise FieldRefused where a grant cannot be: it ends before it begins, adds nothing, or its subscription ended."""
    period.check(grant)
    if grant.extra_mbps is not None and grant.extra_mbps <= 0:
        raise FieldRefused("extra_mbps", _l("Enter a number greater than 0."))
    if grant.subscription and grant.subscription.status is SubscriptionStatus.ENDED:
        raise FieldRefused("subscription", _l("This subscription has ended."))


def approvable(grant: BandwidthGrant, at: datetime) -> None:
    """Raise FieldRefused where a grant cannot be, or its last day, which belongs to it, is over where its branch is."""
    check(grant)
    local = grant.subscription.customer.branch.local(at) if grant.subscription else at
    if grant.valid_until < local.date() and not grant.rule_id:
        raise FieldRefused("valid_until", _l("The last day is already over."))


def check_form(grant: BandwidthGrant, at: datetime) -> None:
    """Raise FieldRefused where a draft begins in the past, overlaps another addition, or is more than the branch has left."""
    branch, session = grant.subscription.customer.branch, object_session(grant.subscription)
    if inspect(grant).attrs.valid_from.history.has_changes() and grant.valid_from < branch.local(at).date():
        raise FieldRefused("valid_from", _l("This day is already over."))
    refuse_overlap(grant, overlapping(session, grant, grant.valid_from, grant.valid_until, S.ACTIVE, S.DRAFT))
    refuse_excess(branch, used(session, branch.id), grant.extra_mbps)


def days(grant: BandwidthGrant, at: datetime) -> tuple[date, date]:
    """Return the first and the last day of a grant that is approved now: what a rule proposed is no shorter for having lain there."""
    today = grant.subscription.customer.branch.local(at).date()
    if not grant.rule_id or grant.valid_from >= today:
        return grant.valid_from, grant.valid_until
    return today, today + (grant.valid_until - grant.valid_from)


def overlapping(session: Session, grant: BandwidthGrant, first: date, last: date, *statuses: S) -> BandwidthGrant | None:
    """Return another grant of the same subscription that has a day between `first` and `last`."""
    rows = select(BandwidthGrant).where(
        BandwidthGrant.subscription_id == grant.subscription.id, BandwidthGrant.id != (grant.id or 0), BandwidthGrant.status.in_(statuses),
        BandwidthGrant.valid_from <= last, BandwidthGrant.valid_until >= first)
    return session.scalars(rows.order_by(BandwidthGrant.valid_from).limit(1)).first()


def has_open(session: Session, subscription_id: int) -> bool:
    """Return whether a subscription has a grant, approved or proposed."""
    rows = select(BandwidthGrant.id).where(BandwidthGrant.subscription_id == subscription_id, BandwidthGrant.status.in_(OPEN))
    return session.scalar(rows.limit(1)) is not None


def draft(session: Session, subscription: Subscription, mbps: int, days: int, reason: GrantReason, first: date, **more: Any) -> BandwidthGrant:
    """Propose so many Mbps from a day on, for so many days; unflushed."""
    row = BandwidthGrant(subscription=subscription, extra_mbps=mbps, valid_from=first, valid_until=first + timedelta(days=days - 1), reason=reason,
                         status=S.DRAFT, **more)
    session.add(row)
    return row


def refuse_overlap(grant: BandwidthGrant, other: BandwidthGrant | None) -> None:
    """Raise FieldRefused where there is another grant."""
    if other is not None:
        raise FieldRefused("valid_from", _l("The subscription has an addition in these days: %(other)s (%(status)s).", other=str(other), status=other.status.label))


def used(session: Session, branch_id: int) -> int:
    """Return the Mbps of all active grants of a branch's customers, those that begin later too."""
    rows = select(func.sum(BandwidthGrant.extra_mbps)).join(BandwidthGrant.subscription).join(Subscription.customer)
    return int(session.scalar(rows.where(BandwidthGrant.status == S.ACTIVE, Customer.branch_id == branch_id)) or 0)


def refuse_excess(branch: Branch, there: int, more: int) -> None:
    """Raise FieldRefused where so many Mbps more than are in use are over the budget of a branch."""
    budget = branch.grant_budget_mbps
    if budget is not None and there + more > budget:
        raise FieldRefused("extra_mbps", _l("%(branch)s has %(left)s of %(budget)s Mbps left for additions.", branch=branch.name, left=max(0, budget - there),
                                            budget=budget))


def _begin(grant: BandwidthGrant, at: datetime) -> None:
    """Set the days, and refuse what does not fit beside the other active grants.

    The branch's row is locked, so that two who approve at once do not both take what is left.
    """
    if not grant.subscription:
        return
    branch, session = grant.subscription.customer.branch, object_session(grant)
    session.execute(select(Branch.id).where(Branch.id == branch.id).with_for_update())
    grant.valid_from, grant.valid_until = days(grant, at)
    refuse_overlap(grant, overlapping(session, grant, grant.valid_from, grant.valid_until, S.ACTIVE))
    refuse_excess(branch, used(session, branch.id), grant.extra_mbps)


def ending(at: datetime) -> Select[tuple[BandwidthGrant]]:
    """Return the SELECT of the active grants whose last day is at most a week away where their branch is, and that nobody was told of."""
    return _last_day(lambda day: BandwidthGrant.valid_until <= day + NEAR, at).where(BandwidthGrant.ending_told_at.is_(None))


def ended(at: datetime) -> Select[tuple[BandwidthGrant]]:
    """Return the SELECT of the active grants whose last day is over where their branch is."""
    return _last_day(lambda day: BandwidthGrant.valid_until < day, at)


def _last_day(lies: Callable[[date], ColumnElement[bool]], at: datetime) -> Select[tuple[BandwidthGrant]]:
    """Return the SELECT of the active grants whose last day lies so to the day that it is where their branch is."""
    rows = select(BandwidthGrant).join(BandwidthGrant.subscription).join(Subscription.customer).join(Customer.branch)
    return rows.where(BandwidthGrant.status == S.ACTIVE, there(lies, at))


def there(lies: Callable[[date], ColumnElement[bool]], at: datetime) -> ColumnElement[bool]:
    """Return the condition that holds for the day that it is where the branch is; for a SELECT that has joined Branch."""
    return or_(*(and_(Branch.time_zone == zone, lies(at.astimezone(ZoneInfo(zone.value)).date())) for zone in TimeZone))


def tell_of_end(session: Session, grant: BandwidthGrant, at: datetime) -> None:
    """Write the letter that a grant ends soon, unless it is so short that its first letter said so; unflushed."""
    grant.ending_told_at = at
    if grant.valid_until - grant.valid_from >= 2 * NEAR:
        session.add_all(told.letters(grant, _ENDING, "customer", None, at, None))


NEAR = timedelta(days=7)
_ENDING = Verb("ending", _l("Ends soon"), frozenset(), None)
LIFECYCLE = Lifecycle((
    Verb("approve", _l("Approve"), frozenset({S.DRAFT}), S.ACTIVE, tells=("customer",), guard=approvable, effect=_begin, signs="granted_by"),
    Verb("expire", _l("Expire"), frozenset({S.ACTIVE}), S.EXPIRED, tells=("customer",)),
    Verb("revoke", _l("Revoke"), frozenset({S.DRAFT, S.ACTIVE}), S.REVOKED, tells=("customer",), needs=("reason",)),
), fixed=frozenset({S.ACTIVE, S.EXPIRED, S.REVOKED}))
