"""The recaps that managers get by letter: frozen once for each month, and as PDF from what was frozen."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale, gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm import formats
from ecrm.models import Letter, Recap
from ecrm.models.account import Language, RoleName
from ecrm.models.recap import FrozenBecause
from ecrm.reports import freezing, pdf, period, recaps, words
from ecrm.reports.shapes import Scope
from ecrm.rules import told

KINDS = ("complaints", "technicians", "quality", "bandwidth", "promos", "activity")


def due(session: Session, at: datetime) -> list[Letter]:
    """Add the frozen recaps of the month before and the letters to the managers; none where they were made before.

    The name in Recap.once makes the second of two workers fail with IntegrityError.
    """
    zone = ZoneInfo(current_app.config["ECRM"]["TIME_ZONE"])
    before = at.astimezone(zone).date().replace(day=1) - timedelta(days=1)
    month = period.month(before.year, before.month, zone)
    letters: list[Letter] = []
    managers = told.staff(session, RoleName.MANAGER)
    for language in sorted({user.language for user in managers}):
        if session.scalar(select(Recap.id).where(Recap.once == _name(month, KINDS[0], language))) is not None:
            continue
        with force_locale(language.value):
            made = [recap for recap in recaps.RECAPS if recap.kind in KINDS]
            frozen = [freezing.freeze(recap.make(session, Scope(month, at)), FrozenBecause.SENT, at, once=_name(month, recap.kind, language)) for recap in made]
            session.add_all(frozen)
            session.flush()
            data = {"table": "recap", "id": frozen[0].id, "month": words.days(month), "recaps": [row.id for row in frozen],
                    "titles": [str(recap.title) for recap in made]}
        letters += [Letter(template="recap_monthly_manager", data=data, queued_at=at, next_try_at=at, to_email=user.email, to_name=user.name,
                           language=language) for user in managers if user.language is language]
    session.add_all(letters)
    return letters


def _name(month: period.Period, kind: str, language: Language) -> str:
    return f"monthly-{month.first:%Y-%m}-{kind}-{language.value}"


def paper(recap: Recap) -> tuple[str, bytes]:
    """Return name and bytes of the PDF of a frozen recap, in the language at hand."""
    settings = current_app.config["ECRM"]
    days = period.Period(recap.first_day, recap.last_day, ZoneInfo(settings["TIME_ZONE"]))
    made = _("Made on %(moment)s by %(name)s", moment=formats.exact(recap.at, days.zone), name=settings["COMPANY_NAME"])
    letterhead = pdf.Letterhead(settings["COMPANY_NAME"], settings["COMPANY_PHONE"], words.days(days), made)
    return f"{recap.kind}-{days.first:%Y-%m}.pdf", pdf.make(freezing.thaw(recap, Scope(days, recap.at)), letterhead)
