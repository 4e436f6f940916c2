"""The public holidays of Indonesia, from the `holidays` library, as rows that the administrator may change."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Holiday

YEARS_AHEAD = 2  # the government names the days of a year in the year before; the library foretells the moon


def add_missing(session: Session, years: Iterable[int]) -> int:
    """Add the public holidays of the years that are not there yet, and return how many; those that somebody changed stay."""
    import holidays  # it loads the calendars of all religions: not before somebody needs them

    days = set(session.scalars(select(Holiday.day).where(Holiday.branch_id.is_(None))))
    found = [
        Holiday(day=day, name=name[:150], observed=True)
        for day, name in sorted(holidays.country_holidays("ID", years=list(years), language="id").items()) if day not in days
    ]
    session.add_all(found)
    return len(found)
