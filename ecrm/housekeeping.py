"""What the worker tidies up: half-written and unnamed files, old sessions, answers and applications; and the holidays that come."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from ecrm import storage
from ecrm.extensions import only_reads
from ecrm.models import AccessEvent, ApiAnswer, UserSession
from ecrm.privacy import forgetting
from ecrm.row_by_row import Hand, each
from ecrm.rules import holidays

SESSIONS_KEPT = timedelta(days=90)  # for the question who was logged in, and from where
ANSWERS_KEPT = timedelta(days=1)  # of the API, for requests that come again


def sweep_files(_session: Session, at: datetime, _hand: Hand) -> int:
    """Remove the half-written files of interrupted uploads."""
    return storage.sweep(at)


def forget_files(session: Session, at: datetime, hand: Hand) -> int:
    """Remove the files that no row names and that nobody has sent for a week; return how many."""
    only_reads(session)
    done = 0
    for key in storage.unnamed(session, at):
        if hand.stop():
            break
        done += storage.remove([key])
    session.rollback()
    return done


def forget_sessions(session: Session, at: datetime, _hand: Hand) -> int:
    """Delete the sessions that ended long ago, and as old refusals; return how many."""
    over = or_(UserSession.ended_at < at - SESSIONS_KEPT, UserSession.until < at - SESSIONS_KEPT)
    gone = session.execute(delete(UserSession).where(over)).rowcount  # type: ignore[attr-defined]
    gone += session.execute(delete(AccessEvent).where(AccessEvent.at < at - SESSIONS_KEPT)).rowcount  # type: ignore[attr-defined]
    session.commit()
    return gone


def forget_answers(session: Session, at: datetime, _hand: Hand) -> int:
    """Delete the answers of the API that are a day old; return how many."""
    gone = session.execute(delete(ApiAnswer).where(ApiAnswer.at < at - ANSWERS_KEPT)).rowcount  # type: ignore[attr-defined]
    session.commit()
    return int(gone)


def forget_applicants(session: Session, at: datetime, hand: Hand) -> int:
    """Take the words out of applications, wishes and messages that came to nothing long ago; return how many."""
    return sum(each(session, model, due, hand, lambda row: forgetting.forget(session, row), "forget") for model, due in forgetting.due(at))


def add_holidays(session: Session, at: datetime, _hand: Hand) -> int:
    """Add the public holidays of this year and the next ones that are not there yet; return how many."""
    added = holidays.add_missing(session, range(at.year, at.year + holidays.YEARS_AHEAD + 1))
    session.commit()
    return added
