"""What becomes of a message that comes in: what no person wrote, whose it is, which complaint it is about; and its life."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Customer, IncomingMessage, User
from ecrm.models.complaint import UNSOLVED, Channel
from ecrm.models.customer import CustomerStatus
from ecrm.models.incoming import IncomingStatus as S, Why
from ecrm.rules.lifecycle import Lifecycle, Verb

MOST_AN_HOUR = 20  # messages of one sender; what comes after is a machine's
HOUR = timedelta(hours=1)
LONGEST = 5000  # characters of a complaint or reply, as in the portal
SIGNS = 16  # base32 letters of the signature in a reply address: 80 bits
TOKEN = re.compile(rf"([0-9]{{1,18}})-([a-z2-7]{{{SIGNS}}})")
NUMBER = re.compile(r"\bKL-\d{6}-\d{6,}\b", re.IGNORECASE)
ROBOTS = re.compile(r"mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|double-bounce", re.IGNORECASE)
# Where mail programs begin to repeat the message that is answered: Gmail, Apple and Outlook, in both languages.
QUOTED = re.compile(
    r"^\s*(?:(?:On|Pada)\b.{4,200}\b(?:wrote|menulis)\s*:?|-{2,}\s*(?:Original Message|Pesan Asli|Forwarded message)\s*-{2,}|_{10,}"
    r"|(?:From|Dari):\s.{3,200}@.{3,200})\s*$", re.IGNORECASE,
)


# Does a person write?

def automatic(headers: Mapping[str, str], sender: str, own: Iterable[str]) -> Why | None:
    """Return why a mail is no person's, None where it may be; `headers` by their names in small letters, `own` are our addresses.

    RFC 3834 (Auto-Submitted), and what came before it: an empty Return-Path, Precedence, X-Auto-Response-Suppress, List-Id.
    """
    if plain(sender) in {plain(address) for address in own}:
        return Why.OWN
    if headers.get("return-path", "").strip() == "<>" or "delivery-status" in headers.get("content-type", ""):
        return Why.BOUNCE
    if headers.get("auto-submitted", "no").split(";")[0].strip().lower() != "no":
        return Why.AUTO_REPLY
    if headers.get("x-auto-response-suppress", "").strip() or headers.get("x-autoreply", "").strip() or headers.get("x-autorespond", "").strip():
        return Why.AUTO_REPLY
    precedence = headers.get("precedence", "").strip().lower()
    if precedence == "auto_reply":
        return Why.AUTO_REPLY
    if precedence in ("bulk", "junk", "list") or "list-id" in headers or "list-unsubscribe" in headers:
        return Why.BULK
    return Why.BOUNCE if ROBOTS.fullmatch(sender.partition("@")[0]) else None


def plain(address: str) -> str:
    """Return an address in small letters, without what stands between a plus and the @."""
    name, _at, domain = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def proven(results: str, sender: str, server: str) -> bool:
    """Return whether the header Authentication-Results (RFC 8601) of our own mail server says that the sender's domain signed the mail."""
    name, _semicolon, said = " ".join(results.lower().split()).partition(";")
    domain = sender.rpartition("@")[2].lower()
    if not domain or name.split(" ")[0] != server.lower():
        return False
    for part in re.sub(r"\([^)]*\)", "", said).split(";"):
        signer = re.search(r"\bheader\.d=([\w.-]+)|\bheader\.i=[^@\s]*@([\w.-]+)", part)
        by = (signer[1] or signer[2]) if signer else ""
        if part.strip().startswith("dkim=pass") and by and (domain == by or domain.endswith(f".{by}")) and "." in by:
            return True
    return False


# Which complaint?

def token(complaint_id: int, secret: str) -> str:
    """Return what a reply address carries: who has it may write into this complaint. Small letters, as servers may change large ones."""
    signed = hmac.new(secret.encode(), f"reply {complaint_id}".encode(), hashlib.sha256).digest()
    return f"{complaint_id}-{base64.b32encode(signed).decode().lower()[:SIGNS]}"


