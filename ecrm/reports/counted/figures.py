"""The figures of complaints by branch and category, and how the database counts them."""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, false, func, literal, or_, select
from sqlalchemy.orm import Session

from ecrm.models import Complaint, CountedDay, Customer
from ecrm.models.complaint import SOLVED, UNSOLVED, ComplaintStatus
from ecrm.models.elapsed import day_number
from ecrm.reports.counting import how_many
from ecrm.rules import measures
from ecrm.rules.measures import Target

Key = tuple[int, int]  # branch, category
GROUP = (Complaint.branch_id, Complaint.category_id)
MINUTE, WIDTH = "i", 4  # how a minute is kept, and in how many bytes
DONE = Complaint.status.not_in(UNSOLVED)
OPEN = Complaint.status.in_(UNSOLVED)
COUNTED = CountedDay.counted.is_not(None)
MARK = and_(CountedDay.counted.is_(None), CountedDay.once.is_(None))  # what an older version counted is neither
_ended = func.coalesce(Complaint.resolved_at, Complaint.closed_at, Complaint.opened_at)
# What a complaint passes: when it was entered, resolved, and when it ended one way or the other, never before it was entered.
MOMENTS = {"opened": Complaint.opened_at, "resolved": Complaint.resolved_at, "ended": case((_ended < Complaint.opened_at, Complaint.opened_at), else_=_ended)}


def _standing(status: ComplaintStatus) -> str:
    return "solved" if status in SOLVED else "unsolved" if status in UNSOLVED else "cancelled"


FOLLOWING = {"entered", *map(_standing, ComplaintStatus)}  # what _whole() makes of the others; a day keeps none of it


