"""Keeps what came in, and files it: as a new complaint, or as a reply of the customer, with its files."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from ecrm import storage
from ecrm.channels import mail, webhook
from ecrm.channels.arrived import Arrived, tidy
from ecrm.i18n import gettext as _
from ecrm.models import Attachment, Complaint, ComplaintCategory, Customer, IncomingMessage, Reply, Subscription, User
from ecrm.models.category import CategoryKind
from ecrm.models.complaint import Channel
from ecrm.models.customer import SubscriptionStatus
from ecrm.models.incoming import IncomingChannel, IncomingStatus, Why
from ecrm.rules import incoming, move
from ecrm.rules.complaint import answer, enter
from ecrm.rules.errors import FieldRefused

READERS = {IncomingChannel.MAIL: mail.read, IncomingChannel.WEBHOOK: webhook.read}
CHANNELS = {IncomingChannel.MAIL: Channel.EMAIL, IncomingChannel.WEBHOOK: Channel.WHATSAPP}
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Files:
    """Files that the store took, and why it did not take the others."""

    received: tuple[storage.Received, ...] = ()
    refused: tuple[str, ...] = ()


def keep(session: Session, arrived: Arrived, raw: bytes, at: datetime) -> IncomingMessage:
    """Keep a message, the whole of it in the store, and return its new row, unflushed; `fingerprint` is unique. Raises OSError."""
    row = IncomingMessage(
        channel=arrived.channel, message_id=arrived.message_id or None, fingerprint=arrived.fingerprint, sender=arrived.sender or "-",
        sender_name=arrived.name or None, subject=arrived.subject, text=arrived.text, received_at=at, status=IncomingStatus.NEW,
        files=tidy(", ".join(name for name, _content in arrived.files), 500) or None, raw_key=storage.store().put(raw),
    )
    session.add(row)
    return row


def original(row: IncomingMessage) -> Arrived:
    """Return the message as it came. Raises FileNotFoundError where the store has lost it."""
    with storage.store().open(row.raw_key) as content:
        return READERS[row.channel](content.read())


def receive(session: Session, arrived: Arrived) -> Files:
    """Check and keep the files of a message. Ends the transaction: pictures take time, and others want to write."""
    session.rollback()
    received, refused = [], []
    for number, (name, content) in enumerate(arrived.files):
        try:
            if number >= storage.MAX_FILES:
                raise storage.FileRefused(storage.Refusal.TOO_MANY)
            received.append(storage.receive(FileStorage(io.BytesIO(content), filename=name)))
        except storage.FileRefused as reason:
            refused.append(f"{name}: {reason}")
    return Files(tuple(received), tuple(refused))


def category(session: Session) -> ComplaintCategory | None:
    """Return the category of complaints that nobody has put into one: that of the setting, else the least urgent one, of the general ones if there are any."""
    code = current_app.config["ECRM"]["INCOMING_CATEGORY"]
    active = list(session.scalars(select(ComplaintCategory).where(ComplaintCategory.active.is_(True)).order_by(ComplaintCategory.priority.desc(), ComplaintCategory.id)))
    chosen = [row for row in active if row.code == code] or [row for row in active if row.kind is CategoryKind.GENERAL] or active
    return chosen[0] if chosen else None


def open_complaint(session: Session, row: IncomingMessage, customer: Customer, by: User | None, at: datetime, files: Files) -> Complaint:
    """Make a new complaint of a message; unflushed but for its number. Raises FieldRefused where there is no category for it."""
    kind = category(session)
    if kind is None:
        raise FieldRefused("customer", Why.NO_CATEGORY.label)
    running = select(Subscription).where(Subscription.customer_id == customer.id, Subscription.status != SubscriptionStatus.ENDED).limit(2)
    lines = list(session.scalars(running))
    words = incoming.said(row.text) or _("(without words)")
    complaint = enter(session, Complaint(
        customer=customer, category=kind, subscription=lines[0] if len(lines) == 1 else None, channel=CHANNELS[row.channel],
        subject=tidy(row.subject or words, 150), description=words), at)
    _put(session, row, complaint, None, by, at, files, stranger=False)
    row.complaint = complaint
    move(row, "open", by, at, customer=customer)
    return complaint


def attach(session: Session, row: IncomingMessage, complaint: Complaint, by: User | None, at: datetime, files: Files, stranger: bool = False) -> None:
    """Add a message to a complaint as its customer's reply; unflushed. Raises NotNow where it is over."""
    reply = answer(complaint, incoming.said(row.text) or _("(without words)"), complaint.customer.user, at, from_customer=True)
    _put(session, row, complaint, reply, by, at, files, stranger)
    row.customer = complaint.customer
    move(row, "attach", by, at, complaint=complaint)


def _put(session: Session, row: IncomingMessage, complaint: Complaint, reply: Reply | None, by: User | None, at: datetime, files: Files, stranger: bool) -> None:
    """Add the files, as far as the customer may store more, and an internal note of what the staff must know."""
    room = current_app.config["ECRM"]["CUSTOMER_FILES_MB"] * MEBIBYTE - _stored(session, complaint.customer)
    taken, refused = list(files.received), list(files.refused)
    while taken and sum(one.size for one in taken) > room:
        refused.append(_("%(name)s: the customer has stored as many files as possible.", name=taken.pop().name))
    storage.attach(session, complaint, taken, complaint.customer.user, at, reply=reply)
    notes = [_("Written from %(sender)s, which is not the customer's address.", sender=row.sender)] if stranger else []
    notes += [_("Files that were not taken:"), *refused] if refused else []
    if notes:
        session.add(Reply(complaint=complaint, author=by, text="\n".join(notes), at=at, public=False))


def _stored(session: Session, customer: Customer) -> int:
    sizes = select(func.sum(Attachment.size)).join(Complaint, Attachment.complaint_id == Complaint.id)
    return int(session.scalar(sizes.where(Complaint.customer_id == customer.id)) or 0)


def carry_out(session: Session, name: str, row: IncomingMessage, by: User, at: datetime, **facts: Any) -> None:
    """Do what somebody on the staff decided; the files are read before, as it takes time. Raises Refused."""
    files = Files()
    if name in ("open", "attach") and row.files:
        try:
            files = receive(session, original(row))
        except FileNotFoundError:  # the words are in the row; that the files are lost the staff reads in the complaint
            files = Files(refused=(row.files,))
    if name == "open":
        open_complaint(session, row, facts["customer"], by, at, files)
    elif name == "attach":
        attach(session, row, facts["complaint"], by, at, files)
    else:
        move(row, name, by, at, **facts)

