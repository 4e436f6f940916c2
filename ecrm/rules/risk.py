"""How likely we lose a customer: a plain sum of weighted signs, each line of which can be read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ecrm.models import Complaint, Customer, RiskScore, RiskWeight, Step, Subscription
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.customer import SubscriptionStatus
from ecrm.models.risk import RiskSign as S

DAYS = 90  # how far back the signs go
YOUNG = 183  # days of the first half year
YEAR = 365
LOW = 2  # stars and fewer are a low rating
AT_RISK = 30  # points from which a customer is named
Signs = Mapping[S, int]


@dataclass(frozen=True)
class Line:
    """One line of a score: the sign, how often it was found, the points for each, and what that adds."""

    sign: S
    count: int
    points: int
    adds: int


def lines(signs: Signs, weights: Iterable[RiskWeight]) -> list[Line]:
    """Return the lines of a score: points × count, the count up to `most`; signs that were not found have none."""
    return [Line(one.sign, signs[one.sign], one.points, one.points * min(signs[one.sign], one.most))
            for one in weights if one.active and signs.get(one.sign)]


def score(signs: Signs, weights: Iterable[RiskWeight]) -> int:
    """Return the sum of the lines; below zero for customers of whom all speaks for staying."""
    return sum(line.adds for line in lines(signs, weights))


def age_signs(since: date, today: date) -> dict[S, int]:
    """Return the signs of how long a subscription lasts."""
    days = (today - since).days
    return {S.YOUNG: int(days < YOUNG), S.YEARS: max(0, days // YEAR)}


def weights(session: Session) -> list[RiskWeight]:
    """Return the active weights, in the order of the signs."""
    found = session.scalars(select(RiskWeight).where(RiskWeight.active)).all()
    return sorted(found, key=lambda one: list(S).index(one.sign))


def signs(session: Session, at: datetime, only: ColumnElement[bool] | None = None) -> dict[int, dict[S, int]]:
    """Return {subscription id: signs} of the subscriptions that were active at a moment, as far as was known then.

    A complaint that names no subscription counts for each of its customer's.
    """
    rows = session.execute(select(Subscription.id, Subscription.customer_id, Subscription.valid_from).where(
        active(at) if only is None else and_(active(at), only))).all()
    by_subscription, by_customer = _complaints(session, at, only)
    suspended = _suspensions(session, at)
    found = {}
    for number, customer, since in rows:
        counts = Counter(by_subscription.get(number, {})) + Counter(by_customer.get(customer, {}))
        found[number] = dict(counts) | age_signs(since, at.date()) | {S.SUSPENDED: suspended.get(number, 0)}
    return found


def active(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a subscription had begun and not ended at a moment."""
    ended = select(Step.row_id).where(Step.table == Subscription.__tablename__, Step.action == "end", Step.at <= at)
    running = Subscription.status != SubscriptionStatus.ENDED
    return and_(Subscription.valid_from <= at.date(), or_(Subscription.valid_until.is_(None), Subscription.valid_until > at.date()),
                or_(running, Subscription.id.not_in(ended)))


def _complaints(session: Session, at: datetime, only: Any) -> tuple[dict[int, dict[S, int]], dict[int, dict[S, int]]]:
    """Return the counts of complaints by subscription, and by customer of those that name none."""
    begin, by_subscription, by_customer = at - timedelta(days=DAYS), defaultdict(dict), defaultdict(dict)
    recent = and_(Complaint.opened_at > begin, Complaint.opened_at <= at, Complaint.status != ComplaintStatus.CANCELLED)
    until = func.coalesce(Complaint.resolved_at, at)
    open_then = or_(Complaint.resolved_at.is_(None), Complaint.resolved_at > at)
    conditions = {
        S.COMPLAINTS: recent, S.OVERDUE: and_(recent, Complaint.resolution_due_at < until, Complaint.resolution_due_at < at),
        S.UNSOLVED: and_(Complaint.opened_at <= at, open_then, Complaint.status != ComplaintStatus.CANCELLED),
        S.LOW_RATING: and_(Complaint.rating <= LOW, Complaint.resolved_at > begin, Complaint.resolved_at <= at),
        S.REOPENED: Complaint.id.in_(_moved(Complaint, "reopen", at)),
    }
    for sign, condition in conditions.items():
        for number, customer, count in session.execute(_grouped(condition, only)):
            (by_subscription[number] if number else by_customer[customer])[sign] = count
    return by_subscription, by_customer


def _grouped(condition: Any, only: Any) -> Select[Any]:
    query = select(Complaint.subscription_id, Complaint.customer_id, func.count()).where(condition)
    if only is not None:
        query = query.where(Complaint.customer_id.in_(select(Subscription.customer_id).where(only)))
    return query.group_by(Complaint.subscription_id, Complaint.customer_id)


def _moved(model: Any, verb: str, at: datetime) -> Select[Any]:
    return select(Step.row_id).where(Step.table == model.__tablename__, Step.action == verb, Step.at > at - timedelta(days=DAYS), Step.at <= at)


def _suspensions(session: Session, at: datetime) -> dict[int, int]:
    counted = _moved(Subscription, "suspend", at).add_columns(func.count()).group_by(Step.row_id)
    return {number: count for number, count in session.execute(counted)}


def keep(session: Session, at: datetime) -> int:
    """Bring the kept scores up to date and return how many there are; unflushed. What speaks for staying alone is not kept, nor customers the use of whose data is restricted."""
    weighed, found = weights(session), signs(session, at)
    left_out = set(session.scalars(select(Subscription.id).join(Subscription.customer).where(Customer.restricted_at.is_not(None))))
    scores = {number: points for number, counts in found.items() if number not in left_out and (points := score(counts, weighed)) > 0}
    known = {row.subscription_id: row for row in session.scalars(select(RiskScore))}
    for number in known.keys() - scores.keys():
        session.delete(known[number])
    for number, points in scores.items():
        row = known.get(number) or RiskScore(subscription_id=number)
        row.score, row.at = points, at
        row.signs = {line.sign.value: line.count for line in lines(found[number], weighed)}
        session.add(row)
    return len(scores)