def reply_address(mailbox: str, complaint_id: int, secret: str) -> str:
    """Return the address at which an answer about a complaint is filed by itself."""
    name, _at, domain = mailbox.rpartition("@")
    return f"{name}+{token(complaint_id, secret)}@{domain}"


def complaint_of(recipients: Iterable[str], secret: str) -> int | None:
    """Return the id of the complaint whose token is in one of the addresses, None where no token is right."""
    for address in recipients:
        found = TOKEN.fullmatch(address.rpartition("@")[0].partition("+")[2].lower())
        if found and hmac.compare_digest(token(int(found[1]), secret), found[0]):
            return int(found[1])
    return None


def numbers_in(text: str) -> list[str]:
    """Return the numbers of complaints that a text names."""
    return [number.upper() for number in NUMBER.findall(text)]


def named(customer: Customer, numbers: list[str]) -> Select[tuple[Complaint]]:
    """Return the SELECT of the customer's own complaints among these numbers; a number of somebody else's is none."""
    return select(Complaint).where(Complaint.customer_id == customer.id, Complaint.number.in_(numbers)).order_by(Complaint.id.desc()).limit(1)


def spoken_of(customer: Customer) -> Select[tuple[Complaint]]:
    """Return the SELECT of the unsolved complaint that a customer's next WhatsApp message goes on with: there are no threads."""
    same = (Complaint.customer_id == customer.id, Complaint.channel == Channel.WHATSAPP, Complaint.status.in_(UNSOLVED))
    return select(Complaint).where(*same).order_by(Complaint.opened_at.desc(), Complaint.id.desc()).limit(1)


# Whose?

def customers_of(sender: str) -> Select[tuple[Customer]]:
    """Return the SELECT of the customers with this e-mail address, of their account or their own, or this telephone; two are enough to know that it is not clear."""
    if "@" in sender:
        forms = {sender, sender.lower()}
        accounts = select(User.id).where(User.email.in_(forms), User.active.is_(True)).scalar_subquery()
        known = or_(Customer.email.in_(forms), Customer.user_id.in_(accounts))
    else:
        known = Customer.phone == sender
    return select(Customer).where(known, Customer.status != CustomerStatus.ENDED, Customer.erased_at.is_(None)).order_by(Customer.id).limit(2)


def count_of(sender: str, at: datetime) -> Select[tuple[int]]:
    """Return the SELECT of how many messages a sender has sent within the hour before a moment."""
    return select(func.count(IncomingMessage.id)).where(and_(IncomingMessage.sender == sender, IncomingMessage.received_at > at - HOUR))


# In which words?

def said(text: str) -> str:
    """Return a message without the one that it answers, as far as lines show it; all of it where nothing else would be left."""
    kept: list[str] = []
    for line in text.splitlines():
        if QUOTED.match(line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() or text.strip()
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


# Its life

def waiting() -> Select[tuple[IncomingMessage]]:
    """Return the SELECT of the messages that the rules have not looked at."""
    return select(IncomingMessage).where(IncomingMessage.status == S.NEW, IncomingMessage.sorted_at.is_(None))


def _filed(row: Any, _at: datetime) -> None:
    """Forget why it waited."""
    row.why = None


LIFECYCLE = Lifecycle((
    Verb("open", _l("Make a complaint"), frozenset({S.NEW}), S.FILED, needs=("customer",), effect=_filed),
    Verb("attach", _l("Add to a complaint"), frozenset({S.NEW}), S.FILED, needs=("complaint",), effect=_filed),
    Verb("ignore", _l("Ignore"), frozenset({S.NEW}), S.IGNORED, takes=("reason",)),
    Verb("reconsider", _l("Back to the queue"), frozenset({S.IGNORED}), S.NEW),
), fixed=frozenset({S.FILED}))
