"""A customer's complaints."""

from datetime import datetime
from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, UnaryExpression, func, select

from ecrm.extensions import db
from ecrm.models import Complaint
from ecrm.models.base import now
from ecrm.models.complaint import UNSOLVED, ComplaintStatus
from ecrm.portal import people
from ecrm.portal.blueprint import blueprint
from ecrm.rules import sla

SIZE = 10
FILTERS = ("unsolved", "solved", "all")


@blueprint.get("/complaints")
@people.customers_only
def complaints() -> Any:
    """Own complaints, ten on a page."""
    show = request.args.get("show", "all")
    show = show if show in FILTERS else "all"
    query = people.see(Complaint)
    if show != "all":
        query = query.where(Complaint.status.in_(UNSOLVED) if show == "unsolved" else Complaint.status.not_in(UNSOLVED))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // SIZE))
    number = min(_page_number(), pages)
    found = people.rows(query.order_by(*order(now())).limit(SIZE).offset((number - 1) * SIZE))
    return render_template("portal/complaints.html", complaints=found, show=show, page=number, pages=pages, total=total)


def order(at: datetime) -> tuple[UnaryExpression[Any] | ColumnElement[Any], ...]:
    """Return the ORDER BY of a customer's complaints: what is late, what waits for them, what is due next, then the newest."""
    yours = Complaint.status.in_([ComplaintStatus.WAITING_CUSTOMER, ComplaintStatus.RESOLVED])
    return sla.are_late(at).desc(), yours.desc(), Complaint.clock_due_at, Complaint.opened_at.desc(), Complaint.id.desc()


def _page_number() -> int:
    """Return the page that the address asks for, 1 for anything that is no page."""
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
