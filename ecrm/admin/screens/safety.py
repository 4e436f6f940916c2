"""The screen of refused accesses."""

from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import SYSTEM
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import AccessEvent


class AccessEventScreen(Screen):
    """Failed logins and refused pages of the last months."""

    model = AccessEvent
    group = SYSTEM
    columns = ("at", "kind", "user", "address", "rule", "request_id")
    search = ("address", "request_id")
    filters = ("kind", "user", "at")
    sortable = ("at",)
    sort = ("at", True)
    empty = _l("Nothing was refused. Failed logins and refused pages stand here for 90 days.")
