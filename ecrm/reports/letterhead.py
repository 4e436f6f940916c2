"""The letterhead of a report: the same on the page, on paper, in its files and in the managers' letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app

from ecrm import formats
from ecrm.i18n import gettext as _
from ecrm.reports import words
from ecrm.reports.shapes import Scope
from ecrm.rules.phone import readable


@dataclass(frozen=True)
class Letterhead:
    """What stands above the figures: the company and its telephone, what the report is about, when and by whom it was made, who signs."""

    company: str
    phone: str
    about: str
    made: str
    signs: tuple[str, ...] = ()


def letterhead(scope: Scope, by: Any = None, places: Iterable[Any] = ()) -> Letterhead:
    """Return the letterhead of a report made by a person, else by the company, narrowed to places (a branch, a category)."""
    settings = current_app.config["ECRM"]
    company = settings["COMPANY_NAME"]
    return Letterhead(
        company, readable(settings["COMPANY_PHONE"]), " · ".join([words.days(scope.period), *map(str, places)]),
        _("Made on %(moment)s by %(name)s", moment=formats.exact(scope.at, scope.period.zone), name=str(by or company)),
        (_("Prepared by"), _("Approved by")),
    )
