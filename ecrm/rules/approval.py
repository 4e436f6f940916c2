"""Many bandwidth additions approved at once: what they cost each branch, and what stands against which."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import BandwidthGrant, Branch
from ecrm.models.bandwidth import GrantStatus
from ecrm.rules import bandwidth
from ecrm.rules.errors import FieldRefused


@dataclass(frozen=True)
class Share:
    """What a branch has and what is asked of it, in Mbps; `customers` is how many are given something."""

    branch: Branch
    customers: int
    used: int
    new: int

    @property
    def over(self) -> int:
        """Return the Mbps over the branch's budget, 0 where it has none."""
        budget = self.branch.grant_budget_mbps
        return 0 if budget is None else max(0, self.used + self.new - budget)


def shares(session: Session, grants: Iterable[BandwidthGrant]) -> list[Share]:
    """Return the share of each branch, by name."""
    found: dict[Branch, list[BandwidthGrant]] = defaultdict(list)
    for grant in grants:
        found[grant.subscription.customer.branch].append(grant)
    return [Share(branch, len({one.subscription.customer_id for one in rows}), bandwidth.used(session, branch.id), sum(one.extra_mbps for one in rows))
            for branch, rows in sorted(found.items(), key=lambda pair: pair[0].name)]


def obstacles(session: Session, grants: Sequence[BandwidthGrant], at: datetime) -> dict[int, str]:
    """Return {grant id: what stands against it} in the reader's language: what the rules refuse, and other additions in the same days."""
    active = select(BandwidthGrant).where(BandwidthGrant.status == GrantStatus.ACTIVE, BandwidthGrant.subscription_id.in_({one.subscription_id for one in grants}))
    taken: dict[int, list[BandwidthGrant]] = defaultdict(list)
    for row in session.scalars(active):
        taken[row.subscription_id].append(row)
    found = {}
    for grant in grants:
        first, last = bandwidth.days(grant, at)
        others = [one for one in taken[grant.subscription_id] if one.valid_from <= last and one.valid_until >= first]
        try:
            bandwidth.approvable(grant, at)
            bandwidth.refuse_overlap(grant, others[0] if others else None)
        except FieldRefused as refused:
            found[grant.id] = str(refused)
        else:
            taken[grant.subscription_id].append(grant)
    return found


def excess(found: Iterable[Share]) -> list[str]:
    """Return, in the reader's language, which branches would be over their budget."""
    return [_("%(branch)s: %(over)s Mbps over its budget of %(budget)s Mbps.", branch=one.branch.name, over=one.over, budget=one.branch.grant_budget_mbps)
            for one in found if one.over]
