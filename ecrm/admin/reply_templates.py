"""The templates that a complaint's page offers, filled in for its customer."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from flask_login import current_user
from sqlalchemy import or_

from ecrm import formats, policy
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Complaint, ReplyTemplate
from ecrm.models.account import Language, RoleName
from ecrm.rules.knowledge import filled


@dataclass(frozen=True)
class Ready:
    """A template with its places filled in."""

    id: int
    name: str
    text: str


def offered(row: Complaint, role: RoleName) -> list[Ready]:
    """Return the templates for a complaint's category and its customer's language, those of the category first."""
    user = row.customer.user
    language = user.language if user else Language.INDONESIAN
    fitting = policy.visible(ReplyTemplate, role, current_user).where(
        ReplyTemplate.active.is_(True), ReplyTemplate.language == language,
        or_(ReplyTemplate.category_id.is_(None), ReplyTemplate.category_id == row.category_id))
    found = list(db.session.scalars(fitting.order_by(ReplyTemplate.category_id.is_(None), ReplyTemplate.name)))
    values = _values(row, language) if found else {}
    return [Ready(one.id, one.name, filled(one.text, values)) for one in found]


def _values(row: Complaint, language: Language) -> dict[str, str]:
    """Return what is filled in, in the customer's language and the branch's time."""
    with force_locale(language.value):
        return {
            "nama": row.customer.name, "nomor": row.number, "perihal": row.subject,
            "teknisi": row.technician.name if row.technician else _("our technician"),
            "batas": formats.exact(row.resolution_due_at, ZoneInfo(row.branch.time_zone.value)),
            "perusahaan": current_app.config["ECRM"]["COMPANY_NAME"], "saya": current_user.name or current_user.email,
        }


def chosen(row: Complaint, role: RoleName, number: Any, typed: str) -> str:
    """Return what was typed with the chosen template after it; what was typed alone where there is no such template."""
    text = next((one.text for one in offered(row, role) if str(one.id) == number), "")
    return "\n\n".join(part for part in (typed.rstrip(), text) if part)
