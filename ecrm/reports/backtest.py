"""Whether the risk score tells who leaves: it is made for past days, as it would have been then, and held against what came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ecrm.models import Step, Subscription
from ecrm.rules import risk

AHEAD = timedelta(days=90)  # who leaves within this time was lost
EVERY = timedelta(days=30)
TENTH = 10


@dataclass(frozen=True)
class Trial:
    """One past day: how many were active and left soon after, and the same of the tenth with the highest scores."""

    at: datetime
    active: int
    left: int
    top: int
    top_left: int


def trials(session: Session, at: datetime) -> Iterator[Trial]:
    """Yield a trial for every 30 days, oldest first, from the first subscription's end on; the last one 90 days ago."""
    ended = select(Step.row_id, func.min(Step.at)).where(Step.table == Subscription.__tablename__, Step.action == "end").group_by(Step.row_id)
    ends = dict(session.execute(ended).all())
    if not ends:
        return
    weighed, moment = risk.weights(session), min(ends.values()) - AHEAD
    while moment <= at - AHEAD:
        yield _trial(session, moment, weighed, {number for number, end in ends.items() if moment < end <= moment + AHEAD})
        moment += EVERY


def _trial(session: Session, moment: datetime, weighed: list[risk.RiskWeight], lost: set[int]) -> Trial:
    scores = {number: risk.score(counts, weighed) for number, counts in risk.signs(session, moment).items()}
    ranked = sorted(scores, key=lambda number: (-scores[number], number))
    top = set(ranked[:len(ranked) // TENTH])
    return Trial(moment, len(scores), len(lost & scores.keys()), len(top), len(lost & top))


def ratio(found: list[Trial]) -> float | None:
    """Return how many times more often the top tenth left than the others, over all trials; None where nothing can be said."""
    top, top_left = sum(one.top for one in found), sum(one.top_left for one in found)
    rest, rest_left = sum(one.active for one in found) - top, sum(one.left for one in found) - top_left
    return (top_left / top) / (rest_left / rest) if top and rest and rest_left else None
