"""Screens of plans, promos, bandwidth additions and the rules that propose them."""

from flask import request
from flask_login import current_user

from ecrm import policy
from ecrm.admin import cells, look, lookup
from ecrm.admin.approving import Approving
from ecrm.admin.deeds import PROPOSE
from ecrm.admin.pages import Belongs, the_only
from ecrm.admin.picture import Pictured
from ecrm.admin.place_filters import CustomersBranch, SubscribersBranch, SubscribersPlan
from ecrm.admin.report_filters import Approved
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import OFFERS
from ecrm.admin.stretches import MOST_COUNTED
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, GrantRule, Plan, Promo, PromoRequest, PromoSeen, Subscription
from ecrm.models.bandwidth import GrantReason
from ecrm.models.base import now
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import bandwidth, grant_rule


class PlanScreen(Screen):
    """Plans."""

    model = Plan
    group = OFFERS
    columns = ("code", "name", "down_mbps", "up_mbps", "monthly_price", "on_sale")
    form = columns
    search = ("code", "name")
    filters = ("on_sale", "down_mbps")
    sortable = ("code", "name", "down_mbps", "monthly_price")
    column_formatters = {"monthly_price": cells.rupiah}
    empty = _l("No plans yet. Enter what you sell: its speed and its monthly price.")
    help = {
        "code": _l("Short and lasting, such as HOME20; files that are brought in name it so."),
        "monthly_price": _l("In whole rupiah, as the customer sees it."),
        "on_sale": _l("The portal shows it to visitors; without the tick it does not, and subscriptions keep it."),
    }
    sort = ("code", False)


class PromoScreen(Pictured, Screen):
    """Promos."""

    model = Promo
    group = OFFERS
    columns = ("code", "title", "valid_from", "valid_until", "audience", "published")
    details = ("text", "plans")
    form = ("code", "title", "text", "valid_from", "valid_until", "audience", "plans", "published")
    search = ("code", "title")
    filters = ("published", "audience", "valid_from", "valid_until")
    sortable = ("code", "valid_from", "valid_until")
    groups = (
        (_l("Offer"), ("code", "title", "text", "picture")),
        (_l("When and for whom"), ("valid_from", "valid_until", "audience", "plans", "published")),
    )
    empty = _l("No promos yet. Enter one and publish it; customers see it in the portal.")
    help = {"code": _l("What customers and staff call it by, such as RAMADAN26."), "valid_until": _l("The last day counts."),
            "audience": _l("Who sees it in the portal."), "plans": _l("Left blank, it is for all plans."), "published": _l("Customers see it from then on."),
            "picture": _l("JPEG, PNG, WebP or HEIC, at most 10 MB, wider than high. Left blank, the picture stays as it is.")}


class GrantScreen(Approving, Screen):
    """Bandwidth additions."""

    model = BandwidthGrant
    group = OFFERS
    columns = ("subscription.customer", "subscription", "extra_mbps", "valid_from", "valid_until", "reason", "status")
    details = ("note", "complaint", "rule", "granted_by")
    form = ("subscription", "extra_mbps", "valid_from", "valid_until", "reason", "complaint", "note")
    filters = ("status", "reason", "rule", "valid_from", "valid_until")
    more_filters = (Approved, SubscribersBranch, SubscribersPlan)
    sortable = ("valid_from", "valid_until", "extra_mbps")
    checks = (bandwidth.check, lambda row: bandwidth.check_form(row, now()))
    groups = (
        (_l("What"), ("subscription", "extra_mbps", "valid_from", "valid_until")),
        (_l("Why"), ("reason", "complaint", "note")),
    )
    empty = _l("No bandwidth additions yet. Give one to a loyal customer, or as compensation from a complaint's page.")
    help = {"subscription": _l("Type a part of the address; from a customer's page it is filled in."),
            "valid_until": _l("The last day counts."), "extra_mbps": _l("Added to the download speed of the plan."), "reason": _l("The customer sees it."),
            "complaint": _l("Where it makes good for a complaint."), "note": _l("Seen by the staff only.")}
    wide = ("note",)
    opens_row = True

    def prefill(self, form):
        """The only subscription of the customer in the address; compensation where it names a complaint."""
        number = lookup.whole(request.args.get("customer", ""))
        if number is not None and form.subscription.data is None:
            query = policy.visible(Subscription, self.role, current_user).where(Subscription.customer_id == number)
            form.subscription.data = the_only(query.where(Subscription.status != SubscriptionStatus.ENDED))
        form.valid_from.data = form.valid_from.data or look.today()
        if form.complaint.data is not None:
            form.reason.data = GrantReason.COMPENSATION


class GrantRuleScreen(Screen):
    """Rules that propose bandwidth additions; the worker does so once a month."""

    model = GrantRule
    group = OFFERS
    columns = ("name", "extra_mbps", "days", "least_months", "least_risk", "plan", "branch", "active")
    form = ("name", "active", "extra_mbps", "days", "least_months", "least_risk", "plan", "branch")
    filters = ("active", "plan", "branch")
    sortable = ("name", "extra_mbps", "days")
    sort = ("name", False)
    deeds = (PROPOSE,)
    details_template = "admin/grant_rule.html"
    groups = ((_l("Rule"), ("name", "active")), (_l("What is given"), ("extra_mbps", "days")), (_l("To whom"), ("least_months", "least_risk", "plan", "branch")))
    empty = _l("No rules yet. A rule says who gets how many Mbps more, and for how long; once a month it proposes additions, which you approve.")
    help = {
        "active": _l("Without the tick it proposes nothing; what it proposed before stays."),
        "extra_mbps": _l("Added to the download speed of the plan."), "days": _l("They count from the approval; the last day counts."),
        "least_months": _l("Whole months since the subscription began; 0 for all."),
        "least_risk": _l("As in the list of customers at risk. Left blank, risk does not matter."),
        "plan": _l("Left blank, it is for all plans."), "branch": _l("Left blank, for all branches."),
    }
    opens_row = True
    belongs = (
        Belongs(BandwidthGrant, ("subscription.customer", "extra_mbps", "valid_from", "valid_until", "status"), lambda row: BandwidthGrant.rule_id == row.id,
                filters=lambda row: {"rule": str(row.id)}, most=10),
    )

    def eligible(self, row):
        """How many subscriptions the rule would propose an addition for now."""
        return grant_rule.count(db.session(), row, now(), MOST_COUNTED + 1)


class PromoRequestScreen(Screen):
    """Customers' requests for promos; they come from the portal."""

    model = PromoRequest
    group = OFFERS
    columns = ("requested_at", "promo", "customer", "customer.phone", "status")
    details = ("remark", "answered_at")
    filters = ("status", "promo", "requested_at")
    more_filters = (CustomersBranch,)
    sortable = ("requested_at",)
    sort = ("requested_at", True)
    empty = _l("No requests yet. They come when customers ask for a promo in the portal.")
    column_formatters = {"customer": cells.customer, "customer.phone": cells.phone, "requested_at": cells.short}


class PromoSeenScreen(Screen):
    """Who saw which promo; the portal notes it."""

    model = PromoSeen
    group = OFFERS
    columns = ("seen_at", "promo", "customer")
    filters = ("promo", "seen_at")
    more_filters = (CustomersBranch,)
    sortable = ("seen_at",)
    sort = ("seen_at", True)
    empty = _l("Nobody has seen a promo yet. It is noted when customers open promos in the portal.")
    column_formatters = {"customer": cells.customer, "seen_at": cells.short}
