"""Which subscriptions a rule gives more bandwidth to, why not to others, and the drafts that it proposes."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import BandwidthGrant, Customer, GrantRule, RiskScore, Subscription
from ecrm.models.bandwidth import GrantReason
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import bandwidth
from ecrm.rules.bandwidth import OPEN, there

AGAIN = timedelta(days=365)  # for so long a rule gives nothing again to whom it gave something, or was refused for


@dataclass(frozen=True)
class Candidate:
    """What a rule asks of a subscription on a day; `had` are the ids of the rules that proposed something within AGAIN."""

    since: date
    today: date
    plan_id: int
    branch_id: int
    risk: int
    running: bool = True
    restricted: bool = False
    granted: bool = False
    had: frozenset[int] = frozenset()


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier; where that month is shorter, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def against(rule: GrantRule, one: Candidate) -> list[str]:
    """Return, in the reader's language, what stands against an addition by a rule; nothing where the subscription is eligible."""
    found = {
        _("The rule is not active."): not rule.active,
        _("The subscription does not run."): not one.running,
        _("The use of the customer's data is restricted."): one.restricted,
        _("There is an addition already, approved or proposed."): one.granted,
        _("This rule proposed one within the last year."): rule.id in one.had,
        _("It runs for less than %(months)s months.", months=rule.least_months): one.since > months_before(one.today, rule.least_months),
        _("It has another plan."): rule.plan_id not in (None, one.plan_id),
        _("It belongs to another branch."): rule.branch_id not in (None, one.branch_id),
        _("It has fewer than %(points)s points of risk.", points=rule.least_risk): one.risk < (rule.least_risk or one.risk),
    }
    return [why for why, stands in found.items() if stands]


def candidate(session: Session, subscription: Subscription, at: datetime) -> Candidate:
    """Return what rules ask of a subscription, as it is at a moment."""
    customer, own = subscription.customer, BandwidthGrant.subscription_id == subscription.id
    today = customer.branch.local(at).date()
    recent = select(BandwidthGrant.rule_id).where(own, BandwidthGrant.rule_id.is_not(None), BandwidthGrant.valid_from > today - AGAIN)
    return Candidate(
        subscription.valid_from, today, subscription.plan_id, customer.branch_id,
        session.scalar(select(RiskScore.score).where(RiskScore.subscription_id == subscription.id)) or 0,
        subscription.status is SubscriptionStatus.ACTIVE and not (subscription.valid_until and subscription.valid_until <= today),
        customer.restricted_at is not None or customer.erased_at is not None,
        bandwidth.has_open(session, subscription.id),
        frozenset(session.scalars(recent)),
    )


def eligible(rule: GrantRule, at: datetime) -> Select[tuple[Subscription]]:
    """Return the SELECT of the subscriptions that nothing stands against, in the words of the database; a test holds it to against()."""
    def own(*conditions):
        return select(BandwidthGrant.id).where(BandwidthGrant.subscription_id == Subscription.id, *conditions).exists()

    days = there(lambda today: and_(
        Subscription.valid_from <= months_before(today, rule.least_months), or_(Subscription.valid_until.is_(None), Subscription.valid_until > today),
        ~own(BandwidthGrant.rule_id == rule.id, BandwidthGrant.valid_from > today - AGAIN)), at)
    where = [days, Subscription.status == SubscriptionStatus.ACTIVE, Customer.restricted_at.is_(None), Customer.erased_at.is_(None),
             ~own(BandwidthGrant.status.in_(OPEN)), select(GrantRule.id).where(GrantRule.id == rule.id, GrantRule.active.is_(True)).exists()]
    where += [Subscription.plan_id == rule.plan_id] if rule.plan_id else []
    where += [Customer.branch_id == rule.branch_id] if rule.branch_id else []
    rows = select(Subscription).join(Subscription.customer).join(Customer.branch)
    if rule.least_risk:
        rows = rows.join(RiskScore, RiskScore.subscription_id == Subscription.id)
        where.append(RiskScore.score >= rule.least_risk)
    return rows.where(*where)


def count(session: Session, rule: GrantRule, at: datetime, most: int) -> int:
    """Return how many subscriptions are eligible by a rule, counted up to `most`."""
    return session.scalar(select(func.count()).select_from(eligible(rule, at).with_only_columns(Subscription.id).limit(most).subquery())) or 0


def in_order(session: Session) -> list[GrantRule]:
    """Return the active rules in the order in which they propose: what gives most comes first, as one subscription gets one addition."""
    return list(session.scalars(select(GrantRule).where(GrantRule.active.is_(True)).order_by(
        (GrantRule.extra_mbps * GrantRule.days).desc(), GrantRule.id)))


def propose(session: Session, rule: GrantRule, at: datetime, most: int) -> list[BandwidthGrant]:
    """Propose additions by one rule for the first `most` subscriptions that are eligible; unflushed."""
    return [draft(session, rule, one, at) for one in session.scalars(eligible(rule, at).order_by(Subscription.id).limit(most))]


def draft(session: Session, rule: GrantRule, subscription: Subscription, at: datetime) -> BandwidthGrant:
    """Propose what a rule gives to a subscription, from today; unflushed. Its days count from the approval."""
    today = subscription.customer.branch.local(at).date()
    return bandwidth.draft(session, subscription, rule.extra_mbps, rule.days, GrantReason.LOYALTY, today, rule=rule)
