"""Screens of branches, their areas and working hours, holidays, and the standards of service."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.pages import Belongs
from ecrm.admin.screen import Screen
from ecrm.models import Branch, CoverageArea, Holiday, ServiceStandard, WorkingHours
from ecrm.rules import opening

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
    opens_row = True
    belongs = (
        Belongs(WorkingHours, ("weekday", "opens", "closes"), lambda row: WorkingHours.branch_id == row.id, most=14,
                prefill=lambda row: {"branch": str(row.id)}),
    )

    @staticmethod
    def born(session, row, _at, _by):
        """The usual working hours of a new branch."""
        opening.usual_hours(session, row)


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


class WorkingHoursScreen(Screen):
    """Working hours of the branches."""

    model = WorkingHours
    group = GROUP
    columns = ("branch", "weekday", "opens", "closes")
    form = columns
    filters = ("branch", "weekday")
    sort = ("branch_id", False)
    checks = (opening.check_hours,)
    help = {"opens": _l("Targets that count in working hours stand still outside them. A branch without any works around the clock.")}


class HolidayScreen(Screen):
    """Holidays: the public ones, which come by themselves, and those of one branch."""

    model = Holiday
    group = GROUP
    columns = ("day", "name", "branch", "observed")
    form = columns
    search = ("name",)
    filters = ("day", "branch", "observed")
    sortable = ("day",)
    sort = ("day", False)
    help = {"observed": _l("Take the tick away where you work on this day. A public holiday that was deleted would come back.")}


class ServiceStandardScreen(Screen):
    """Standards of service, for the regulator's sheet."""

    model = ServiceStandard
    group = GROUP
    columns = ("measure", "name", "within", "unit", "goal_percent", "active")
    details = ("name_en", "source")
    form = ("measure", "name", "name_en", "within", "unit", "goal_percent", "source", "active")
    filters = ("active",)
