"""What the worker does with the mailbox: fetches what is new, and files what came in, whichever way."""

import logging
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ecrm.channels import filing, mail, mailbox, sorting
from ecrm.models import IncomingMessage
from ecrm.models.incoming import Why
from ecrm.row_by_row import DATABASE_AWAY, Hand, each
from ecrm.rules import incoming

log = logging.getLogger(__name__)


def fetch_mail(session: Session, at: datetime, hand: Hand) -> int:
    """Keep the unseen mails of the mailbox, each committed before it is marked as seen; return how many were new."""
    settings, fetched = current_app.config["ECRM"], 0
    if not settings["IMAP_SERVER"]:
        return 0
    with mailbox.opened(settings) as box:
        for uid in box.unseen():
            if hand.stop():
                break
            fetched += _fetch_one(session, box, uid, at)
    return fetched


def _fetch_one(session: Session, box: mailbox.Mailbox, uid: str, at: datetime) -> bool:
    """Keep one mail and return whether it was new; one that breaks is logged, and stays unseen for the next turn."""
    raw, whole = box.fetch(uid)
    new = True
    try:
        row = filing.keep(session, mail.read(raw), raw, at)
        if not whole:
            row.sorted_at, row.why = at, Why.UNREADABLE
        session.commit()
    except IntegrityError:  # kept before: a worker died before it could mark it, or it was sent twice
        session.rollback()
        new = False
    except (*DATABASE_AWAY, OSError):
        session.rollback()
        raise
    except Exception:  # nothing is decided here: one broken mail must not keep the others waiting
        session.rollback()
        log.exception("mail %s could not be kept", uid)
        return False
    box.seen(uid)
    return new


def sort_messages(session: Session, at: datetime, hand: Hand) -> int:
    """File the messages that came in, as far as the rules are sure; return how many were looked at."""
    return each(session, IncomingMessage, incoming.waiting(), hand, lambda row: sorting.sort(session, row, at), "sort")
