"""The screen of the calls to provisioning."""

from ecrm.admin.named_filters import Condition
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import OFFERS
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import ProvisionCall


class Waiting(Condition):
    """Not taken yet, or taken."""

    name_in_address, title, reads = "waiting", _l("Waiting"), "sent_at"
    condition = staticmethod(lambda: ProvisionCall.sent_at.is_(None))


class ProvisionCallScreen(Screen):
    """Calls to provisioning; the worker makes them."""

    model = ProvisionCall
    group = OFFERS
    columns = ("queued_at", "event", "grant", "sent_at", "tries", "next_try_at", "last_error")
    filters = ("event", "queued_at")
    more_filters = (Waiting,)
    sortable = ("queued_at",)
    sort = ("queued_at", True)
    empty = _l("No calls yet. The worker tells provisioning when an addition begins or ends, where the settings name its address.")
