"""Screens of frozen recaps and saved views."""

from flask import abort, request
from flask_babel import force_locale
from flask_login import current_user

from ecrm import formats
from ecrm.admin import cells, codes, look
from ecrm.admin.pages import Link
from ecrm.admin.recaps import Figures, places
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import REPORTS
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import TABLES, Recap, SavedView
from ecrm.models.base import now
from ecrm.reports import freezing, recaps
from ecrm.reports.letterhead import letterhead
from ecrm.reports.period import Period
from ecrm.reports.shapes import Scope


class RecapScreen(Figures, Screen):
    """Frozen recaps; they are made on the recap's own page."""

    model = Recap
    group = REPORTS
    columns = ("at", "kind", "first_day", "last_day", "branch", "category", "because", "by")
    details = ("sha256",)
    filters = ("because", "at")
    sortable = ("at", "first_day")
    sort = ("at", True)
    details_template = "admin/frozen.html"
    empty = _l("No figures are kept yet. Open a recap and press “Keep these figures”; those of a month are kept by themselves.")

    def title_of(self, row):
        """Say which recap it is, and of which days."""
        return f"{codes.RECAP.text(row.kind)}, {formats.day(row.first_day)} – {formats.day(row.last_day)}"

    def frozen(self, row):
        """Return the report as it was, with its letterhead, and how its numbers differ now; None where it cannot be made now."""
        period = Period(row.first_day, row.last_day, look.zone())
        then = freezing.thaw(row, Scope(period, row.at, row.branch_id, row.category_id))
        kind = recaps.find(self.role, row.kind)
        with force_locale(freezing.language(row)):
            today = kind.make(db.session, Scope(period, now(), row.branch_id, row.category_id)) if kind else None
        return then, letterhead(then.scope, row.by, places(then.scope, self.role)), freezing.differences(then, today) if today else None

    def untouched(self, row):
        """Return whether the figures are those that the fingerprint was taken of."""
        return freezing.untouched(row)


class SavedViewScreen(Screen):
    """Saved views; they are made on the list's own page."""

    model = SavedView
    group = REPORTS
    columns = ("name", "table", "query", "shared", "owner")
    column_formatters = column_formatters_detail = {"query": cells.view_texts}
    form_edit = ("name", "shared")
    sort = ("name", False)
    sortable = ("name",)
    empty = _l("No saved views yet. Filter a list as you need it, and save it there.")
    help = {"shared": _l("Colleagues with the same role see it too; only you can change it.")}

    def links(self, row):
        """The list as the view has it."""
        screen = self.sibling(TABLES.get(row.table))
        return [Link(_("Open the list"), screen.view_address(row.query))] if screen else []

    def changeable(self, row):
        """Return whether it is the person's own; one that a colleague shares may be looked at."""
        return row.owner_id == current_user.id

    def get_one(self, id):
        """Return the view, for editing and deleting one's own."""
        row = super().get_one(id)
        if not self.changeable(row) and request.endpoint in (f"{self.endpoint}.edit_view", f"{self.endpoint}.delete_view"):
            abort(403)
        return row
