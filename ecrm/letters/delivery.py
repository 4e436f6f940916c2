"""Delivery: due letters of the outbox become messages and are sent, each at least once and, but for a crash, only once."""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.utils import format_datetime, formataddr, parseaddr

from flask import current_app
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives
from jinja2 import TemplateError
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, object_session

from ecrm.letters import gateway, outbox
from ecrm.letters.rendering import render
from ecrm.letters.senders import NoConnection, RecipientRefused, Sender, words_of
from ecrm.models import Letter, Recap
from ecrm.models.base import now
from ecrm.reports import monthly
from ecrm.rules.incoming import reply_address

log = logging.getLogger(__name__)
BATCH = 20
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
UNREADABLE = (TemplateError, NoResultFound, LookupError, TypeError, ValueError, HeaderParseError)  # what a bad template or bad facts raise


@dataclass
class Tally:
    """What became of a batch; `unreached` is why the server was not reached, or empty; `no_gateway` likewise."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    unreached: str = ""
    no_gateway: str = ""

    @property
    def tried(self) -> int:
        """Return how many letters were in hand."""
        return self.sent + self.put_off + self.failed


def deliver_due(
    session: Session, sender: Sender, at: datetime, worker_id: str, limit: int = BATCH, stop: Callable[[], bool] = lambda: False
) -> Tally:
    """Send up to `limit` due letters and return the tally. Commits: the claim first, then each letter for itself.

    `stop` is asked between two letters. Database errors end the batch; letters in hand come again after outbox.OWN.
    """
    tally, began = Tally(), time.monotonic()
    ids = outbox.claim(session, worker_id, at, limit)
    for number, letter_id in enumerate(ids):
        # Far from the end of the lease, so that no other worker sends what is still in our hands.
        if stop() or time.monotonic() - began > outbox.LEASE.total_seconds() / 2:
            outbox.release(session, ids[number:], worker_id)
            session.commit()
            break
        _deliver(session, sender, letter_id, worker_id, at, tally)
    return tally


def _deliver(session: Session, sender: Sender, letter_id: int, worker_id: str, at: datetime, tally: Tally) -> None:
    """Send one letter and write down what became of it."""
    letter = session.get(Letter, letter_id)
    if letter is None:
        session.rollback()
        return
    try:
        _send(session, sender, letter, at, tally)
    except (RecipientRefused, gateway.GatewayAway) as error:
        if gateway.wanted(letter):
            return _not_by_gateway(session, letter, worker_id, at, tally, error)
        _note(letter, tally, error, outbox.fail(session, letter, worker_id, words_of(error)))
    except (NoConnection, OSError, *UNREADABLE) as error:
        if isinstance(error, NoConnection):
            tally.unreached = str(error)
        _note(letter, tally, error, outbox.put_off(session, letter, worker_id, at, words_of(error)))
    else:
        tally.sent += 1
        if not outbox.sent(session, letter, worker_id, at):
            log.warning("letter %d was sent after its lease had ended", letter_id)
    session.commit()


def _not_by_gateway(session: Session, letter: Letter, worker_id: str, at: datetime, tally: Tally, error: Exception) -> None:
    """Try the gateway again later; after the last try, or where it refuses the letter for good, let the letter go by mail."""
    if isinstance(error, gateway.GatewayAway):
        tally.no_gateway = str(error)
    if isinstance(error, RecipientRefused) or letter.tries + 1 >= outbox.GATEWAY_TRIES:
        outbox.by_mail(session, letter, worker_id, at, words_of(error))
    else:
        outbox.put_off(session, letter, worker_id, at, words_of(error))
    _note(letter, tally, error, given_up=False)
    session.commit()


def _send(session: Session, sender: Sender, letter: Letter, at: datetime, tally: Tally) -> None:
    """Write and send one letter.

    No transaction is open while the server is spoken to: on SQLite it would keep everybody from writing.
    """
    if gateway.wanted(letter):
        return _post(session, letter, at, tally)
    _check_address(letter.to_email)
    message, name = message_of(letter, at), name_of(letter)
    session.expunge(letter)
    session.rollback()
    if tally.unreached:  # one attempt to connect is enough for a batch
        raise NoConnection(tally.unreached)
    sender.send(message, name)


def _post(session: Session, letter: Letter, at: datetime, tally: Tally) -> None:
    """Write one letter and hand it to the gateway, under the same number at every try."""
    posting = gateway.posting_of(letter, f"letter-{letter.id}-{_fingerprint(letter)}")
    session.expunge(letter)
    session.rollback()
    if tally.no_gateway:
        raise gateway.GatewayAway(tally.no_gateway)
    gateway.post(posting, now())


def _note(letter: Letter, tally: Tally, error: Exception, given_up: bool) -> None:
    tally.failed += given_up
    tally.put_off += not given_up
    state = "is given up" if given_up else "is put off"
    log.warning("letter %d (%s) %s: %s", letter.id, letter.template, state, words_of(error), exc_info=isinstance(error, UNREADABLE))


def message_of(letter: Letter, at: datetime) -> EmailMultiAlternatives:
    """Return a letter as a message; its Message-ID is the same at every try, so that a double can be recognised."""
    words, config = render(letter), current_app.config
    name, address = parseaddr(config["MAIL_DEFAULT_SENDER"])
    message = EmailMultiAlternatives(
        words.subject, words.text, formataddr((name or config["ECRM"]["COMPANY_NAME"], address)),
        [formataddr((" ".join(letter.to_name.split()), letter.to_email))],
        headers=_thread(letter, address) | {
            "Message-ID": f"<letter-{letter.id}-{_fingerprint(letter)}@{address.rpartition('@')[2]}>",
            "Date": format_datetime(at), "Auto-Submitted": "auto-generated", "Content-Language": letter.language.value,
        },
    )
    message.attach_alternative(words.html, "text/html")
    for name, content in _papers(letter):
        message.attach(name, content, "application/pdf")
    return message


def _thread(letter: Letter, address: str) -> dict[str, str]:
    """Return what makes mail programs show a customer's letters about one complaint as one conversation, and where an answer goes."""
    if letter.customer_id is None or letter.data.get("table") != "complaint" or "id" not in letter.data:
        return {}
    settings, number = current_app.config["ECRM"], letter.data["id"]
    root = f"<complaint-{number}@{address.rpartition('@')[2]}>"
    answer = {"Reply-To": reply_address(settings["REPLY_ADDRESS"], number, settings["SECRET_KEY"])} if settings["REPLY_ADDRESS"] else {}
    return answer | {"References": root, "In-Reply-To": root}


def _papers(letter: Letter) -> list[tuple[str, bytes]]:
    """Return name and bytes of the recaps that a letter brings."""
    session, numbers = object_session(letter), letter.data.get("recaps", ())
    if session is None or not numbers:
        return []
    with force_locale(letter.language.value):
        return [monthly.paper(session.get_one(Recap, number)) for number in numbers]


def name_of(letter: Letter) -> str:
    """Return the name of a letter's file: the newest sorts last."""
    return f"{letter.queued_at:%Y%m%d-%H%M%S}-{letter.id}-{letter.template}"


def _fingerprint(letter: Letter) -> str:
    """Return a mark of the contents: letter 7 of another database is another letter."""
    contents = json.dumps([letter.template, letter.to_email, letter.data], sort_keys=True)
    return hashlib.sha256(contents.encode()).hexdigest()[:16]


def _check_address(address: str) -> None:
    """Raise RecipientRefused where no server could make anything of an address."""
    if not ADDRESS.fullmatch(address):
        raise RecipientRefused(f"not an e-mail address: {address!r}")
