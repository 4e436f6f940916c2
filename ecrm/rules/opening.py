"""The working hours of a branch: the usual ones, and what must hold between them."""

from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Branch, WorkingHours
from ecrm.models.business_time import Weekday
from ecrm.rules.errors import FieldRefused

USUAL = {day: (time(8), time(17)) for day in list(Weekday)[:5]} | {Weekday.SATURDAY: (time(8), time(13))}


def usual_hours(session: Session, branch: Branch) -> None:
    """Give a branch the usual hours: Monday to Friday from eight to five, Saturday until one; unflushed."""
    session.add_all(WorkingHours(branch=branch, weekday=day, opens=opens, closes=closes) for day, (opens, closes) in USUAL.items())


def check_hours(row: WorkingHours) -> None:
    """Raise FieldRefused where a stretch ends before it begins, or overlaps another one of the same day."""
    if row.closes <= row.opens:
        raise FieldRefused("closes", _l("Closing must be after opening."))
    session = object_session(row) or object_session(row.branch)
    others = select(WorkingHours).where(
        WorkingHours.branch_id == row.branch.id, WorkingHours.weekday == row.weekday, WorkingHours.id != (row.id or 0),
        WorkingHours.opens < row.closes, WorkingHours.closes > row.opens,
    )
    if session.scalars(others).first() is not None:
        raise FieldRefused("opens", _l("This overlaps other hours of the same day."))
