"""Which rows of a table exist for a person: conditions that the policy table names."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from ecrm.models import (
    Attachment, BandwidthGrant, Complaint, Consent, Customer, Escalation, HelpPage, Installation, Outage, OutageFollower, PdpRequest, Promo, PromoRequest, Recap, Reply, Role, SavedView, Step,
    Subscription, User, UserSession, Visit,
)
from ecrm.models.account import RoleName, roles_users
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.customer import CustomerStatus
from ecrm.models.outage import OutageStatus


def everything(_user: User) -> ColumnElement[bool]:
    """All rows."""
    return true()


def nothing(_user: User) -> ColumnElement[bool]:
    """No rows: who writes one does not read it again."""
    return false()


def _ids(model: Any, clause: ColumnElement[bool], column: Any = None) -> Any:
    return select(model.id if column is None else column).where(clause).scalar_subquery()


# Rows of a technician: the jobs, and what belongs to them.
def own_jobs(user: User) -> ColumnElement[bool]:
    """Complaints of which the person is the technician."""
    return Complaint.technician_id == user.id


def own_visits(user: User) -> ColumnElement[bool]:
    """Installations of which the person is the technician."""
    return Installation.technician_id == user.id


def own_calls(user: User) -> ColumnElement[bool]:
    """Visits of which the person is the technician."""
    return Visit.technician_id == user.id


def of_applications(_user: User) -> ColumnElement[bool]:
    """Visits to applicants."""
    return Visit.installation_id.is_not(None)


def job_customers(user: User) -> ColumnElement[bool]:
    """Customers of the technician's jobs and visits."""
    return or_(
        Customer.id.in_(_ids(Complaint, own_jobs(user), Complaint.customer_id)),
        Customer.id.in_(_ids(Installation, and_(own_visits(user), Installation.customer_id.is_not(None)), Installation.customer_id)),
    )


def job_subscriptions(user: User) -> ColumnElement[bool]:
    """Subscriptions of the customers of the technician's jobs."""
    return Subscription.customer_id.in_(_ids(Customer, job_customers(user)))


def _merged(user: User) -> Any:
    """Complaints that were merged into the technician's jobs."""
    return _ids(Complaint, Complaint.merged_into_id.in_(_ids(Complaint, own_jobs(user))))


def job_replies(user: User) -> ColumnElement[bool]:
    """Replies to the technician's jobs, and to what was merged into them."""
    return or_(Reply.complaint_id.in_(_ids(Complaint, own_jobs(user))), Reply.complaint_id.in_(_merged(user)))


def job_attachments(user: User) -> ColumnElement[bool]:
    """Attachments of the technician's jobs, and of what was merged into them."""
    return or_(Attachment.complaint_id.in_(_ids(Complaint, own_jobs(user))), Attachment.complaint_id.in_(_merged(user)))


def job_steps(user: User) -> ColumnElement[bool]:
    """The trail of the technician's jobs."""
    return and_(Step.table == "complaint", Step.row_id.in_(_ids(Complaint, own_jobs(user))))


def job_escalations(user: User) -> ColumnElement[bool]:
    """What was escalated of the technician's jobs."""
    return Escalation.complaint_id.in_(_ids(Complaint, own_jobs(user)))


def near_outages(user: User) -> ColumnElement[bool]:
    """Outages of the technician's branch, and those that the technician's jobs belong to."""
    jobs = _ids(Complaint, and_(own_jobs(user), Complaint.outage_id.is_not(None)), Complaint.outage_id)
    return or_(Outage.branch_id == user.branch_id, Outage.id.in_(jobs))


def work_steps(_user: User) -> ColumnElement[bool]:
    """The trail without that of accounts."""
    return Step.table != User.__tablename__


def work_recaps(_user: User) -> ColumnElement[bool]:
    """Frozen recaps without those of the staff's activity, which the managers alone read."""
    return Recap.kind != "activity"


# Rows of a customer: their own, and what is public.
def own_customer(user: User) -> ColumnElement[bool]:
    """The customer that the account belongs to."""
    return Customer.user_id == user.id


def own_complaints(user: User) -> ColumnElement[bool]:
    """Complaints of the account's customer."""
    return Complaint.customer_id.in_(_ids(Customer, own_customer(user)))


def promised_visits(user: User) -> ColumnElement[bool]:
    """Visits for the account's customer's complaints and applications."""
    applied = _ids(Installation, Installation.customer_id.in_(_ids(Customer, own_customer(user))))
    return or_(Visit.complaint_id.in_(_ids(Complaint, own_complaints(user))), Visit.installation_id.in_(applied))


