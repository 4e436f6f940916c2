"""The screen of visits: where support plans them, and technicians report them."""

from datetime import date

from flask import request
from wtforms import TextAreaField

from ecrm.admin import cells, look
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import VISITS
from ecrm.admin.visit_filters import Due, NeedsAnother, Promise, Repeat
from ecrm.admin.visit_page import VisitPage
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Visit
from ecrm.models.base import now
from ecrm.models.visit import Half, VisitKind
from ecrm.rules import appointment, visit


def _whom(_view, _context, row, name):
    """Return the number of what the visit is for, and who waits."""
    thing = getattr(row, name)
    return cells.two_lines(thing.number, row.who) if thing is not None else ""


class VisitScreen(VisitPage, Screen):
    """Visits: an appointment for a complaint or an application, and what came of it."""

    model = Visit
    group = VISITS
    columns = ("number", "kind", "complaint", "installation", "technician", "window_from", "status", "outcome")
    details = ("branch", "task", "started_at", "finished_at", "materials", "serials", "down_mbps", "up_mbps", "note", "planned_at")
    form_create = ("complaint", "installation", "kind", "technician", "day", "half", "task")
    search = ("number",)
    filters = ("status", "kind", "outcome", "technician", "branch", "window_from", "half", "finished_at")
    more_filters = (NeedsAnother, Promise, Repeat, Due)
    sortable = ("number", "window_from")
    sort = ("window_from", True)
    opens_row = True
    wide = ("task",)
    reach = ("phone", "address")
    form_overrides = {"task": TextAreaField}
    column_formatters = {"window_from": cells.window, "complaint": _whom, "installation": _whom}
    column_formatters_detail = {"window_from": cells.window}
    empty = _l("No visits yet. One is planned on the page of a complaint or an application.")
    groups = (
        (_l("What for"), ("complaint", "installation", "kind", "task")),
        (_l("Who comes when"), ("technician", "day", "half")),
    )
    help = {
        "complaint": _l("Type its number, or the name of the customer. Left blank for an application."),
        "installation": _l("Type its number, or the name of the applicant. Left blank for a complaint."),
        "kind": _l("A complaint needs a repair or a check, an application a survey or an installation."),
        "technician": _l("Becomes the technician of the complaint, too."),
        "half": _l("The customer is promised 08:00–12:00 or 13:00–17:00."),
        "task": _l("What the technician brings and does; the customer does not see it."),
    }

    def loads(self, names):
        """Bring along who waits, too."""
        return super().loads((*names, "complaint.customer") if "complaint" in names else names)

    def row_class(self, row):
        """Mark a visit whose window is over without anybody having come."""
        return "is-late" if appointment.missed(row, now()) else ""

    def title_of(self, row):
        """Number and whoever waits."""
        return f"{row.number} {row.who}"

    def contact(self, row):
        """The telephone number and the address of whoever waits."""
        return [row.phone, row.address]

    @staticmethod
    def born(session, row, at, by):
        """Number, window and letters of a new visit."""
        visit.plan(session, row, at, by)

    def prefill(self, form):
        """What the address names, and what follows from the complaint or the application."""
        row = form.complaint.data or form.installation.data
        if row is not None and form.technician.data is None:
            form.technician.data = row.technician
        form.kind.data = appointment.kind_for(form.installation.data) if form.installation.data else VisitKind.REPAIR
        try:
            form.day.data = date.fromisoformat(request.args.get("day", "")) if "day" in request.args else look.today()
        except ValueError:
            form.day.data = look.today()
        form.half.data = next((half for half in Half if half.value == request.args.get("half")), form.half.data)
