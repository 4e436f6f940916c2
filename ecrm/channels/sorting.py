"""What the rules make of a message that came in: filed where they are sure, ignored where no person wrote, else left for support."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from ecrm.channels import filing
from ecrm.channels.arrived import Arrived
from ecrm.models import Complaint, Customer, IncomingMessage
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.incoming import IncomingChannel, Why
from ecrm.rules import incoming, move

OVER = (ComplaintStatus.CLOSED, ComplaintStatus.CANCELLED)


@dataclass(frozen=True)
class Found:
    """What the rules make of a message: why it waits or is ignored, else the customer, and the complaint that it goes on with."""

    why: Why | None = None
    ignored: bool = False
    customer: Customer | None = None
    complaint: Complaint | None = None


def sort(session: Session, row: IncomingMessage, at: datetime) -> None:
    """Let the rules look at a message: it is filed, ignored, or waits for support; unflushed."""
    try:
        arrived, files = filing.original(row), filing.Files()
    except FileNotFoundError:  # what the row itself says is left, and somebody who reads it
        row.sorted_at, row.why = at, Why.UNREADABLE
        return
    if arrived.files and decide(session, row, arrived, at).customer is not None:
        files = filing.receive(session, arrived)
    found = decide(session, row, arrived, at)
    row.sorted_at, row.why = at, found.why
    if found.ignored:
        move(row, "ignore", None, at)
    elif found.complaint is not None:
        filing.attach(session, row, found.complaint, None, at, files, stranger=_foreign(row, found.complaint.customer))
    elif found.customer is not None:
        filing.open_complaint(session, row, found.customer, None, at, files)


def decide(session: Session, row: IncomingMessage, arrived: Arrived, at: datetime) -> Found:
    """Return what the rules make of a message, by its headers, its addresses and who writes."""
    settings, proven = current_app.config["ECRM"], arrived.channel is not IncomingChannel.MAIL
    if not proven:
        why = incoming.automatic(arrived.headers, arrived.sender, own_addresses())
        if why is not None:
            return Found(why, ignored=True)
    if session.scalar(incoming.count_of(row.sender, at)) > incoming.MOST_AN_HOUR:
        return Found(Why.TOO_MANY, ignored=True)
    by_token = _kept(session.get(Complaint, incoming.complaint_of(arrived.recipients, settings["SECRET_KEY"]) or 0))
    if by_token is not None:
        return _into(session, by_token.customer, by_token)
    server = settings["MAIL_AUTHSERV"]
    if server and not proven:
        proven = incoming.proven(arrived.headers.get("authentication-results", ""), arrived.sender, server)
        if not proven:
            return Found(Why.UNPROVEN)
    customers = list(session.scalars(incoming.customers_of(arrived.sender)))
    if len(customers) != 1:
        return Found(Why.SEVERAL if customers else Why.UNKNOWN)
    return _into(session, customers[0], _thread(session, customers[0], arrived) if proven else None)


def own_addresses() -> list[str]:
    """Return the addresses from which we write and at which we are written to."""
    settings = current_app.config["ECRM"]
    names = ("MAIL_SENDER", "REPLY_ADDRESS", "IMAP_USERNAME")
    return [settings[name] for name in names if settings[name] and "@" in settings[name]]


def _thread(session: Session, customer: Customer, arrived: Arrived) -> Complaint | None:
    """Return the complaint that a proven sender means: the one that is named, else where their WhatsApp messages go on."""
    numbers = incoming.numbers_in(f"{arrived.subject} {arrived.text}" if arrived.channel is IncomingChannel.WEBHOOK else arrived.subject)
    found = session.scalars(incoming.named(customer, numbers)).first() if numbers else None
    if found is None and arrived.channel is IncomingChannel.WEBHOOK:
        found = session.scalars(incoming.spoken_of(customer)).first()
    return _kept(found)


def _kept(complaint: Complaint | None) -> Complaint | None:
    """Return the complaint that another one was merged into."""
    while complaint is not None and complaint.merged_into is not None:
        complaint = complaint.merged_into
    return complaint


def _into(session: Session, customer: Customer, complaint: Complaint | None) -> Found:
    """Return the complaint to go on with; where it is over or there is none, a new one, for which there must be a category."""
    if customer.erased_at is not None:
        return Found(Why.UNKNOWN)
    if complaint is not None and complaint.status not in OVER:
        return Found(customer=customer, complaint=complaint)
    return Found(customer=customer) if filing.category(session) else Found(Why.NO_CATEGORY)


def _foreign(row: IncomingMessage, customer: Customer) -> bool:
    """Return whether a message came from an address that is not the customer's: a forwarded letter lets others answer."""
    known = {customer.phone, customer.email, customer.user.email if customer.user else None}
    return row.sender.lower() not in {str(one).lower() for one in known if one}