@dataclass
class Figures:
    """Counts by name ("entered", "met", "status closed", "area 7") and minutes, each by branch and category."""

    counts: dict[Key, Counter[str]] = field(default_factory=dict)
    answers: dict[Key, Counter[int]] = field(default_factory=dict)
    solutions: dict[Key, Counter[int]] = field(default_factory=dict)

    def add(self, other: "Figures") -> None:
        """Add what was counted elsewhere."""
        for own, more in ((self.counts, other.counts), (self.answers, other.answers), (self.solutions, other.solutions)):
            for key, found in more.items():
                own.setdefault(key, Counter()).update(found)  # type: ignore[attr-defined]

    def columns(self) -> dict[str, Any]:
        """Return what CountedDay keeps: {"branch.category": [counts, how many answers, how many solutions]}, and the minutes of all in that order.

        A report reads hundreds of thousands of minutes; as numbers or text in JSON they would take most of its time.
        """
        kept, minutes = {}, bytearray()
        for key, counts in sorted(self.counts.items()):
            times = [_packed(found.get(key, Counter())) for found in (self.answers, self.solutions)]
            kept[f"{key[0]}.{key[1]}"] = [{name: number for name, number in counts.items() if name not in FOLLOWING}, *(len(part) // WIDTH for part in times)]
            minutes += b"".join(times)
        return {"figures": kept, "minutes": bytes(minutes)}


def of_columns(days: Iterable[tuple[dict[str, list[Any]], bytes]]) -> Figures:
    """Return the sum of what Figures.columns() gave for some days."""
    sums: dict[str, tuple[Counter[str], array[int], array[int]]] = {}
    for figures, minutes in days:
        begin, rest = 0, memoryview(minutes)
        for name, (counts, answers, solutions) in figures.items():
            if name not in sums:
                sums[name] = Counter(), array(MINUTE), array(MINUTE)
            total, answered, solved = sums[name]
            for what, number in counts.items():  # Counter.update() takes twice as long for so few
                total[what] = total.get(what, 0) + number
            middle = begin + WIDTH * answers
            end = middle + WIDTH * solutions
            answered.frombytes(rest[begin:middle])
            solved.frombytes(rest[middle:end])
            begin = end
    found = Figures()
    for name, (total, answered, solved) in sums.items():
        key = key_of(name)
        found.counts[key], found.answers[key], found.solutions[key] = _whole(total), Counter(_native(answered)), Counter(_native(solved))
    return found


def _whole(counts: Counter[str]) -> Counter[str]:
    """Add what follows from the states: how many were entered, and how many of them are solved, unsolved and cancelled."""
    for status in ComplaintStatus:
        if number := counts.get(f"status {status.value}"):
            counts["entered"] += number
            counts[_standing(status)] += number
    return counts


def _packed(minutes: Counter[int]) -> bytes:
    return _native(array(MINUTE, sorted(minutes.elements()))).tobytes()


def _native(minutes: "array[int]") -> "array[int]":
    """Turn the bytes of numbers that are, or shall be, the lowest first, as every machine reads them here."""
    if sys.byteorder == "big":
        minutes.byteswap()
    return minutes


@lru_cache(10_000)
def key_of(name: str) -> Key:
    """Return branch and category of "branch.category"."""
    branch, _dot, category = name.partition(".")
    return int(branch), int(category)


def count(session: Session, where: ColumnElement[bool], at: datetime) -> Figures:
    """Return the figures of the complaints for which a condition holds, as they stand at a moment."""
    found = Figures()
    counted = {
        "entered": func.count(), "met": how_many(measures.target(Target.MET, at)), "missed": how_many(measures.target(Target.MISSED, at)),
        "reopened": how_many(Complaint.reopen_count > 0), "repeated": how_many(Complaint.repeats > 0),
        "stars": func.coalesce(func.sum(Complaint.rating), 0), "rated": func.count(Complaint.rating),
    }
    group = (*GROUP, Complaint.status, Complaint.channel)
    for branch, category, status, channel, *numbers in session.execute(select(*group, *counted.values()).where(where).group_by(*group)):
        values = dict(zip(counted, map(int, numbers), strict=True))
        values |= dict.fromkeys((f"status {status.value}", f"channel {channel.value}"), values.pop("entered"))
        found.counts.setdefault((branch, category), Counter()).update({name: value for name, value in values.items() if value})
    areas = select(*GROUP, Customer.area_id, func.count()).select_from(Complaint).join(Complaint.customer).where(where, Customer.area_id.is_not(None))
    for branch, category, area, number in session.execute(areas.group_by(*GROUP, Customer.area_id)):
        found.counts.setdefault((branch, category), Counter())[f"area {area}"] += number
    for counts in found.counts.values():
        _whole(counts)
    found.answers, found.solutions = (_minutes(session, seconds, where) for seconds in (measures.answer_seconds(), measures.solution_seconds()))
    return found


def _minutes(session: Session, seconds: Any, where: ColumnElement[bool]) -> dict[Key, Counter[int]]:
    minutes, found = cast(seconds // 60, Integer), {}  # type: Any, dict[Key, Counter[int]]
    for branch, category, minute, number in session.execute(
            select(*GROUP, minutes, func.count()).where(where, seconds.is_not(None)).group_by(*GROUP, minutes)):
        found.setdefault((branch, category), Counter())[minute] = number
    return found


def by_day(session: Session, event: str, where: ColumnElement[bool], hours: int) -> dict[int, dict[Key, int]]:
    """Return how many complaints passed an event on each day (as date.toordinal() counts), by branch and category."""
    day, found = day_number(MOMENTS[event], hours), {}  # type: Any, dict[int, dict[Key, int]]
    for number, branch, category, total in session.execute(
            select(day, *GROUP, func.count()).where(where, MOMENTS[event].is_not(None)).group_by(day, *GROUP)):
        found.setdefault(number, {})[branch, category] = total
    return found


def within(event: str, spans: Sequence[tuple[datetime, datetime]]) -> ColumnElement[bool]:
    """Return the condition that an event lies within one of some spans of time, in a form that an index finds."""
    moment = MOMENTS[event]
    exact = _among(moment, spans)
    if event != "ended":
        return exact
    return and_(or_(*(_among(column, spans) for column in (Complaint.resolved_at, Complaint.closed_at, Complaint.opened_at))), exact)


def _among(moment: Any, spans: Sequence[tuple[datetime, datetime]]) -> ColumnElement[bool]:
    kind = Complaint.opened_at.type
    return or_(false(), *(and_(moment >= literal(begin, kind), moment < literal(end, kind)) for begin, end in spans))
