"""Targets are watched: those who can help are told at 80 %, the managers when it is missed, once each."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import delete, select

from ecrm.extensions import db
from ecrm.jobs import Hand, escalate
from ecrm.models import Complaint, Escalation, Letter, User
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.complaint import answer
from ecrm.rules.escalation import NEWS
from tests.world import email, one

HAND = Hand("test")
MINUTE = timedelta(minutes=1)


def start():
    """Forget what was escalated and queued, and return the complaint in the technician's hands; needs an application context."""
    db.session.execute(delete(Escalation.__table__))
    db.session.execute(delete(Letter.__table__))
    for subject in ("Internet putus-putus", "Tagihan ganda"):
        move(one(Complaint, subject=subject), "cancel", None, now(), reason="Ganda")
    db.session.commit()
    db.session.execute(delete(Letter.__table__))
    db.session.commit()
    return one(Complaint, subject="Lampu LOS merah")


def told():
    """Return (template, reader) of the letters, sorted."""
    return sorted((letter.template, letter.to_email) for letter in db.session.scalars(select(Letter)))


NEAR = [("complaint_near_support", email("support")), ("complaint_near_technician", email("technician"))]
MISSED = [("complaint_missed_manager", email("manager"))]


def test_at_80_percent_the_technician_and_support_at_100_the_manager(app):
    """Not a minute before, and each of them once, also when the worker has started again."""
    with app.app_context():
        row = start()
        warn, due = row.clock_warn_at, row.clock_due_at
        assert escalate(db.session(), warn - MINUTE, HAND) == 0 and told() == []
        assert escalate(db.session(), warn, HAND) == 1 and told() == NEAR
        assert escalate(db.session(), due - MINUTE, Hand("another")) == 0 and told() == NEAR
        assert escalate(db.session(), due + MINUTE, HAND) == 1 and told() == sorted(NEAR + MISSED)
        assert escalate(db.session(), due + timedelta(days=9), Hand("a third")) == 0 and told() == sorted(NEAR + MISSED)
        letter = db.session.scalars(select(Letter).where(Letter.template == "complaint_missed_manager")).one()
        assert letter.data["target"] == "resolution" and letter.data["target_due"] == due.isoformat()


def test_the_first_response_has_a_target_of_its_own(app):
    """An unanswered complaint is escalated for the answer; once it is answered, for the solution."""
    with app.app_context():
        row = start()
        db.session.execute(Complaint.__table__.update().where(Complaint.__table__.c.id == row.id).values(
            first_response_at=None, clock_due_at=row.response_due_at, clock_warn_at=row.response_due_at - timedelta(minutes=24)))
        db.session.commit()
        db.session.refresh(row)
        at = row.response_due_at + MINUTE
        assert escalate(db.session(), at, HAND) == 1 and told() == MISSED
        answer(row, "Maaf, kami datang.", one(User, email=email("support")), at)
        db.session.commit()
        assert escalate(db.session(), at + MINUTE, HAND) == 0
        assert escalate(db.session(), row.clock_due_at + MINUTE, HAND) == 1
        assert [done.target.value for done in db.session.scalars(select(Escalation).order_by(Escalation.id))] == ["response", "resolution"]


def test_while_we_wait_and_after_it_is_solved_nobody_is_told(app):
    """A reopening begins another round."""
    with app.app_context():
        row, support = start(), one(User, email=email("support"))
        due = row.clock_due_at
        move(row, "wait", support, due - timedelta(hours=10), reason="Tidak di rumah")
        db.session.commit()
        assert escalate(db.session(), due + timedelta(days=3), HAND) == 0
        move(row, "resume", support, due + timedelta(days=3))
        db.session.commit()
        due = row.clock_due_at
        assert escalate(db.session(), due + MINUTE, HAND) == 1
        move(row, "resolve", support, due + 2 * MINUTE, reason="Ganti kabel")
        db.session.commit()
        assert escalate(db.session(), due + timedelta(days=1), HAND) == 0
        move(row, "reopen", support, due + timedelta(days=1), reason="Mati lagi")
        db.session.commit()
        assert escalate(db.session(), row.clock_due_at + MINUTE, HAND) == 1
        assert [done.round for done in db.session.scalars(select(Escalation).order_by(Escalation.id))] == [0, 1]


def test_old_news_is_written_down_but_told_to_nobody(app):
    """A worker that was away for long sends no flood of letters."""
    with app.app_context():
        row = start()
        assert escalate(db.session(), row.clock_due_at + NEWS + MINUTE, HAND) == 1 and told() == []


def test_workers_at_once_tell_once(app, caplog):
    """All find it due and start together."""
    with app.app_context():
        due = start().clock_due_at
    together = threading.Barrier(4)

    def work(_number):
        with app.app_context():
            session = db.session()
            together.wait(10)
            return escalate(session, due + MINUTE, HAND)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    with app.app_context():
        assert told() == MISSED and len(list(db.session.scalars(select(Escalation)))) == 1
    assert not caplog.records
