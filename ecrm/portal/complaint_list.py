"""A customer's complaints."""

from typing import Any

from flask import render_template, request
from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.models import Complaint
from ecrm.models.complaint import UNSOLVED
from ecrm.portal import people
from ecrm.portal.blueprint import blueprint

SIZE = 10
FILTERS = ("unsolved", "solved", "all")


@blueprint.get("/complaints")
@people.customers_only
def complaints() -> Any:
    """Own complaints, the newest first, ten on a page."""
    show = request.args.get("show", "all")
    show = show if show in FILTERS else "all"
    query = people.see(Complaint)
    if show != "all":
        query = query.where(Complaint.status.in_(UNSOLVED) if show == "unsolved" else Complaint.status.not_in(UNSOLVED))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // SIZE))
    number = min(_page_number(), pages)
    found = people.rows(query.order_by(Complaint.opened_at.desc(), Complaint.id.desc()).limit(SIZE).offset((number - 1) * SIZE))
    return render_template("portal/complaints.html", complaints=found, show=show, page=number, pages=pages, total=total)


def _page_number() -> int:
    """Return the page that the address asks for, 1 for anything that is no page."""
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
