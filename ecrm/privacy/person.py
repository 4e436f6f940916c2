"""Which rows are about a person: each table's way to a customer; a test finds the table that has one and is not here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from ecrm.models import (
    AccessEvent, Attachment, BandwidthGrant, CallNote, Complaint, Consent, Customer, Demand, Escalation, IncomingMessage, Installation, Letter, OutageFollower, PdpRequest, PromoRequest, PromoSeen, ProvisionCall, Reply, RiskScore,
    Step, Subscription, User, UserSession, Visit,
)


@dataclass
class Person:
    """A customer with the ids of all rows that are about them, by table, and the e-mail addresses that they have and had."""

    customer: Customer
    ids: dict[type, list[int]] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()

    def among(self, column: Any, model: type) -> ColumnElement[bool]:
        """Return the condition that a column points to one of the person's rows of a table."""
        found = self.ids[model]
        return column.in_(found) if found else false()


def _applied(person: Person) -> ColumnElement[bool]:
    """Applications of the customer, and those from before they were one, by e-mail or telephone."""
    before = [Installation.applicant_email.in_(person.addresses)] if person.addresses else []
    before += [Installation.applicant_phone == person.customer.phone] if person.customer.phone else []
    return or_(Installation.customer_id == person.customer.id, and_(Installation.customer_id.is_(None), or_(false(), *before)))


def _waited(person: Person) -> ColumnElement[bool]:
    """Wishes for a connection, by e-mail, telephone or the application that they stay of."""
    found = [Demand.email.in_(person.addresses)] if person.addresses else []
    found += [Demand.phone == person.customer.phone] if person.customer.phone else []
    return or_(person.among(Demand.installation_id, Installation), *found)


def _wrote(person: Person) -> ColumnElement[bool]:
    """Messages that were filed for the customer, and those from their addresses and telephone."""
    senders = [*person.addresses, person.customer.phone] if person.customer.phone else list(person.addresses)
    return or_(IncomingMessage.customer_id == person.customer.id, IncomingMessage.sender.in_(senders) if senders else false())


def _steps(person: Person) -> ColumnElement[bool]:
    """The trail of the person's rows, and what they did themselves."""
    rows = [and_(Step.table == model.__tablename__, Step.row_id.in_(ids)) for model, ids in person.ids.items() if ids]
    return or_(person.among(Step.actor_id, User), *rows)


# In the order in which they lead on: a table's condition may name the ids of those above it.
WAYS: dict[type, Callable[[Person], ColumnElement[bool]]] = {
    Customer: lambda p: Customer.id == p.customer.id,
    User: lambda p: User.id == p.customer.user_id,
    Subscription: lambda p: Subscription.customer_id == p.customer.id,
    Complaint: lambda p: Complaint.customer_id == p.customer.id,
    Reply: lambda p: p.among(Reply.complaint_id, Complaint),
    Escalation: lambda p: p.among(Escalation.complaint_id, Complaint),
    IncomingMessage: _wrote,
    Installation: _applied,
    Demand: _waited,
    Visit: lambda p: or_(p.among(Visit.complaint_id, Complaint), p.among(Visit.installation_id, Installation)),
    Attachment: lambda p: or_(p.among(Attachment.complaint_id, Complaint), p.among(Attachment.visit_id, Visit)),
    BandwidthGrant: lambda p: p.among(BandwidthGrant.subscription_id, Subscription),
    ProvisionCall: lambda p: p.among(ProvisionCall.grant_id, BandwidthGrant),
    RiskScore: lambda p: p.among(RiskScore.subscription_id, Subscription),
    PromoRequest: lambda p: PromoRequest.customer_id == p.customer.id,
    PromoSeen: lambda p: PromoSeen.customer_id == p.customer.id,
    OutageFollower: lambda p: OutageFollower.customer_id == p.customer.id,
    CallNote: lambda p: CallNote.customer_id == p.customer.id,
    PdpRequest: lambda p: PdpRequest.customer_id == p.customer.id,
    Consent: lambda p: Consent.customer_id == p.customer.id,
    UserSession: lambda p: p.among(UserSession.user_id, User),
    AccessEvent: lambda p: p.among(AccessEvent.user_id, User),
    Letter: lambda p: or_(Letter.customer_id == p.customer.id, Letter.to_email.in_(p.addresses) if p.addresses else false()),
    Step: _steps,
}
# Tables that lead to an account, but only to one of the staff.
OF_STAFF = {"api_token": "whose program it is", "api_answer": "what a program was answered; an erasure takes all of them", "outage": "who declared it", "saved_view": "whose list it is", "recap": "who kept the figures", "roles_users": "which roles an account has"}


def gather(session: Session, customer: Customer) -> Person:
    """Return a customer with the ids of all rows that are about them."""
    person = Person(customer, addresses=_addresses(session, customer))
    for model, way in WAYS.items():
        person.ids[model] = list(session.scalars(select(model.id).where(way(person)).order_by(model.id)))  # type: ignore[attr-defined]
    return person


def _addresses(session: Session, customer: Customer) -> frozenset[str]:
    """Return the e-mail addresses of a customer and their account, those of the trail too."""
    rows = [and_(Step.table == "customer", Step.row_id == customer.id), and_(Step.table == "user", Step.row_id == customer.user_id)]
    found = {customer.email, customer.user.email if customer.user else None}
    for before, after in session.execute(select(Step.before, Step.after).where(or_(*rows))):
        found |= {before.get("email"), after.get("email")}
    return frozenset(address for address in found if address)
