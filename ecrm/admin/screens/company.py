"""Screens of branches and coverage areas."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.screen import Screen
from ecrm.models import Branch, CoverageArea

GROUP = _l("Company")


class BranchScreen(Screen):
    """Branches."""

    model = Branch
    group = GROUP
    columns = ("code", "name", "city", "phone", "time_zone", "active")
    details = ("address",)
    form = ("code", "name", "city", "address", "phone", "time_zone", "active")
    search = ("code", "name", "city")
    filters = ("active",)
    sortable = ("code", "name", "city")
    sort = ("code", False)


class CoverageAreaScreen(Screen):
    """Coverage areas."""

    model = CoverageArea
    group = GROUP
    columns = ("name", "branch", "postcode", "coverage")
    form = columns
    search = ("name", "postcode")
    filters = ("branch", "coverage")
    sortable = ("name", "postcode")
    sort = ("name", False)
