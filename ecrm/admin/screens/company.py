"""Screens of branches, their areas and working hours, holidays, and the standards of service."""

from flask import request

from ecrm.admin import cells, look
from ecrm.admin.pages import Belongs
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import COMPANY
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Branch, CoverageArea, Holiday, ServiceStandard, WorkingHours
from ecrm.rules import opening


class BranchScreen(Screen):
    """Branches."""

    model = Branch
    group = COMPANY
    columns = ("code", "name", "city", "phone", "time_zone", "active")
    details = ("address", "grant_budget_mbps")
    form = ("code", "name", "city", "address", "phone", "time_zone", "active", "grant_budget_mbps")
    search = ("code", "name", "city")
    filters = ("active",)
    column_formatters = column_formatters_detail = {"phone": cells.phone}
    sortable = ("code", "name", "city")
    sort = ("code", False)
    empty = _l("No branches yet. Enter the first: customers, areas and working hours belong to one.")
    help = {
        "code": _l("Short and lasting, such as BDG; files that are brought in name it so."),
        "time_zone": _l("Its working hours, days and visits are reckoned in it."),
        "active": _l("Take the tick away where nobody new may register; what belongs to it stays."),
        "grant_budget_mbps": _l("What the active additions of its customers may come to, all together. Left blank, there is no limit."),
    }
    opens_row = True
    belongs = (
        Belongs(WorkingHours, ("weekday", "opens", "closes"), lambda row: WorkingHours.branch_id == row.id, most=14,
                order=(WorkingHours.id,), prefill=lambda row: {"branch": str(row.id)}),
    )

    @staticmethod
    def born(session, row, _at, _by):
        """The usual working hours of a new branch."""
        opening.usual_hours(session, row)


class CoverageAreaScreen(Screen):
    """Coverage areas."""

    model = CoverageArea
    group = COMPANY
    columns = ("name", "branch", "postcode", "coverage")
    details = ("covered_since",)
    form = columns
    search = ("name", "postcode")
    filters = ("branch", "coverage")
    empty = _l("No areas yet. Enter where you can connect people, and where not.")
    help = {
        "branch": _l("Its technicians survey and connect there."),
        "coverage": _l("Whether people there can be connected now, later, or not at all."),
    }
    sortable = ("name", "postcode")
    sort = ("name", False)


class WorkingHoursScreen(Screen):
    """Working hours of the branches."""

    model = WorkingHours
    group = COMPANY
    columns = ("branch", "weekday", "opens", "closes")
    form = columns
    filters = ("branch", "weekday")
    sort = ("branch_id", False)
    checks = (opening.check_hours,)
    empty = _l("No working hours yet. Without any, a branch works around the clock.")
    help = {"weekday": _l("A day may have several lines, such as before and after a break."),
            "opens": _l("Targets that count in working hours stand still outside them. A branch without any works around the clock.")}


class HolidayScreen(Screen):
    """Holidays: the public ones, which come by themselves, and those of one branch."""

    model = Holiday
    group = COMPANY
    columns = ("day", "name", "branch", "observed")
    form = columns
    search = ("name",)
    filters = ("day", "branch", "observed")
    sortable = ("day",)
    sort = ("day", False)
    empty = _l("No holidays yet. Public ones come by themselves; enter those of your own.")
    help = {"branch": _l("Left blank, for all branches."),
            "observed": _l("Take the tick away where you work on this day. A public holiday that was deleted would come back.")}

    def _get_list_filter_args(self):
        """Return the filters of the address; without any argument the days to come: who plans does not look for what is over."""
        opening = request.endpoint == f"{self.endpoint}.index_view" and not request.args
        return self.filters_of({"day": f"{look.today()}.."}) if opening else super()._get_list_filter_args()


class ServiceStandardScreen(Screen):
    """Standards of service, for the regulator's sheet."""

    model = ServiceStandard
    group = COMPANY
    columns = ("measure", "name", "within", "unit", "goal_percent", "active")
    details = ("name_en", "source")
    form = ("measure", "name", "name_en", "within", "unit", "goal_percent", "source", "active")
    empty = _l("No standards yet. Enter what the regulator asks for; the sheet of service quality is counted by them.")
    groups = (
        (_l("What is measured"), ("measure", "name", "name_en", "active")),
        (_l("What is asked for"), ("within", "unit", "goal_percent", "source")),
    )
    help = {
        "within": _l("How soon, in the unit beside it; left blank for measures that have no time."),
        "goal_percent": _l("At least this share of the cases, for rates of disturbances at most."),
        "source": _l("The rule and its article, and whether somebody has checked it."),
        "active": _l("Take the tick away to leave it out of the sheet."),
    }
    filters = ("active",)
