"""What happens by itself, without anybody at a screen: letters leave, targets are watched, solved complaints close, additions end."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Select, and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ecrm import incoming_jobs
from ecrm.extensions import only_reads
from ecrm.housekeeping import add_holidays, forget_answers, forget_applicants, forget_files, forget_sessions, sweep_files
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.letters import asked, provisioning
from ecrm.letters.delivery import deliver_due
from ecrm.letters.senders import sender
from ecrm.models import BandwidthGrant, Complaint, Demand, OutageFollower, PdpRequest, Subscription
from ecrm.models.account import Language
from ecrm.models.complaint import ComplaintStatus
from ecrm.reports import monthly
from ecrm.reports.counted import keeping
from ecrm.row_by_row import Hand, each
from ecrm.rules import bandwidth, demand, escalation, grant_rule, move, outage_news, pdp_request, risk
from ecrm.rules.complaint import CLOSE_DAYS



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
    return _move_each(session, BandwidthGrant, bandwidth.ended(at), "expire", at, hand)


def remind_of_endings(session: Session, at: datetime, hand: Hand) -> int:
    """Tell customers of the bandwidth additions that end in a week, once of each; return how many were looked at."""
    return each(session, BandwidthGrant, bandwidth.ending(at), hand, lambda row: bandwidth.tell_of_end(session, row, at), "remind")


def propose_grants(session: Session, at: datetime, hand: Hand) -> int:
    """Draft what the active rules give, each draft in its own transaction; return how many were made."""
    found = grant_rule.in_order(session)
    return sum(each(session, Subscription, grant_rule.eligible(rule, at), hand, lambda row, rule=rule: grant_rule.draft(session, rule, row, at), "propose")
               for rule in found)


def tell_of_outages(session: Session, at: datetime, hand: Hand) -> int:
    """Bring linked complaints and followers up to date with their outages, each in its own transaction; return how many."""
    told = each(session, Complaint, outage_news.waiting_complaints(), hand, lambda row: outage_news.tell(session, row, at), "outage")
    return told + each(session, OutageFollower, outage_news.waiting_followers(), hand, lambda row: outage_news.tell_follower(session, row, at), "outage")


def tell_of_coverage(session: Session, at: datetime, hand: Hand) -> int:
    """Tell the people whose area is covered by now, each in its own transaction; return how many."""
    return each(session, Demand, demand.untold(), hand, lambda row: demand.tell(session, row, at), "cover")


def escalate(session: Session, at: datetime, hand: Hand) -> int:
    """Tell of the complaints that are near their target or missed it; return how many."""
    found = escalation.untold(at)
    return each(session, Complaint, found, hand, lambda row: escalation.escalate(session, row, at), "escalate", Complaint.clock_due_at)


def remind_of_requests(session: Session, at: datetime, hand: Hand) -> int:
    """Tell of the requests about personal data that are near their end or past it; return how many."""
    found = pdp_request.untold(at)
    return each(session, PdpRequest, found, hand, lambda row: pdp_request.remind(session, row, at), "remind", PdpRequest.clock_due_at)


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
    Job("fetch_mail", incoming_jobs.fetch_mail, 30, _l("Fetch mail from the mailbox")), Job("sort_messages", incoming_jobs.sort_messages, 5, _l("File incoming messages")),
    Job("tell_of_outages", tell_of_outages, 5, _l("Tell of outages")),
    Job("tell_of_coverage", tell_of_coverage, 60, _l("Tell of areas that are covered now")),
    Job("close_resolved", close_resolved, 300, _l("Close what was solved some days ago")),
    Job("expire_grants", expire_grants, 300, _l("End bandwidth additions")),
    Job("propose_grants", propose_grants, 30 * 86_400, _l("Propose bandwidth additions by the rules")),
    Job("provision", provisioning.run, 30, _l("Tell provisioning of bandwidth additions")),
    Job("remind_of_endings", remind_of_endings, 3600, _l("Tell of bandwidth additions that end soon")), Job("sweep_files", sweep_files, 3600, _l("Remove half-written uploads")),
    Job("count_days", count_days, 60, _l("Count the days that reports add up")), Job("send_recaps", send_recaps, 3600, _l("Send the recaps of the month before")),
    Job("score_risk", score_risk, 86_400, _l("Count the signs that customers may leave")),
    Job("add_holidays", add_holidays, 86_400, _l("Add public holidays")),
    Job("forget_files", forget_files, 86_400, _l("Remove files that nothing names")), Job("forget_answers", forget_answers, 3600, _l("Forget the answers kept for the API")),
    Job("forget_applicants", forget_applicants, 86_400, _l("Forget old applications and messages")), Job("forget_sessions", forget_sessions, 86_400, _l("Forget old sessions")),
)


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
    return each(session, model, due, hand, lambda row: move(row, verb, None, at, **facts(row)), verb)
