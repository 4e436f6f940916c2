"""Screen of the demand for connections where we have none yet."""

from dataclasses import dataclass

from flask import request
from flask_login import current_user
from sqlalchemy import func, select
from wtforms import TextAreaField

from ecrm import policy
from ecrm.admin import cells
from ecrm.admin.deeds import Deed
from ecrm.admin.named_filters import Condition
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import CoverageArea, Demand
from ecrm.rules import demand

MOST = 12  # areas above the list


class Waiting(Condition):
    """Nobody was told yet, or everybody is done."""

    name_in_address, title, reads = "waiting", _l("Waits"), "told_at"
    condition = staticmethod(demand.waiting)


class NoArea(Condition):
    """Written in words only, or in a known area."""

    name_in_address, title, reads = "no_area", _l("Without a known area"), "area"
    condition = staticmethod(lambda: Demand.area_id.is_(None))


@dataclass(frozen=True)
class Wanted:
    """How many wait for an area, and the list of them; `area` is None for places in words only."""

    area: CoverageArea | None
    count: int
    url: str


def _told(row, _by, at):
    row.told_at = at


TOLD = Deed("told", _l("Told by telephone"), lambda row: row.told_at is None, _told)


class DemandScreen(Screen):
    """Demand; the areas that most people wait for stand above the list."""

    model = Demand
    group = CUSTOMERS
    columns = ("asked_at", "name", "phone", "area", "place", "told_at")
    details = ("email", "language", "agreed_wording", "installation")
    form = ("name", "phone", "email", "area", "place", "language")
    search = ("name", "phone", "place")
    filters = ("area", "asked_at", "told_at")
    more_filters = (Waiting, NoArea)
    sortable = ("asked_at",)
    sort = ("asked_at", True)
    checks = (demand.check,)
    deeds = (TOLD,)
    wide = ("place",)
    form_overrides = {"place": TextAreaField}
    opens_row = True
    reach = ("phone", "place")
    list_template = "admin/demand.html"
    column_formatters = {"phone": cells.phone, "asked_at": cells.short, "told_at": cells.short}
    column_formatters_detail = {"phone": cells.phone}
    empty = _l("No demand yet. Visitors leave it in the portal where their area is not covered; one who calls is entered here.")
    help = {
        "email": _l("The letter that the area is covered goes there; without one, somebody calls."),
        "area": _l("As soon as it is covered, the person is told. Left blank where no known area fits."),
        "place": _l("Where somebody wants to be connected, in their words."),
        "language": _l("Of the letter."),
    }

    def loads(self, names):
        """Bring along what decides how a row is marked."""
        return super().loads((*names, "area.coverage") if "area" in names else names)

    @staticmethod
    def born(_session, row, at, _by):
        """When somebody asked."""
        row.asked_at = at

    def by_area(self):
        """Return the areas that most people wait for, on the list as it opens."""
        if request.args.get("search") or any(name.startswith("flt") for name in request.args):
            return []
        mine = policy.scope(Demand, self.role, current_user)
        counted = select(Demand.area_id, func.count()).where(mine, demand.waiting()).group_by(Demand.area_id).order_by(func.count().desc(), Demand.area_id)
        found = db.session.execute(counted.limit(MOST)).all()
        areas = {row.id: row for row in db.session.scalars(select(CoverageArea).where(CoverageArea.id.in_([number for number, _count in found if number])))}
        return [Wanted(areas.get(number), count, self.list_address({"waiting": "1"} | ({"area": str(number)} if number else {"no_area": "1"})))
                for number, count in found]

    def row_class(self, row):
        """Mark what can be told but has no address for a letter."""
        return "is-late" if row.told_at is None and row.email is None and row.area is not None and row.area.coverage.value == "covered" else ""
