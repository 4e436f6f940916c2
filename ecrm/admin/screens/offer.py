"""Screens of plans, promos and bandwidth additions."""

from flask_babel import lazy_gettext as _l

from ecrm.admin.screen import Screen
from ecrm.models import BandwidthGrant, Plan, Promo
from ecrm.rules import bandwidth

GROUP = _l("Offers")


class PlanScreen(Screen):
    """Plans."""

    model = Plan
    group = GROUP
    columns = ("code", "name", "down_mbps", "up_mbps", "monthly_price", "on_sale")
    form = columns
    search = ("code", "name")
    filters = ("on_sale", "down_mbps")
    sortable = ("code", "name", "down_mbps", "monthly_price")
    sort = ("code", False)


class PromoScreen(Screen):
    """Promos."""

    model = Promo
    group = GROUP
    columns = ("code", "title", "valid_from", "valid_until", "audience", "published")
    details = ("text", "plans")
    form = ("code", "title", "text", "valid_from", "valid_until", "audience", "plans", "published")
    search = ("code", "title")
    filters = ("published", "audience", "valid_from", "valid_until")
    sortable = ("code", "valid_from", "valid_until")


class GrantScreen(Screen):
    """Bandwidth additions."""

    model = BandwidthGrant
    group = GROUP
    columns = ("subscription.customer", "subscription", "extra_mbps", "valid_from", "valid_until", "reason", "status")
    details = ("note", "complaint", "granted_by")
    form = ("subscription", "extra_mbps", "valid_from", "valid_until", "reason", "complaint", "note")
    filters = ("status", "reason", "valid_from", "valid_until")
    sortable = ("valid_from", "valid_until", "extra_mbps")
    checks = (bandwidth.check,)

    @staticmethod
    def born(session, row, _at, by):
        """Who granted it."""
        row.granted_by_id = by.id
