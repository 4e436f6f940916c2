"""A customer's home and bandwidth additions."""

from datetime import date
from typing import Any, NamedTuple

from flask import render_template

from ecrm.models import BandwidthGrant, Complaint, Subscription
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import now
from ecrm.models.complaint import UNSOLVED, ComplaintStatus
from ecrm.models.customer import SubscriptionStatus
from ecrm.portal import complaint_list, look, outage_pages, people, visits
from ecrm.portal.blueprint import blueprint
from ecrm.portal.public import promos_for_reader

OPEN = (*UNSOLVED, ComplaintStatus.RESOLVED)  # resolved ones wait for the customer's word


class Line(NamedTuple):
    """A subscription with the additions that run today."""

    subscription: Subscription
    grants: list[BandwidthGrant]

    @property
    def extra(self) -> int:
        """Return the Mbps added today."""
        return sum(grant.extra_mbps for grant in self.grants)


@blueprint.get("/home")
@people.customers_only
def home() -> Any:
    """What a customer wants to know first: their complaints, their line, what is on offer."""
    still_open = people.see(Complaint).where(Complaint.status.in_(OPEN))
    complaints = people.rows(still_open.order_by(*complaint_list.order(now())).limit(6))
    return render_template(
        "portal/home.html", customer=people.own_customer(), complaints=complaints, lines=lines(look.today()),
        promos=promos_for_reader(), outages=outage_pages.running(), visits=visits.promised(), followed=outage_pages.followed(),
    )


@blueprint.get("/bandwidth")
@people.customers_only
def bandwidth() -> Any:
    """All bandwidth additions, the newest first."""
    newest = people.see(BandwidthGrant).order_by(BandwidthGrant.valid_from.desc(), BandwidthGrant.id.desc())
    grants = people.rows(newest.limit(100))
    return render_template("portal/bandwidth.html", grants=grants, lines=lines(look.today()), today=look.today())


def lines(today: date) -> list[Line]:
    """Return the customer's running subscriptions, each with its additions of today."""
    running = people.see(Subscription).where(Subscription.status != SubscriptionStatus.ENDED).order_by(Subscription.id)
    grants = people.rows(people.see(BandwidthGrant).where(
        BandwidthGrant.status == GrantStatus.ACTIVE, BandwidthGrant.valid_from <= today, BandwidthGrant.valid_until >= today
    ))
    return [Line(row, [grant for grant in grants if grant.subscription_id == row.id]) for row in people.rows(running)]
