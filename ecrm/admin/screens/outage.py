"""Screens of outages and of those who follow them."""

from datetime import datetime

from flask import request
from flask_login import current_user
from wtforms import TextAreaField

from ecrm import policy
from ecrm.admin import cells, lookup
from ecrm.admin.named_filters import Condition
from ecrm.admin.pages import Belongs
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import COMPLAINTS
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, CoverageArea, Outage, OutageFollower
from ecrm.models.base import now
from ecrm.models.outage import OutageStatus
from ecrm.rules import outage, queue


class WholeBranch(Condition):
    """Of a whole branch, or of an area."""

    name_in_address, title, reads = "whole", _l("Whole branch"), "area"
    condition = staticmethod(lambda: Outage.area_id.is_(None))


class Mistaken(Condition):
    """Declared by mistake, or not."""

    name_in_address, title, reads = "mistaken", _l("Declared by mistake"), "status"
    condition = staticmethod(lambda: Outage.status == OutageStatus.CANCELLED)


class OutageScreen(Screen):
    """Outages: declared once for many complaints, told of in one place, restored with one click."""

    model = Outage
    group = COMPLAINTS
    columns = ("number", "branch", "area", "status", "started_at", "expected_at", "affected")
    details = ("message", "message_at", "message_no", "declared_at", "declared_by", "restored_at")
    form_create = ("branch", "area", "started_at", "expected_at", "message")
    form_edit = ("started_at",)
    search = ("number", "message")
    filters = ("status", "branch", "area", "started_at", "restored_at")
    more_filters = (WholeBranch, Mistaken)
    sortable = ("number", "started_at", "affected")
    sort = ("started_at", True)
    checks = (outage.check,)
    opens_row = True
    wide = ("message",)
    form_overrides = {"message": TextAreaField}
    column_formatters = {"started_at": cells.short, "expected_at": cells.short}
    empty = _l("No outages yet. When several customers of an area complain within the hour, the front page offers to declare one.")
    groups = ((_l("Where"), ("branch", "area")), (_l("Since when, until when"), ("started_at", "expected_at")), (_l("What customers read"), ("message",)))
    help = {
        "area": _l("Left blank, it is the whole branch."),
        "started_at": _l("Complaints about disturbances that came since then are linked to it."),
        "expected_at": _l("Customers read it; left blank, they read that we do not know yet."),
        "message": _l("What happened and what you do about it: in the portal, and as an answer to each complaint of the outage."),
    }
    belongs = (
        Belongs(Complaint, ("number", "subject", "customer", "status", "resolution_due_at", "technician"), lambda row: Complaint.outage_id == row.id,
                filters=lambda row: {"outage": str(row.id)}, most=10, order=queue.DUE),
        Belongs(OutageFollower, ("customer", "since"), lambda row: OutageFollower.outage_id == row.id),
    )

    def row_class(self, row):
        """Mark what takes longer than its customers were told."""
        return "is-late" if row.overran else ""

    def title_of(self, row):
        """Number and place."""
        return f"{row.number} {row.place}"

    @staticmethod
    def born(session, row, at, by):
        """Number, linked complaints, and how many customers it concerns."""
        outage.declare(session, row, at, by)

    def prefill(self, form):
        """The area that an offer names, and when its first complaint came."""
        number = lookup.whole(request.args.get("area", ""))
        area = db.session.scalars(policy.visible(CoverageArea, self.role, current_user).where(CoverageArea.id == number)).one_or_none()
        if area is not None:
            form.area.data, form.branch.data = area, area.branch
        try:
            since = datetime.fromisoformat(request.args.get("since", "")) if "since" in request.args else now()
            form.started_at.process_data(since if since.tzinfo else now())
        except (ValueError, OverflowError):
            form.started_at.process_data(now())


class OutageFollowerScreen(Screen):
    """Who follows an outage; customers do so in the portal."""

    model = OutageFollower
    group = COMPLAINTS
    columns = ("outage", "customer", "since", "told_no")
    filters = ("since",)
    sortable = ("since",)
    sort = ("since", True)
    empty = _l("Nobody follows an outage. Customers of its area are offered to, in the portal.")
    column_formatters = {"customer": cells.customer}
