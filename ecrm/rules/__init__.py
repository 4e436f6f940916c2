"""The rules of the business: pure functions of rows, with `by` and `at` as arguments."""

from ecrm.models import BandwidthGrant, Complaint, Customer, IncomingMessage, Installation, Outage, PdpRequest, PromoRequest, Subscription, Visit
from ecrm.rules import bandwidth, complaint, customer, incoming, installation, outage, pdp_request, promo_request, visit
from ecrm.rules.lifecycle import Lifecycle, move

LIFECYCLES: dict[type, Lifecycle] = {
    Complaint: complaint.LIFECYCLE,
    BandwidthGrant: bandwidth.LIFECYCLE,
    Installation: installation.LIFECYCLE,
    Visit: visit.LIFECYCLE,
    IncomingMessage: incoming.LIFECYCLE,
    Outage: outage.LIFECYCLE,
    PromoRequest: promo_request.LIFECYCLE,
    PdpRequest: pdp_request.LIFECYCLE,
    Customer: customer.CUSTOMER,
    Subscription: customer.SUBSCRIPTION,
}

for _model, _lifecycle in LIFECYCLES.items():
    _model.__lifecycle__ = _lifecycle

__all__ = ["LIFECYCLES", "move"]
