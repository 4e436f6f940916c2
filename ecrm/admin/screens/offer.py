"""Screens of plans, promos and bandwidth additions."""

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ecrm import policy
from ecrm.admin import cells, look, lookup
from ecrm.admin.pages import the_only
from ecrm.admin.picture import Pictured
from ecrm.admin.place_filters import CustomersBranch, SubscribersBranch, SubscribersPlan
from ecrm.admin.report_filters import Approved
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import OFFERS
from ecrm.models import BandwidthGrant, Plan, Promo, PromoRequest, Subscription
from ecrm.models.bandwidth import GrantReason
from ecrm.models.customer import SubscriptionStatus
from ecrm.rules import bandwidth


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


class GrantScreen(Screen):
    """Bandwidth additions."""

    model = BandwidthGrant
    group = OFFERS
    columns = ("subscription.customer", "subscription", "extra_mbps", "valid_from", "valid_until", "reason", "status")
    details = ("note", "complaint", "granted_by")
    form = ("subscription", "extra_mbps", "valid_from", "valid_until", "reason", "complaint", "note")
    filters = ("status", "reason", "valid_from", "valid_until")
    more_filters = (Approved, SubscribersBranch, SubscribersPlan)
    sortable = ("valid_from", "valid_until", "extra_mbps")
    checks = (bandwidth.check,)
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

    @staticmethod
    def born(session, row, _at, by):
        """Who granted it."""
        row.granted_by_id = by.id


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
