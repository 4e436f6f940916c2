"""Counting days: what the worker does with the days that are marked or were never counted, and the check that they are right."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from ecrm.models import Complaint, CountedDay
from ecrm.models.elapsed import hours_ahead
from ecrm.reports.counted import figures
from ecrm.reports.counted.figures import COUNTED, MARK
from ecrm.reports.period import Period


def clock() -> ZoneInfo:
    """Return the company's clock, whose days are counted; who reads on another clock has figures from the rows."""
    return ZoneInfo(current_app.config["ECRM"]["TIME_ZONE"])


def due(session: Session, at: datetime) -> list[date]:
    """Return the days before today that are marked or not counted yet, the newest first."""
    zone = clock()
    first, today = session.scalar(select(func.min(Complaint.opened_at))), at.astimezone(zone).date()
    if first is None:
        return []
    begin = first.astimezone(zone).date()
    here = and_(CountedDay.hours == hours_ahead(zone), CountedDay.day < today)
    counted = set(session.scalars(select(CountedDay.day).where(here, COUNTED)))
    marked = set(session.scalars(select(CountedDay.day).where(here, MARK).distinct()))
    every = {begin + timedelta(days=number) for number in range((today - begin).days)}
    return sorted((every - counted) | marked, reverse=True)


def count(session: Session, day: date, at: datetime) -> None:
    """Count a day anew and take away its marks, uncommitted.

    What is changed meanwhile marks the day again. Two who count the same day wait for each other, or the second one fails
    with IntegrityError where it was never counted.
    """
    zone = clock()
    here = and_(CountedDay.hours == hours_ahead(zone), CountedDay.day == day)
    old = list(session.scalars(select(CountedDay.id).where(here).with_for_update()))
    values = made(session, Period(day, day, zone), at)
    session.execute(delete(CountedDay).where(CountedDay.id.in_(old)))
    session.execute(insert(CountedDay), [{"day": day, "hours": hours_ahead(zone), "counted": f"{day}{hours_ahead(zone):+d}"} | values])


def made(session: Session, day: Period, at: datetime) -> dict[str, Any]:
    """Return what is kept of a day, from its rows."""
    span, hours = [(day.begin, day.end)], hours_ahead(day.zone)
    moves = {}
    for event in figures.MOMENTS:
        found = figures.by_day(session, event, and_(figures.DONE, figures.within(event, span)), hours)
        moves[event] = {f"{branch}.{category}": number for counts in found.values() for (branch, category), number in sorted(counts.items())}
    return {"moves": moves} | figures.count(session, and_(figures.DONE, figures.within("opened", span)), at).columns()


def wrong(session: Session, at: datetime) -> Iterator[date]:
    """Yield the days whose counts are not those of the rows although nothing marks them."""
    zone = clock()
    here = CountedDay.hours == hours_ahead(zone)
    for day in list(session.scalars(select(CountedDay.day).where(here, COUNTED).order_by(CountedDay.day))):
        marked = session.scalar(select(CountedDay.id).where(here, CountedDay.day == day, MARK).limit(1))
        row = session.scalars(select(CountedDay).where(here, CountedDay.day == day, COUNTED)).one()
        if marked is None and {"moves": row.moves, "figures": row.figures, "minutes": row.minutes} != made(session, Period(day, day, zone), at):
            yield day
        session.expunge(row)
