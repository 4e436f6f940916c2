"""The forms that are signed on paper, filled in: the registration and the activation of a connection."""

import io
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table as Grid
from sqlalchemy import select
from sqlalchemy.orm import object_session

from ecrm import formats
from ecrm.i18n import gettext as _
from ecrm.models import Installation, Visit
from ecrm.models.visit import VisitKind, VisitStatus
from ecrm.reports import fonts
from ecrm.reports.letterhead import Letterhead
from ecrm.reports.pdf import HEADING, INSET, LINE, MARGIN, PLAIN, SMALL, head, numbered, said, signatures
from ecrm.rules.installation import PAPERS
from ecrm.rules.phone import readable


class Part(NamedTuple):
    """A heading with the lines under it."""

    title: str
    lines: list[tuple[str, Any]]


def make(kind: str, row: Installation, at: datetime) -> bytes:
    """Return a form as PDF, in the language of the customer's account, else of the application; its moments on the branch's clock."""
    user = row.customer.user if row.customer else None
    with force_locale((user.language if user else row.language).value):
        zone = ZoneInfo(row.area.branch.time_zone.value)
        parts, words, signs = (_registration if kind == "registration" else _activation)(row, zone)
        settings = current_app.config["ECRM"]
        letterhead = Letterhead(
            settings["COMPANY_NAME"], readable(settings["COMPANY_PHONE"]), f"{row.number} · {row.area.branch}",
            _("Printed on %(moment)s", moment=formats.exact(at, zone)), signs,
        )
        return _drawn(str(PAPERS[kind]), letterhead, parts, words)


def _registration(row: Installation, zone: ZoneInfo) -> tuple[list[Part], str, tuple[str, ...]]:
    parts = [
        Part(_("Applicant"), [(_("Name"), row.applicant_name), (_("Phone"), readable(row.applicant_phone)), (_("E-mail"), row.applicant_email)]),
        _connection(row, [(_("Promo"), row.promo), (_("Preferred visit times"), row.half_days)]),
        Part(_("Application"), [(_("Number"), row.number), (_("Registered"), formats.exact(row.registered_at, zone)), (_("Channel"), row.channel)]),
    ]
    return parts, _("The applicant confirms that these data are right, and agrees that we use them for the application."), (_("Applicant"), _("Sales"))


def _activation(row: Installation, zone: ZoneInfo) -> tuple[list[Part], str, tuple[str, ...]]:
    active = formats.exact(row.activated_at, zone) if row.activated_at else None
    parts = [
        Part(_("Customer"), [(_("Customer number"), row.customer.number if row.customer else None), (_("Name"), row.applicant_name),
                             (_("Phone"), readable(row.applicant_phone)), (_("E-mail"), row.applicant_email)]),
        _connection(row, [(_("Promo"), row.promo)]),
        Part(_("Installation"), [(_("Number"), row.number), (_("Visit"), formats.exact(row.visit_at, zone) if row.visit_at else None), (_("Technician"), row.technician),
                                 (_("Work report"), row.report), *_measured(row), (_("Activated"), active)]),
    ]
    return parts, _("The customer confirms that the connection was installed and works."), (_("Customer"), _("Technician"))


def _measured(row: Installation) -> list[tuple[str, Any]]:
    """Return the equipment and the speeds that the technician reported; nothing of an installation without a visit of its own."""
    done = Visit.installation_id == row.id, Visit.kind == VisitKind.INSTALLATION, Visit.status == VisitStatus.DONE
    visit = object_session(row).scalars(select(Visit).where(*done).order_by(Visit.id.desc()).limit(1)).first()  # type: ignore[union-attr]
    if visit is None:
        return []
    speeds = _speeds(visit.down_mbps, visit.up_mbps) if None not in (visit.down_mbps, visit.up_mbps) else None
    return [(str(Visit.serials.info["label"]), visit.serials), (_("Measured speeds"), speeds)]


def _speeds(down: Any, up: Any) -> str:
    return _("%(down)s Mbps down, %(up)s Mbps up", down=down, up=up)


def _connection(row: Installation, more: list[tuple[str, Any]]) -> Part:
    plan = row.plan
    return Part(_("Connection"), [(_("Address"), row.address), (_("Coverage area"), row.area), (_("Plan"), f"{plan.name} ({_speeds(plan.down_mbps, plan.up_mbps)})"),
                                  (_("Monthly price"), formats.rupiah(plan.monthly_price)), *more])


def _drawn(title: str, letterhead: Letterhead, parts: list[Part], words: str) -> bytes:
    file = io.BytesIO()
    page = SimpleDocTemplate(file, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=18 * mm, title=title,
                             author=letterhead.company, invariant=1)
    with fonts.in_hand():
        page.build(_story(title, letterhead, parts, words), canvasmaker=numbered(letterhead))
    return file.getvalue()


def _story(title: str, letterhead: Letterhead, parts: list[Part], words: str) -> list[Any]:
    """Return what stands on the page, one under the other."""
    width = A4[0] - 2 * (MARGIN + INSET)
    story = head(title, letterhead, width)
    for part in parts:
        lines = [[Paragraph(said(label), SMALL), Paragraph(said("–" if value in (None, "") else value), PLAIN)] for label, value in part.lines]
        grid = Grid(lines, [width * 0.3, width * 0.7])
        grid.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
        story += [Paragraph(said(part.title), HEADING), grid]
    return [*story, Spacer(1, 10), Paragraph(said(words), PLAIN), signatures(letterhead, width)]
