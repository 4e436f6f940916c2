"""Screens of frozen recaps and saved views."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.screen import Screen
from ecrm.models import Recap, SavedView

GROUP = _l("Reports")


class RecapScreen(Screen):
    """Frozen recaps; they are made on the recap's own page."""

    model = Recap
    group = GROUP
    columns = ("at", "kind", "first_day", "last_day", "branch", "category", "because", "by")
    details = ("sha256", "once")
    filters = ("because", "at")
    sortable = ("at", "first_day")
    sort = ("at", True)


class SavedViewScreen(Screen):
    """Saved views; they are made on the list's own page."""

    model = SavedView
    group = GROUP
    columns = ("name", "table", "shared", "owner")
    details = ("query",)
    form_edit = ("name", "shared")
    sort = ("name", False)
    sortable = ("name",)
