"""Screen of installations: from the application to the activation."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import Select

from ecrm.admin import appointments, cells
from ecrm.admin.pages import Belongs
from ecrm.admin.place_filters import AreasBranch
from ecrm.admin.report_filters import Standard
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.admin.work_filters import OfCustomer
from ecrm.models import Installation, Visit
from ecrm.models.installation import HalfDay
from ecrm.rules.installation import register


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


def half_days(_view: Any, _context: Any, row: Installation, _name: str) -> str:
    """What people call the half-days of an application."""
    return "; ".join(str(HalfDay(word).label) for word in (row.visit_times or "").split(",") if word)


class InstallationScreen(Screen):
    """Installations."""

    model = Installation
    group = CUSTOMERS
    columns = ("number", "applicant_name", "applicant_phone", "area", "plan", "status", "registered_at", "visit_at", "technician")
    details = ("applicant_email", "address", "promo", "visit_times", "channel", "language", "agreed_wording", "customer", "survey_result", "report", "activated_at")
    form_create = ("applicant_name", "applicant_phone", "applicant_email", "address", "area", "plan", "promo", "visit_times", "channel", "language", "customer")
    form_edit = ("applicant_name", "applicant_phone", "applicant_email", "address", "area", "plan", "promo", "visit_times", "language")
    search = ("number", "applicant_name", "applicant_phone")
    filters = ("status", "area", "plan", "channel", "technician", "registered_at", "visit_at", "activated_at")
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
    column_formatters_detail = {"applicant_phone": cells.phone, "address": cells.address, "visit_times": half_days}
    opens_row = True
    belongs = (Belongs(Visit, ("number", "kind", "technician", "window_from", "status", "outcome"), lambda row: Visit.installation_id == row.id),)

    def links(self, row):
        """A visit, where the role may plan one."""
        return appointments.links(self, row)

    @staticmethod
    def born(session, row, at, _by):
        """Number of a new application."""
        register(session, row, at)
