"""Which rows of a table exist for a customer: the own ones, and what is public; conditions that the policy table names."""

from sqlalchemy import ColumnElement, and_, or_

from ecrm.models import (
    Attachment, BandwidthGrant, Complaint, Consent, Customer, HelpPage, Installation, Outage, OutageFollower, PdpRequest, Promo, PromoRequest, PromoSeen, Reply, Step, Subscription, User, Visit,
)
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.outage import OutageStatus
from ecrm.rows import ids


def own_customer(user: User) -> ColumnElement[bool]:
    """The customer that the account belongs to."""
    return Customer.user_id == user.id


def own_complaints(user: User) -> ColumnElement[bool]:
    """Complaints of the account's customer."""
    return Complaint.customer_id.in_(ids(Customer, own_customer(user)))


def promised_visits(user: User) -> ColumnElement[bool]:
    """Visits for the account's customer's complaints and applications."""
    applied = ids(Installation, Installation.customer_id.in_(ids(Customer, own_customer(user))))
    return or_(Visit.complaint_id.in_(ids(Complaint, own_complaints(user))), Visit.installation_id.in_(applied))


def own_replies(user: User) -> ColumnElement[bool]:
    """Public replies to own complaints."""
    return and_(Reply.public.is_(True), Reply.complaint_id.in_(ids(Complaint, own_complaints(user))))


def own_attachments(user: User) -> ColumnElement[bool]:
    """Attachments of own complaints, those of internal notes and of visits left out."""
    public = or_(Attachment.reply_id.is_(None), Attachment.reply_id.in_(ids(Reply, own_replies(user))))
    return and_(Attachment.complaint_id.in_(ids(Complaint, own_complaints(user))), Attachment.visit_id.is_(None), public)


def own_subscriptions(user: User) -> ColumnElement[bool]:
    """Subscriptions of the account's customer."""
    return Subscription.customer_id.in_(ids(Customer, own_customer(user)))


def own_grants(user: User) -> ColumnElement[bool]:
    """Bandwidth additions on own subscriptions, once approved."""
    approved = BandwidthGrant.status.in_([GrantStatus.ACTIVE, GrantStatus.EXPIRED])
    return and_(approved, BandwidthGrant.subscription_id.in_(ids(Subscription, own_subscriptions(user))))


def own_steps(user: User) -> ColumnElement[bool]:
    """The moves of own complaints and of own requests for promos."""
    complaints = and_(Step.table == "complaint", Step.row_id.in_(ids(Complaint, own_complaints(user))))
    requests = and_(Step.table == "promo_request", Step.row_id.in_(ids(PromoRequest, own_requests(user))))
    return and_(Step.to_status.is_not(None), or_(complaints, requests))


def own_installations(user: User) -> ColumnElement[bool]:
    """Applications of the account's customer."""
    return Installation.customer_id.in_(ids(Customer, own_customer(user)))


def own_requests(user: User) -> ColumnElement[bool]:
    """The account's customer's requests for promos."""
    return PromoRequest.customer_id.in_(ids(Customer, own_customer(user)))


def own_seen(user: User) -> ColumnElement[bool]:
    """The promos that the account's customer saw."""
    return PromoSeen.customer_id.in_(ids(Customer, own_customer(user)))


def own_pdp_requests(user: User) -> ColumnElement[bool]:
    """The account's customer's requests about personal data."""
    return PdpRequest.customer_id.in_(ids(Customer, own_customer(user)))


def own_consents(user: User) -> ColumnElement[bool]:
    """What the account's customer agreed to."""
    return Consent.customer_id.in_(ids(Customer, own_customer(user)))


def known_outages(user: User) -> ColumnElement[bool]:
    """Outages of the customer's area or branch, and those that own complaints belong to; of the running ones every visitor may know."""
    if not user.is_authenticated:
        return Outage.status == OutageStatus.OPEN
    mine = own_customer(user)
    whole = and_(Outage.area_id.is_(None), Outage.branch_id.in_(ids(Customer, mine, Customer.branch_id)))
    area = ids(Customer, and_(mine, Customer.area_id.is_not(None)), Customer.area_id)
    linked = ids(Complaint, and_(own_complaints(user), Complaint.outage_id.is_not(None)), Complaint.outage_id)
    return or_(Outage.area_id.in_(area), whole, Outage.id.in_(linked))


def own_followings(user: User) -> ColumnElement[bool]:
    """What the account's customer follows."""
    return OutageFollower.customer_id.in_(ids(Customer, own_customer(user)))


def help_published(_user: User) -> ColumnElement[bool]:
    """Help pages that support has published."""
    return HelpPage.published.is_(True)


def published(_user: User) -> ColumnElement[bool]:
    """Promos that support has published."""
    return Promo.published.is_(True)
