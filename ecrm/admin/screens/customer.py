"""Screens of customers, subscriptions and installations."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.screen import Screen
from ecrm.models import Customer, Installation, Subscription
from ecrm.rules.customer import admit
from ecrm.rules.installation import register

GROUP = _l("Customers")


class CustomerScreen(Screen):
    """Customers."""

    model = Customer
    group = GROUP
    columns = ("number", "name", "phone", "branch", "area", "since", "status")
    details = ("identity_number", "email", "address", "user", "subscriptions")
    form = ("name", "identity_number", "phone", "email", "address", "branch", "area", "since")
    search = ("number", "name", "phone", "email")
    filters = ("status", "branch", "area", "since")
    sortable = ("number", "name", "since")

    @staticmethod
    def born(session, row, _at, _by):
        """Number of a new customer."""
        admit(session, row)


class SubscriptionScreen(Screen):
    """Subscriptions."""

    model = Subscription
    group = GROUP
    columns = ("customer", "plan", "address", "valid_from", "valid_until", "status")
    form_create = ("customer", "plan", "address", "valid_from", "valid_until")
    form_edit = ("plan", "address", "valid_from", "valid_until")
    search = ("address",)
    filters = ("status", "plan", "valid_from", "valid_until")
    sortable = ("valid_from",)


class InstallationScreen(Screen):
    """Installations."""

    model = Installation
    group = GROUP
    columns = ("number", "applicant_name", "applicant_phone", "area", "plan", "status", "registered_at", "visit_at", "technician")
    details = ("applicant_email", "address", "customer", "survey_result", "report", "activated_at")
    form_create = ("applicant_name", "applicant_phone", "applicant_email", "address", "area", "plan", "customer")
    form_edit = ("applicant_name", "applicant_phone", "applicant_email", "address", "area", "plan")
    search = ("number", "applicant_name", "applicant_phone")
    filters = ("status", "area", "plan", "technician", "registered_at", "visit_at")
    sortable = ("number", "registered_at", "visit_at")

    @staticmethod
    def born(session, row, at, _by):
        """Number of a new application."""
        register(session, row, at)
