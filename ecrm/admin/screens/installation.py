"""Screen of installations: from the application to the activation."""

from io import BytesIO
from typing import Any

from flask import abort, flash, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import SelectMultipleField
from wtforms.widgets import Select

from ecrm.admin import appointments, cells
from ecrm.admin.deeds import LINK_CUSTOMER, send_invitation
from ecrm.admin.pages import Belongs, Link
from ecrm.admin.pipeline import Pipeline
from ecrm.admin.place_filters import AreasBranch
from ecrm.admin.report_filters import Standard
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.admin.work_filters import OfCustomer
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Installation, Visit
from ecrm.models.base import now
from ecrm.models.installation import HalfDay
from ecrm.policy import Right
from ecrm.rules import activation
from ecrm.rules.installation import PAPERS, enter, papers_of


class HalfDaysField(SelectMultipleField):
    """Several half-days, kept as their words with commas."""

    widget = Select(multiple=True)

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        """Offer all half-days."""
        known = {name: value for name, value in options.items() if name in ("description", "name", "_form", "_prefix", "_translations", "_meta")}
        super().__init__(label, choices=[(half.value, half.label) for half in HalfDay], **known)

    def process_data(self, value: Any) -> None:
        """Show the words."""
        self.data = value.split(",") if value else []

    def populate_obj(self, obj: Any, name: str) -> None:
        """Keep the words."""
        setattr(obj, name, ",".join(self.data or ()) or None)


class InstallationScreen(Pipeline, Screen):
    """Installations."""

    model = Installation
    group = CUSTOMERS
    columns = ("number", "applicant_name", "applicant_phone", "area", "plan", "status", "registered_at", "visit_at", "technician")
    details = ("applicant_email", "address", "promo", "visit_times", "channel", "language", "agreed_wording", "customer", "survey_result", "report", "activated_at")
    form_create = ("applicant_name", "applicant_phone", "applicant_email", "address", "area", "plan", "promo", "visit_times", "channel", "language", "customer")
    form_edit = ("applicant_name", "applicant_phone", "applicant_email", "address", "area", "plan", "promo", "visit_times", "language")
    search = ("number", "applicant_name", "applicant_phone")
    filters = ("status", "area", "plan", "promo", "channel", "technician", "registered_at", "visit_at", "activated_at")
    more_filters = (AreasBranch, OfCustomer, Standard)
    form_overrides = {"visit_times": HalfDaysField}
    sortable = ("number", "registered_at", "visit_at")
    groups = (
        (_l("Applicant"), ("applicant_name", "applicant_phone", "applicant_email", "customer")),
        (_l("Connection"), ("address", "area", "plan", "promo")),
        (_l("Contact"), ("visit_times", "channel", "language")),
    )
    help = {
        "applicant_phone": _l("Such as 0812 3456 7890."),
        "applicant_email": _l("Letters about the application and the visit go there."),
        "address": _l("Where the line will be."),
        "area": _l("Decides the branch whose technicians come."),
        "promo": _l("What was promised; type a part of its code or title."),
        "visit_times": _l("When somebody is at home, as far as it is known."),
        "channel": _l("How the application reached us."),
        "language": _l("Of the letters about the application."),
        "customer": _l("Only where the applicant is a customer already."),
    }
    empty = _l("No applications yet. People send one from the portal, or sales enters one; survey, visit and activation follow from it.")
    reach = ("applicant_phone", "address")
    column_formatters = {"applicant_phone": cells.phone, "registered_at": cells.short, "visit_at": cells.visit}
    column_formatters_detail = {"applicant_phone": cells.phone, "address": cells.address, "visit_times": lambda _view, _context, row, _name: row.half_days}
    opens_row = True
    belongs = (Belongs(Visit, ("number", "kind", "technician", "window_from", "status", "outcome"), lambda row: Visit.installation_id == row.id),)
    deeds = (LINK_CUSTOMER,)
    extra_needs = {"pipeline_view": Right.EXPORT, "paper_view": Right.EXPORT}

    def links(self, row):
        """Return the way to a visit, where the role may plan one, and to the forms on paper, for who may take data out."""
        papers = papers_of(row) if self.can_export else ()
        return appointments.links(self, row) + [Link(str(PAPERS[kind]), self.get_url(".paper_view", id=row.id, kind=kind)) for kind in papers]

    @expose("/paper/")
    def paper_view(self) -> ResponseReturnValue:
        """Send a form, filled in, to look at or print."""
        from ecrm.reports import papers  # reportlab takes a tenth of a second to load

        row, kind = self.get_one(request.args.get("id")), request.args.get("kind", "")
        if kind not in papers_of(row):
            abort(404)
        name = f"{row.number}-{kind}.pdf"
        return send_file(BytesIO(papers.make(kind, row, now())), "application/pdf", download_name=name)

    def _carry_out(self, verb, row, **facts):
        """Carry out a verb; the activation makes the customer, the subscription and the account in the same transaction."""
        if verb.name != "activate":
            super()._carry_out(verb, row, **facts)
            return
        at = now()
        try:
            user = activation.activate(db.session(), row, current_user._get_current_object(), at)
            if user is not None:
                send_invitation(user, at)
            db.session.commit()
        except IntegrityError as taken:  # two applications of one e-mail address at once
            raise StaleDataError from taken
        flash(_("%(customer)s is a customer with a subscription now.", customer=row.customer), "success")
        flash(_("An invitation to the account is on its way to %(email)s.", email=user.email) if user is not None
              else _("No account was made: there is one already, or no e-mail address."), "info")

    @staticmethod
    def born(session, row, at, _by):
        """Number of a new application, and the letter that says we have it."""
        enter(session, row, at)
