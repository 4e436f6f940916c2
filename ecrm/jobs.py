"""What happens by itself, without anybody at a screen: letters leave, targets are watched, solved complaints close, additions end."""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext as _, lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ecrm import storage
from ecrm.extensions import only_reads
from ecrm.letters import asked
from ecrm.letters.delivery import deliver_due
from ecrm.letters.senders import sender
from ecrm.models import AccessEvent, BandwidthGrant, Branch, Complaint, Customer, OutageFollower, PdpRequest, Subscription, UserSession
from ecrm.models.account import Language
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.branch import TimeZone
from ecrm.models.complaint import ComplaintStatus
from ecrm.reports import monthly
from ecrm.reports.counted import keeping
from ecrm.rules import escalation, holidays, move, outage_news, pdp_request, risk
from ecrm.rules.complaint import CLOSE_DAYS
from ecrm.rules.errors import NotNow

log = logging.getLogger(__name__)
SESSIONS_KEPT = timedelta(days=90)  # for the question who was logged in, and from where
DATABASE_AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Hand:
    """Who does a job: a name that no other worker has, and the question whether to stop, asked between two rows."""

    worker_id: str
    stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Job:
    """A job: `run(session, at, hand)` does what is due, commits row by row and returns how many; `every` is in seconds."""

    name: str
    run: Callable[[Session, datetime, Hand], int]
    every: float
    label: Any = ""


def deliver(session: Session, at: datetime, hand: Hand) -> int:
    """Send the letters that are due, batch by batch over one connection; return how many were sent."""
    sent = 0
    asked.answer(session, at)
    with closing(sender()) as line:
        while not hand.stop():
            tally = deliver_due(session, line, at, hand.worker_id, stop=hand.stop)
            sent += tally.sent
            if tally.unreached or not tally.tried:
                break
    return sent


def close_resolved(session: Session, at: datetime, hand: Hand) -> int:
    """Close the complaints that were solved CLOSE_DAYS ago and of which the customer said nothing since."""
    due = and_(Complaint.status == ComplaintStatus.RESOLVED, Complaint.resolved_at <= at - timedelta(days=CLOSE_DAYS))
    return _move_each(session, Complaint, select(Complaint).where(due), "close", at, hand, _closing_words)


def expire_grants(session: Session, at: datetime, hand: Hand) -> int:
    """End the bandwidth additions whose last day is over where their branch is."""
    rows = (
        select(BandwidthGrant).join(BandwidthGrant.subscription).join(Subscription.customer).join(Customer.branch)
        .where(BandwidthGrant.status == GrantStatus.ACTIVE, or_(*(_over(zone, at) for zone in TimeZone)))
    )
    return _move_each(session, BandwidthGrant, rows, "expire", at, hand)


def tell_of_outages(session: Session, at: datetime, hand: Hand) -> int:
    """Bring linked complaints and followers up to date with their outages, each in its own transaction; return how many."""
    told = _each(session, Complaint, outage_news.waiting_complaints(), hand, lambda row: outage_news.tell(session, row, at), "outage")
    return told + _each(session, OutageFollower, outage_news.waiting_followers(), hand, lambda row: outage_news.tell_follower(session, row, at), "outage")


def escalate(session: Session, at: datetime, hand: Hand) -> int:
    """Tell of the complaints that are near their target or missed it; return how many."""
    return _tell_each(session, Complaint, escalation.untold(at), escalation.escalate, at, hand)


def remind_of_requests(session: Session, at: datetime, hand: Hand) -> int:
    """Tell of the requests about personal data that are near their end or past it; return how many."""
    return _tell_each(session, PdpRequest, pdp_request.untold(at), pdp_request.remind, at, hand)


def _tell_each(session: Session, model: Any, due: Select[Any], tell: Callable[[Session, Any, datetime], Any], at: datetime, hand: Hand) -> int:
    """Tell of every row that is due, the most urgent first, each in its own transaction; return how many."""
    ids = list(session.scalars(due.with_only_columns(model.id).order_by(model.clock_due_at)))
    session.rollback()
    done = 0
    for row_id in ids:
        if hand.stop():
            break
        row = session.scalars(due.where(model.id == row_id)).one_or_none()
        try:
            if row is not None:
                tell(session, row, at)
                session.commit()
                done += 1
        except (IntegrityError, StaleDataError):  # another worker, or who decides, was faster
            pass
        session.rollback()
    return done


def add_holidays(session: Session, at: datetime, _hand: Hand) -> int:
    """Add the public holidays of this year and the next ones that are not there yet; return how many."""
    added = holidays.add_missing(session, range(at.year, at.year + holidays.YEARS_AHEAD + 1))
    session.commit()
    return added


