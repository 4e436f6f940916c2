"""Screens of requests about personal data and of consents."""

from ecrm.admin import cells, look
from ecrm.admin.erasing import Erasing
from ecrm.admin.named_filters import Condition
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.admin.work_filters import OfCustomer
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Consent, PdpRequest
from ecrm.models.base import now, present
from ecrm.models.pdp_request import PDP_OPEN, PdpKind
from ecrm.rules import consent, pdp_request


class Undecided(Condition):
    """Somebody has to decide it, or nobody any more."""

    name_in_address, title, reads = "undecided", _l("To decide"), "status"
    condition, lasting = staticmethod(pdp_request.undecided), True


class Overdue(Condition):
    """Undecided and past the three days, or not."""

    name_in_address, title, reads = "overdue", _l("Overdue"), "due_at"
    condition, lasting = staticmethod(lambda: pdp_request.overdue(present())), True


def due(_view, _context, row, _name):
    """The time left, or how the term was met."""
    return look.due(row.due_at, row.decided_at)


class PdpRequestScreen(Erasing, Screen):
    """Requests about personal data; what waits longest comes first."""

    model = PdpRequest
    group = CUSTOMERS
    columns = ("number", "kind", "customer", "received_at", "due_at", "status", "handled_by")
    details = ("channel", "wish", "answer", "evidence", "decided_at", "told")
    form_create = ("customer", "kind", "channel", "wish")
    form_edit = ()
    filters = ("status", "kind", "handled_by", "received_at")
    more_filters = (Undecided, Overdue, OfCustomer)
    search = ("number",)
    sortable = ("number", "received_at")
    sort = (("clock_due_at", False), ("id", True))
    opens_row = True
    help = {
        "customer": _l("Type a name, a customer number or a telephone number."),
        "kind": _l("Each kind has three days of 24 hours from now."),
        "channel": _l("How the request reached us."),
        "wish": _l("As the person said it; for a correction, what is wrong and what is right."),
    }
    empty = _l("No requests yet. Customers send them from “My data” in the portal; one that is said by telephone is entered here.")
    column_formatters = {"customer": cells.customer, "due_at": due, "received_at": cells.short}
    column_formatters_detail = {"due_at": due}

    @staticmethod
    def born(session, row, at, by):
        """Number, clock and letters of a new request."""
        pdp_request.file(session, row, at, by)

    def row_class(self, row):
        """Mark what is overdue."""
        return "is-late" if row.status in PDP_OPEN and row.due_at <= now() else ""

    def verbs(self, row):
        """The verbs; an erasure has a page of its own."""
        left_out = {"erase", "fulfil"} if row.kind is PdpKind.DELETION else {"erase"}
        return [verb for verb in super().verbs(row) if verb.name not in left_out]


class ConsentScreen(Screen):
    """Consents; the newest row of a customer counts."""

    model = Consent
    group = CUSTOMERS
    columns = ("at", "customer", "purpose", "given", "wording")
    form_create = ("customer", "purpose", "given")
    form_edit = ()
    filters = ("purpose", "given", "at")
    more_filters = (OfCustomer,)
    sortable = ("at",)
    sort = ("at", True)
    help = {
        "customer": _l("Type a name, a customer number or a telephone number."),
        "purpose": _l("What the customer agreed to, or takes back."),
        "given": _l("Without the tick, the consent is taken back from now on."),
    }
    empty = _l("No consents yet. Customers give them when they register and in their profile.")
    column_formatters = {"customer": cells.customer, "at": cells.short}

    @staticmethod
    def born(_session, row, at, _by):
        """Moment and wording."""
        row.at, row.wording = at, consent.WORDING
