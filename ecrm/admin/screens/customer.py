"""Screens of customers and subscriptions."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from ecrm.admin import cells, customer_story, look
from ecrm.admin.deeds import LIFT
from ecrm.admin.named_filters import Condition
from ecrm.admin.pages import Belongs
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import CUSTOMERS
from ecrm.admin.speeds import Speeds
from ecrm.admin.work_filters import OfCustomer
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import BandwidthGrant, CallNote, Complaint, Consent, Customer, GrantRule, Installation, PdpRequest, RiskScore, Subscription
from ecrm.models.base import now
from ecrm.models.customer import SubscriptionStatus
from ecrm.policy import Right
from ecrm.rules import grant_rule, queue, risk
from ecrm.rules.customer import admit

LATEST = 12  # events on a customer's page


def _this(row):
    """The arguments that lead to the rows of a customer, and that fill in a form for one."""
    return {"customer": str(row.id)}


def _granted(row):
    """The condition on the bandwidth additions of a customer."""
    return BandwidthGrant.subscription_id.in_(select(Subscription.id).where(Subscription.customer_id == row.id))


class Restricted(Condition):
    """The use of whose data is restricted, or not."""

    name_in_address, title, reads = "restricted", _l("Use of the data restricted"), "restricted_at"
    condition = staticmethod(lambda: Customer.restricted_at.is_not(None))


class CustomerScreen(Screen):
    """Customers."""

    model = Customer
    group = CUSTOMERS
    columns = ("number", "name", "phone", "branch", "area", "since", "status")
    details = ("identity_number", "email", "preferred_channel", "address", "user", "restricted_at", "erased_at")
    form = ("name", "identity_number", "phone", "email", "preferred_channel", "address", "branch", "area", "since")
    groups = (
        (_l("Person"), ("name", "identity_number", "phone", "email", "preferred_channel")),
        (_l("Place"), ("address", "branch", "area", "since")),
    )
    help = {
        "identity_number": _l("16 digits, as on the identity card."),
        "phone": _l("Such as 0812 3456 7890."),
        "address": _l("With RT and RW, as the technician has to find it."),
        "area": _l("Left blank where you do not know it yet."),
        "branch": _l("Its technicians come, its working hours count."),
        "preferred_channel": _l("By WhatsApp or Telegram where a gateway is set up, else by e-mail."),
        "email": _l("Letters go there until the customer has an account."),
    }
    empty = _l("No customers yet. Enter the first one, or bring a list in with the command “import customers”.")
    reach = ("phone", "address")
    column_formatters = {"phone": cells.phone}
    column_formatters_detail = {"phone": cells.phone, "address": cells.address}
    opens_row = True
    belongs = (
        Belongs(Complaint, ("number", "subject", "status", "resolution_due_at", "opened_at"), lambda row: Complaint.customer_id == row.id,
                filters=_this, prefill=_this, order=queue.DUE),
        Belongs(Subscription, ("plan", "address", "valid_from", "valid_until", "status"),
                lambda row: Subscription.customer_id == row.id, filters=_this, prefill=_this),
        Belongs(BandwidthGrant, ("extra_mbps", "subscription", "valid_from", "valid_until", "reason", "status"), _granted,
                prefill=_this),
        Belongs(Installation, ("number", "area", "plan", "status", "visit_at"), lambda row: Installation.customer_id == row.id,
                filters=_this),
        Belongs(PdpRequest, ("number", "kind", "received_at", "due_at", "status"), lambda row: PdpRequest.customer_id == row.id,
                filters=_this, prefill=_this),
        Belongs(CallNote, ("at", "by", "text"), lambda row: CallNote.customer_id == row.id, filters=_this, prefill=_this),
        Belongs(Consent, ("at", "purpose", "given", "wording"), lambda row: Consent.customer_id == row.id, filters=_this, prefill=_this),
    )
    search = ("number", "name", "phone", "email")
    filters = ("status", "branch", "area", "since")
    more_filters = (Restricted,)
    deeds = (LIFT,)
    sortable = ("number", "name", "since")

    extra_needs = {"timeline_view": Right.READ}
    details_template = "admin/customer.html"

    @expose("/timeline/")
    def timeline_view(self) -> ResponseReturnValue:
        """Show all that happened with the customer, or what is of one kind."""
        row, kinds = self.get_one(request.args.get("id")), {kind.name for kind in customer_story.KINDS}
        only = request.args.get("kind") if request.args.get("kind") in kinds else None
        events = customer_story.of(row, self, only=only)
        return self.render("admin/timeline.html", model=row, events=events, only=only, kinds=customer_story.KINDS)

    def changeable(self, row):
        """Nothing is written about a person who was erased."""
        return row.erased_at is None

    def timeline(self, row):
        """The newest events for the customer's page."""
        return customer_story.of(row, self, most=LATEST)

    @staticmethod
    def born(session, row, _at, _by):
        """Number of a new customer."""
        admit(session, row)

    def prefill(self, form):
        """Customers since today."""
        form.since.data = form.since.data or look.today()


class SubscriptionScreen(Speeds, Screen):
    """Subscriptions."""

    model = Subscription
    group = CUSTOMERS
    columns = ("customer", "plan", "address", "valid_from", "valid_until", "status")
    form_create = ("customer", "plan", "address", "valid_from", "valid_until")
    form_edit = ("plan", "address", "valid_from", "valid_until")
    search = ("address",)
    empty = _l("No subscriptions yet. One is entered on a customer's page.")
    groups = ((_l("Who and what"), ("customer", "plan", "address")), (_l("When"), ("valid_from", "valid_until")))
    help = {
        "customer": _l("Type a name, a customer number or a telephone number."),
        "address": _l("Where the line is; from a customer's page it is filled in."),
        "valid_until": _l("Left blank, it runs until somebody ends it."),
    }
    filters = ("status", "plan", "valid_from", "valid_until")
    more_filters = (OfCustomer,)
    sortable = ("valid_from",)
    column_formatters_detail = {"address": cells.address}
    opens_row = True
    belongs = (
        Belongs(BandwidthGrant, ("extra_mbps", "valid_from", "valid_until", "reason", "status"),
                lambda row: BandwidthGrant.subscription_id == row.id, prefill=lambda row: {"subscription": str(row.id)}),
        Belongs(Complaint, ("number", "subject", "status", "resolution_due_at", "opened_at"), lambda row: Complaint.subscription_id == row.id, order=queue.DUE,
                prefill=lambda row: {"customer": str(row.customer_id), "subscription": str(row.id)}),
    )

    details_template = "admin/subscription.html"

    def risk(self, row):
        """The lines of the risk that the customer leaves, as they are now; none where the use of the data is restricted."""
        if row.customer.restricted_at is not None:
            return None
        found = risk.signs(db.session(), now(), Subscription.id == row.id).get(row.id)
        return risk.lines(found, risk.weights(db.session())) if found and self.sibling(RiskScore) else None

    def rules(self, row):
        """The active rules of bandwidth additions, each with what stands against an addition by it."""
        found = grant_rule.in_order(db.session()) if self.sibling(GrantRule) and row.status is not SubscriptionStatus.ENDED else []
        one = grant_rule.candidate(db.session(), row, now()) if found else None
        return [(rule, grant_rule.against(rule, one)) for rule in found]

    def prefill(self, form):
        """From today, at the customer's address."""
        form.valid_from.data = form.valid_from.data or look.today()
        if form.customer.data is not None:
            form.address.data = form.address.data or form.customer.data.address
