"""The life of a bandwidth grant."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from ecrm.models import BandwidthGrant
from ecrm.models.bandwidth import GrantStatus as S
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import period
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
    if grant.valid_until < local.date():
        raise FieldRefused("valid_until", _l("The last day is already over."))


LIFECYCLE = Lifecycle((
    Verb("approve", _l("Approve"), frozenset({S.DRAFT}), S.ACTIVE, tells=("customer",), guard=_approvable),
    Verb("expire", _l("Expire"), frozenset({S.ACTIVE}), S.EXPIRED, tells=("customer",)),
    Verb("revoke", _l("Revoke"), frozenset({S.DRAFT, S.ACTIVE}), S.REVOKED, tells=("customer",), needs=("reason",)),
), fixed=frozenset({S.ACTIVE, S.EXPIRED, S.REVOKED}))
