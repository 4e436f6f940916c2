"""The life of a bandwidth grant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from ecrm.models import BandwidthGrant, Branch, Customer, Subscription
from ecrm.models.bandwidth import GrantStatus as S
from ecrm.models.branch import TimeZone
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import period, told
from ecrm.rules.errors import FieldRefused
from ecrm.rules.lifecycle import Lifecycle, Verb


def check(grant: BandwidthGrant) -> None:
    """Raise FieldRefused where a grant cannot be: it ends before it begins, adds nothing, or its subscription ended."""
    period.check(grant)
    if grant.extra_mbps is not None and grant.extra_mbps <= 0:
        raise FieldRefused("extra_mbps", _l("Enter a number greater than 0."))
    if grant.subscription and grant.subscription.status is SubscriptionStatus.ENDED:
        raise FieldRefused("subscription", _l("This subscription has ended."))


def _approvable(grant: BandwidthGrant, at: datetime) -> None:
    """Raise FieldRefused where a grant cannot be, or its last day, which belongs to it, is over where its branch is."""
    check(grant)
    local = grant.subscription.customer.branch.local(at) if grant.subscription else at
    if grant.valid_until < local.date() and not grant.rule_id:
        raise FieldRefused("valid_until", _l("The last day is already over."))


def _begin(grant: BandwidthGrant, at: datetime) -> None:
    """Count the days of what a rule proposed from its approval, however long it lay there."""
    if grant.rule_id and grant.subscription:
        days, today = grant.valid_until - grant.valid_from, grant.subscription.customer.branch.local(at).date()
        if grant.valid_from < today:
            grant.valid_from, grant.valid_until = today, today + days


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
    Verb("approve", _l("Approve"), frozenset({S.DRAFT}), S.ACTIVE, tells=("customer",), guard=_approvable, effect=_begin, signs="granted_by"),
    Verb("expire", _l("Expire"), frozenset({S.ACTIVE}), S.EXPIRED, tells=("customer",)),
    Verb("revoke", _l("Revoke"), frozenset({S.DRAFT, S.ACTIVE}), S.REVOKED, tells=("customer",), needs=("reason",)),
), fixed=frozenset({S.ACTIVE, S.EXPIRED, S.REVOKED}))
