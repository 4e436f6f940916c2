"""Arithmetic of the reports: shares, means, medians and money, each rounded once and the same way everywhere."""

from bisect import bisect_left
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import accumulate
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.orm import Session

from ecrm.reports.period import Period


def percent(part: int, whole: int) -> float | None:
    """Return part of whole in percent with one decimal, half up; None where there is nothing to divide."""
    return rounded(Decimal(100 * part) / whole, "0.1") if whole else None


def mean(total: int, count: int) -> float | None:
    """Return the mean with two decimals, half up; None of nothing."""
    return rounded(Decimal(total) / count, "0.01") if count else None


def rounded(value: Decimal, places: str) -> float:
    """Return a number rounded half up to `places`, such as 0.1."""
    return float(value.quantize(Decimal(places), ROUND_HALF_UP))


def grant_cost(monthly_price: int, down_mbps: int, extra_mbps: int, days: int) -> int:
    """Return what a bandwidth addition is worth in whole rupiah: its share of the plan's price, a month counting 30 days.

    price ÷ down × extra × days ÷ 30, rounded half up once.
    """
    return int((Decimal(monthly_price * extra_mbps * days) / (down_mbps * 30)).quantize(Decimal(1), ROUND_HALF_UP))


class Spread:
    """How often each whole number of minutes occurred."""

    def __init__(self, counts: Iterable[tuple[int, int]] = ()) -> None:
        """Keep (minutes, count)."""
        self.counts: dict[int, int] = {}
        for minutes, count in counts:
            self.counts[minutes] = self.counts.get(minutes, 0) + count

    def quantile(self, share: float) -> int | None:
        """Return the smallest minutes that at least `share` of all stayed within (nearest rank); None of nothing."""
        minutes, until = self._sorted
        return minutes[bisect_left(until, ceil(share * until[-1]))] if until else None

    @cached_property
    def _sorted(self) -> tuple[list[int], list[int]]:
        """The minutes, the fewest first, and how many stayed within each."""
        minutes = sorted(self.counts)
        return minutes, list(accumulate(self.counts[one] for one in minutes))

    @property
    def median(self) -> int | None:
        """Return the nearest-rank median."""
        return self.quantile(0.5)


def spreads(session: Session, key: Any, seconds: ColumnElement[int], where: ColumnElement[bool]) -> dict[Any, Spread]:
    """Return the spread of whole minutes for each value of `key`, which is never NULL, and for None that of all; one query, a row for each minute."""
    minutes = cast(seconds // 60, Integer)
    rows = session.execute(select(key, minutes, func.count()).where(where, seconds.is_not(None)).group_by(key, minutes)).all()
    found: dict[Any, list[tuple[int, int]]] = {None: []}
    for value, minute, count in rows:
        found.setdefault(value, []).append((minute, count))
        found[None].append((minute, count))
    return {value: Spread(counts) for value, counts in found.items()}


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the number of rows of a group for which the condition holds."""
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), Integer)


def within(column: Any, period: Period) -> ColumnElement[bool]:
    """Return the condition that a moment lies in the period."""
    return (column >= period.begin) & (column < period.end)
