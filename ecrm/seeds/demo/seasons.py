"""When people complain and when the staff works: growth, seasons, weekdays, hours of the day, opening hours."""

from bisect import bisect
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random

YEARS = 3
DAYS = 365 * YEARS
# Share of each local hour: quiet nights, a peak in the morning and one in the evening when everybody is at home.
HOURS = (6, 3, 2, 1, 2, 5, 12, 28, 52, 66, 64, 55, 42, 46, 50, 47, 43, 40, 44, 55, 58, 45, 26, 13)
SHARE = [0.0, *accumulate(hour / sum(HOURS) for hour in HOURS)]
WEEKDAYS = (1.22, 1.08, 1.02, 1.0, 1.02, 0.86, 0.72)  # Monday first
RAIN = {11: 1.3, 12: 1.45, 1: 1.5, 2: 1.4, 3: 1.2}  # the rainy season, by month
OPENS, CLOSES = 8, 20  # the staff's hours, local


def is_rainy(day: datetime) -> bool:
    """Return whether a day lies in the rainy season."""
    return day.month in RAIN


def day_weights(rng: Random, last: datetime) -> list[float]:
    """Return how many complaints each of the DAYS up to `last` (local) draws, relative to the others; `last` is a part."""
    weights = []
    for back in range(DAYS, -1, -1):
        day = last - timedelta(days=back)
        growth = 0.45 + 0.55 * (DAYS - back) / DAYS
        outage = rng.uniform(1.8, 3.2) if rng.random() < 0.03 else 1.0
        weights.append(growth * WEEKDAYS[day.weekday()] * RAIN.get(day.month, 1.0) * outage * rng.uniform(0.8, 1.2))
    weights[-1] *= _share_of_day(last)
    return weights


def openings(rng: Random, count: int, now: datetime, offset: timedelta) -> Iterator[datetime]:
    """Yield `count` moments of the three years up to `now`, in order; `offset` is that of local time."""
    last = now + offset
    weights = day_weights(rng, last)
    total, passed, given = sum(weights), 0.0, 0
    for back, weight in zip(range(DAYS, -1, -1), weights):
        passed += weight
        until = count if back == 0 else int(count * passed / total)
        midnight = datetime.combine((last - timedelta(days=back)).date(), time(), tzinfo=now.tzinfo) - offset
        limit = _share_of_day(last) if back == 0 else 1.0
        for share in sorted(rng.random() * limit for _ in range(until - given)):
            yield min(midnight + timedelta(seconds=_second(share)), now)
        given = until


def _share_of_day(local: datetime) -> float:
    seconds = local.minute * 60 + local.second + local.microsecond / 1e6
    return SHARE[local.hour] + (SHARE[local.hour + 1] - SHARE[local.hour]) * seconds / 3600


def _second(share: float) -> float:
    """Return the second of the day at which `share` of its complaints have come."""
    hour = min(bisect(SHARE, share) - 1, 23)
    return 3600 * (hour + (share - SHARE[hour]) / (SHARE[hour + 1] - SHARE[hour]))


def at_work(rng: Random, at: datetime, offset: timedelta) -> datetime:
    """Return `at`, or a moment soon after the next opening where the staff is at home."""
    local = at + offset
    if OPENS <= local.hour < CLOSES:
        return at
    day = local.date() + timedelta(days=1 if local.hour >= CLOSES else 0)
    return datetime.combine(day, time(OPENS), tzinfo=at.tzinfo) - offset + timedelta(seconds=rng.random() * 5400)
