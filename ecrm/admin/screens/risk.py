"""Screens of the customers that may be lost, of what the signs weigh, and of calls with customers."""

from markupsafe import Markup
from wtforms import TextAreaField

from ecrm.admin import cells
from ecrm.admin.deeds import PROPOSE_GRANT, TELL_PROMOS
from ecrm.admin.named_filters import Condition
from ecrm.admin.pages import Belongs, Link
from ecrm.admin.place_filters import SubscribersBranch, SubscribersPlan
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.admin.work_filters import OfCustomer
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, CallNote, RiskScore, RiskWeight, Subscription
from ecrm.models.risk import RiskSign
from ecrm.rules import risk


class AtRisk(Condition):
    """With so many points that the customer is named, or not."""

    name_in_address, title, reads = "risk", _l("At risk"), "score"
    condition = staticmethod(lambda: RiskScore.score >= risk.AT_RISK)


def why(_view, _context, row, _name):
    """The signs that were found, each with its count."""
    return Markup("<br>").join(f"{RiskSign(sign).label}: {count}" for sign, count in row.signs.items())


class RiskScoreScreen(Screen):
    """Customers at risk; the worker counts them each day."""

    model = RiskScore
    group = CUSTOMERS
    columns = ("subscription.customer", "score", "subscription", "signs", "at")
    more_filters = (AtRisk, SubscribersBranch, SubscribersPlan)
    sortable = ("score", "at")
    sort = ("score", True)
    column_formatters = column_formatters_detail = {"signs": why}
    deeds = (PROPOSE_GRANT, TELL_PROMOS)
    details_template = "admin/risk.html"
    belongs = (
        Belongs(CallNote, ("at", "by", "text"), lambda row: CallNote.customer_id == row.subscription.customer_id,
                filters=lambda row: {"customer": str(row.subscription.customer_id)}),
        Belongs(BandwidthGrant, ("extra_mbps", "valid_from", "valid_until", "reason", "status"), lambda row: BandwidthGrant.subscription_id == row.subscription_id),
    )
    empty = _l("Nobody is at risk. The worker counts the signs once a day.")

    def notes(self):
        """The screen that takes a note of a call, None where the role writes none."""
        screen = self.sibling(CallNote)
        return screen if screen and screen.can_create else None

    def links(self, row):
        """The subscription with its lines, and what can be offered."""
        screen, grants = self.sibling(Subscription), self.sibling(BandwidthGrant)
        found = [Link(_l("Line by line"), screen.get_url(f"{screen.endpoint}.details_view", id=row.subscription_id, _anchor="risk"))] if screen else []
        if grants and grants.can_create:
            found.append(Link(_l("Bandwidth addition"), grants.get_url(f"{grants.endpoint}.create_view", subscription=row.subscription_id)))
        return found


class CallNoteScreen(Screen):
    """Notes of calls with customers."""

    model = CallNote
    group = CUSTOMERS
    columns = ("at", "customer", "text", "by")
    form_create = ("customer", "text")
    form_overrides = {"text": TextAreaField}
    wide = ("text",)
    filters = ("at", "by")
    more_filters = (OfCustomer,)
    sortable = ("at",)
    sort = ("at", True)
    column_formatters = {"customer": cells.customer, "at": cells.short}
    empty = _l("No call notes yet. They are written on the page of a customer at risk, or of any customer.")
    help = {"customer": _l("Type a name, a customer number or a telephone number.")}

    @staticmethod
    def born(_session, row, at, by):
        """When, and who called."""
        row.at, row.by_id = at, by.id


class RiskWeightScreen(Screen):
    """Risk weights."""

    model = RiskWeight
    group = CUSTOMERS
    columns = ("sign", "points", "most", "active")
    form = columns
    empty = _l("No sign weighs anything yet, so nobody is at risk. Enter a first weight, or load the shipped ones with the command “seed”.")
    help = {
        "sign": _l("What is counted of each active subscription."),
        "active": _l("Without the tick the sign is not counted."),
        "points": _l("Above zero it speaks for leaving, below zero for staying. A customer is named from %(points)s points on.", points=risk.AT_RISK),
        "most": _l("However often a sign is found, it is counted so many times at the most."),
    }