def own_replies(user: User) -> ColumnElement[bool]:
    """Public replies to own complaints."""
    return and_(Reply.public.is_(True), Reply.complaint_id.in_(_ids(Complaint, own_complaints(user))))


def own_attachments(user: User) -> ColumnElement[bool]:
    """Attachments of own complaints, those of internal notes left out."""
    public = or_(Attachment.reply_id.is_(None), Attachment.reply_id.in_(_ids(Reply, own_replies(user))))
    return and_(Attachment.complaint_id.in_(_ids(Complaint, own_complaints(user))), public)


def own_subscriptions(user: User) -> ColumnElement[bool]:
    """Subscriptions of the account's customer."""
    return Subscription.customer_id.in_(_ids(Customer, own_customer(user)))


def own_grants(user: User) -> ColumnElement[bool]:
    """Bandwidth additions on own subscriptions, once approved."""
    approved = BandwidthGrant.status.in_([GrantStatus.ACTIVE, GrantStatus.EXPIRED])
    return and_(approved, BandwidthGrant.subscription_id.in_(_ids(Subscription, own_subscriptions(user))))


def own_steps(user: User) -> ColumnElement[bool]:
    """The moves of own complaints and of own requests for promos."""
    complaints = and_(Step.table == "complaint", Step.row_id.in_(_ids(Complaint, own_complaints(user))))
    requests = and_(Step.table == "promo_request", Step.row_id.in_(_ids(PromoRequest, own_requests(user))))
    return and_(Step.to_status.is_not(None), or_(complaints, requests))


def own_installations(user: User) -> ColumnElement[bool]:
    """Applications of the account's customer."""
    return Installation.customer_id.in_(_ids(Customer, own_customer(user)))


def own_requests(user: User) -> ColumnElement[bool]:
    """The account's customer's requests for promos."""
    return PromoRequest.customer_id.in_(_ids(Customer, own_customer(user)))


def own_pdp_requests(user: User) -> ColumnElement[bool]:
    """The account's customer's requests about personal data."""
    return PdpRequest.customer_id.in_(_ids(Customer, own_customer(user)))


def own_consents(user: User) -> ColumnElement[bool]:
    """What the account's customer agreed to."""
    return Consent.customer_id.in_(_ids(Customer, own_customer(user)))


def known_outages(user: User) -> ColumnElement[bool]:
    """Outages of the customer's area or branch, and those that own complaints belong to; of the running ones every visitor may know."""
    if not user.is_authenticated:
        return Outage.status == OutageStatus.OPEN
    mine = own_customer(user)
    whole = and_(Outage.area_id.is_(None), Outage.branch_id.in_(_ids(Customer, mine, Customer.branch_id)))
    area = _ids(Customer, and_(mine, Customer.area_id.is_not(None)), Customer.area_id)
    linked = _ids(Complaint, and_(own_complaints(user), Complaint.outage_id.is_not(None)), Complaint.outage_id)
    return or_(Outage.area_id.in_(area), whole, Outage.id.in_(linked))


def own_followings(user: User) -> ColumnElement[bool]:
    """What the account's customer follows."""
    return OutageFollower.customer_id.in_(_ids(Customer, own_customer(user)))


def help_published(_user: User) -> ColumnElement[bool]:
    """Help pages that support has published."""
    return HelpPage.published.is_(True)


def published(_user: User) -> ColumnElement[bool]:
    """Promos that support has published."""
    return Promo.published.is_(True)


def prospects(_user: User) -> ColumnElement[bool]:
    """Customers-to-be."""
    return Customer.status == CustomerStatus.PROSPECT


def technicians(user: User) -> ColumnElement[bool]:
    """Accounts of technicians, and the own one."""
    role = select(Role.id).where(Role.name == RoleName.TECHNICIAN.value).scalar_subquery()
    return or_(User.id == user.id, User.id.in_(select(roles_users.c.user_id).where(roles_users.c.role_id == role)))


def oneself(user: User) -> ColumnElement[bool]:
    """The own account."""
    return User.id == user.id


def own_sessions(user: User) -> ColumnElement[bool]:
    """The sessions of the own account."""
    return UserSession.user_id == user.id


def views_of(role: RoleName) -> Callable[[User], ColumnElement[bool]]:
    """Return the condition of the views of a role's lists: the person's own, and those shared with the role."""
    return lambda user: and_(SavedView.role == role, or_(SavedView.owner_id == user.id, SavedView.shared.is_(True)))
