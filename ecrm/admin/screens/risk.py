"""Screens of the customers that may be lost, and of what the signs weigh."""

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ecrm.admin.named_filters import Condition
from ecrm.admin.pages import Link
from ecrm.admin.place_filters import SubscribersBranch, SubscribersPlan
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.models import BandwidthGrant, RiskScore, RiskWeight, Subscription
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
    empty = _l("Nobody is at risk. The worker counts the signs once a day.")

    def links(self, row):
        """The subscription with its lines, and what can be offered."""
        screen, grants = self.sibling(Subscription), self.sibling(BandwidthGrant)
        found = [Link(_l("Line by line"), screen.get_url(f"{screen.endpoint}.details_view", id=row.subscription_id, _anchor="risk"))] if screen else []
        if grants and grants.can_create:
            found.append(Link(_l("Bandwidth addition"), grants.get_url(f"{grants.endpoint}.create_view", subscription=row.subscription_id)))
        return found


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
