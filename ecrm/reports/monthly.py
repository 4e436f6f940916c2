"""The recaps that managers get by letter: frozen once for each month, and as PDF from what was frozen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Letter, Recap
from ecrm.models.account import Language, RoleName
from ecrm.models.recap import FrozenBecause
from ecrm.reports import files, freezing, period, recaps, words
from ecrm.reports.letterhead import letterhead
from ecrm.reports.shapes import Scope
from ecrm.rules import told

KINDS = ("complaints", "technicians", "quality", "bandwidth", "promos", "activity")


def made(session: Session, at: datetime, stop: Callable[[], bool] = lambda: False) -> list[list[Recap]]:
    """Return the recaps of the month before, unsaved, in each language of the managers; none that were made before, or when asked to stop.

    Only reads.
    """
    zone = ZoneInfo(current_app.config["ECRM"]["TIME_ZONE"])
    before = at.astimezone(zone).date().replace(day=1) - timedelta(days=1)
    month = period.month(before.year, before.month, zone)
    found = []
    for language in sorted({user.language for user in told.staff(session, RoleName.MANAGER)}):
        if session.scalar(select(Recap.id).where(Recap.once == _name(month, KINDS[0], language))) is not None:
            continue
        with force_locale(language.value):
            found.append([freezing.freeze(recap.make(session, Scope(month, at)), FrozenBecause.SENT, at, once=_name(month, recap.kind, language))
                          for recap in recaps.RECAPS if recap.kind in KINDS and not stop()])
    return [] if stop() else found


def add(session: Session, found: list[list[Recap]], at: datetime) -> list[Letter]:
    """Add recaps that were made, and the letters to the managers who read their language.

    The name in Recap.once makes the second of two workers fail with IntegrityError.
    """
    letters: list[Letter] = []
    titles = {recap.kind: recap.title for recap in recaps.RECAPS}
    for frozen in found:
        session.add_all(frozen)
        session.flush()
        language, zone = Language(freezing.language(frozen[0])), ZoneInfo(current_app.config["ECRM"]["TIME_ZONE"])
        with force_locale(language.value):
            days = words.days(period.Period(frozen[0].first_day, frozen[0].last_day, zone))
            data = {"table": "recap", "id": frozen[0].id, "month": days, "recaps": [row.id for row in frozen],
                    "titles": [str(titles[row.kind]) for row in frozen]}
        letters += [Letter(template="recap_monthly_manager", data=data, queued_at=at, next_try_at=at, to_email=user.email, to_name=user.name,
                           language=language) for user in told.staff(session, RoleName.MANAGER) if user.language is language]
    session.add_all(letters)
    return letters


def _name(month: period.Period, kind: str, language: Language) -> str:
    return f"monthly-{month.first:%Y-%m}-{kind}-{language.value}"


def paper(recap: Recap) -> tuple[str, bytes]:
    """Return name and bytes of the PDF of a frozen recap, in the language at hand."""
    days = period.Period(recap.first_day, recap.last_day, ZoneInfo(current_app.config["ECRM"]["TIME_ZONE"]))
    sheet = freezing.thaw(recap, Scope(days, recap.at))
    return f"{recap.kind}-{days.first:%Y-%m}.pdf", files.as_pdf(sheet, letterhead(sheet.scope))