def send_recaps(session: Session, at: datetime, hand: Hand) -> int:
    """Freeze the recaps of the month before and write them to the managers, once; return how many letters."""
    only_reads(session)  # figures take their time
    found = monthly.made(session, at, hand.stop)
    session.rollback()
    try:
        letters = len(monthly.add(session, found, at))
        session.commit()
        return letters
    except IntegrityError:  # another worker was faster
        session.rollback()
        return 0


def score_risk(session: Session, at: datetime, _hand: Hand) -> int:
    """Score the active subscriptions anew; return how many speak against staying."""
    found = risk.keep(session, at)
    session.commit()
    return found


def sweep_files(_session: Session, at: datetime, _hand: Hand) -> int:
    """Remove the half-written files of interrupted uploads."""
    return storage.sweep(at)


def forget_sessions(session: Session, at: datetime, _hand: Hand) -> int:
    """Delete the sessions that ended long ago, and as old refusals; return how many."""
    over = or_(UserSession.ended_at < at - SESSIONS_KEPT, UserSession.until < at - SESSIONS_KEPT)
    gone = session.execute(delete(UserSession).where(over)).rowcount  # type: ignore[attr-defined]
    gone += session.execute(delete(AccessEvent).where(AccessEvent.at < at - SESSIONS_KEPT)).rowcount  # type: ignore[attr-defined]
    session.commit()
    return gone


def count_days(session: Session, at: datetime, hand: Hand) -> int:
    """Count the days whose complaints changed since, and those that were never counted, the newest first; return how many."""
    done = 0
    for day in keeping.due(session, at):
        if hand.stop():
            break
        session.rollback()  # a transaction for each day
        keeping.count(session, day, at)
        session.commit()
        done += 1
    return done


JOBS = (
    Job("deliver", deliver, 2, _l("Deliver letters")), Job("escalate", escalate, 60, _l("Tell of targets that are near or missed")),
    Job("remind_of_requests", remind_of_requests, 300, _l("Remind of requests about personal data")),
    Job("tell_of_outages", tell_of_outages, 5, _l("Tell of outages")),
    Job("close_resolved", close_resolved, 300, _l("Close what was solved some days ago")),
    Job("expire_grants", expire_grants, 300, _l("End bandwidth additions")), Job("sweep_files", sweep_files, 3600, _l("Remove half-written uploads")),
    Job("count_days", count_days, 60, _l("Count the days that reports add up")), Job("send_recaps", send_recaps, 3600, _l("Send the recaps of the month before")),
    Job("score_risk", score_risk, 86_400, _l("Count the signs that customers may leave")),
    Job("add_holidays", add_holidays, 86_400, _l("Add public holidays")),
    Job("forget_sessions", forget_sessions, 86_400, _l("Forget old sessions")),
)


def _over(zone: TimeZone, at: datetime) -> ColumnElement[bool]:
    return and_(Branch.time_zone == zone, BandwidthGrant.valid_until < at.astimezone(ZoneInfo(zone.value)).date())


def _closing_words(row: Complaint) -> dict[str, Any]:
    """Return the reason, in the language of the customer who reads it."""
    user = row.customer.user
    with force_locale((user.language if user else Language.INDONESIAN).value):
        return {"reason": _("Closed automatically: %(days)s days have passed since it was solved.", days=CLOSE_DAYS)}


def _move_each(
    session: Session, model: Any, due: Select[Any], verb: str, at: datetime, hand: Hand,
    facts: Callable[[Any], dict[str, Any]] = lambda row: {},
) -> int:
    """Carry out a verb on every row that is due, each in its own transaction, and return how many."""
    return _each(session, model, due, hand, lambda row: move(row, verb, None, at, **facts(row)), verb)


def _each(session: Session, model: Any, due: Select[Any], hand: Hand, act: Callable[[Any], None], name: str) -> int:
    """Act on every row that is due, each in its own transaction, and return on how many."""
    ids = list(session.scalars(due.with_only_columns(model.id).order_by(model.id)))
    session.rollback()
    done = 0
    for row_id in ids:
        if hand.stop():
            break
        done += _act_on_one(session, due.where(model.id == row_id), act, name)
    return done


def _act_on_one(session: Session, due: Select[Any], act: Callable[[Any], None], name: str) -> bool:
    """Act on one row if it is still due, and return whether it was; a row that breaks is logged and left for next time."""
    try:
        row = session.scalars(due).one_or_none()
        if row is None:
            session.rollback()
            return False
        act(row)
        session.commit()
        return True
    except (NotNow, StaleDataError):  # somebody, or another worker, was faster
        session.rollback()
    except DATABASE_AWAY:
        session.rollback()
        raise
    except Exception:  # nothing is decided here: one broken row must not keep the others waiting
        session.rollback()
        log.exception("%s could not be done: %s", name, due.compile().params)
    return False
