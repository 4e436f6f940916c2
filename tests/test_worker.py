"""The worker: what closes and ends by itself, each row once; nothing that breaks stops it, a signal does."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from ecrm import create_app, revisions
from ecrm.cli.worker import OLD, Turn, Worker
from ecrm.extensions import db
from ecrm.jobs import JOBS, Hand, Job, close_resolved, expire_grants, remind_of_endings
from ecrm.models import BandwidthGrant, Branch, Complaint, Letter, Step, User
from ecrm.models.bandwidth import GrantStatus
from ecrm.models.base import now
from ecrm.models.branch import TimeZone
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.letter import LetterState
from ecrm.rules import move
from ecrm.rules.complaint import CLOSE_DAYS
from tests.conftest import BACKENDS, ONE_DATABASE
from tests.settings import SECRETS
from tests.smtp import free_port, post_office
from tests.world import email, one

HAND = Hand("test")
SUBJECTS = ("Lampu LOS merah", "Internet putus-putus", "Tagihan ganda")


def solved(at):
    """Solve the three complaints of the little company at a moment; needs an application context."""
    for subject in SUBJECTS:
        move(one(Complaint, subject=subject), "resolve", one(User, email=email("technician")), at, reason="Ganti kabel")
    db.session.commit()


def steps(action, table="complaint"):
    """Return the steps of an action, oldest first."""
    return list(db.session.scalars(select(Step).filter_by(action=action, table=table).order_by(Step.id)))


def test_solved_complaints_close_three_days_later_and_not_before(app):
    """By nobody, with a reason, and the customer is told."""
    with app.app_context():
        at = now()
        solved(at)
        assert close_resolved(db.session(), at + timedelta(days=CLOSE_DAYS, seconds=-1), HAND) == 0
        move(one(Complaint, subject="Tagihan ganda"), "reopen", one(User, email=email("customer")), at + timedelta(days=2), reason="Belum")
        db.session.commit()
        assert close_resolved(db.session(), at + timedelta(days=CLOSE_DAYS), HAND) == 2
        assert [one(Complaint, subject=subject).status for subject in SUBJECTS] == [ComplaintStatus.CLOSED] * 2 + [ComplaintStatus.NEW]
        assert [(step.actor_id, step.at) for step in steps("close")] == [(None, at + timedelta(days=CLOSE_DAYS))] * 2
        assert all(str(CLOSE_DAYS) in step.reason for step in steps("close"))
        assert db.session.query(Letter).filter_by(template="complaint_close_customer").count() == 2
        assert close_resolved(db.session(), at + timedelta(days=30), HAND) == 0


@pytest.mark.parametrize(("zone", "at"), [
    (TimeZone.WIB, datetime(2026, 3, 9, 17, 0, tzinfo=UTC)), (TimeZone.WIT, datetime(2026, 3, 9, 15, 0, tzinfo=UTC)),
])
def test_an_addition_ends_when_its_last_day_is_over_at_its_branch(app, zone, at):
    """The day after begins at 17:00 UTC in Jakarta, and two hours earlier in Jayapura."""
    with app.app_context():
        one(Branch, code="JKT").time_zone = zone
        grant = one(BandwidthGrant, id=1)
        grant.valid_from, grant.valid_until = date(2026, 3, 1), date(2026, 3, 9)
        db.session.commit()
        assert expire_grants(db.session(), at, HAND) == 0  # a draft does not end
        move(grant, "approve", one(User, email=email("support")), datetime(2026, 3, 1, tzinfo=UTC))
        db.session.commit()
        assert expire_grants(db.session(), at - timedelta(seconds=1), HAND) == 0
        assert expire_grants(db.session(), at, HAND) == 1 and one(BandwidthGrant, id=1).status is GrantStatus.EXPIRED
        assert db.session.query(Letter).filter_by(template="bandwidth_grant_expire_customer").count() == 1


@pytest.mark.parametrize(("begins", "letters"), [(date(2026, 2, 1), 1), (date(2026, 2, 24), 0)], ids=["a month", "a fortnight less a day"])
def test_an_addition_that_ends_soon(app, begins, letters):
    """Seven days before the last one, by the clock of the branch, the customer is told, once; not of one that is short anyway."""
    at = datetime(2026, 3, 1, 17, tzinfo=UTC)  # midnight in Jakarta
    with app.app_context():
        grant = one(BandwidthGrant, id=1)
        grant.valid_from, grant.valid_until = begins, date(2026, 3, 9)
        db.session.commit()
        assert remind_of_endings(db.session(), at, HAND) == 0  # a draft
        move(grant, "approve", one(User, email=email("support")), datetime(2026, 2, 24, tzinfo=UTC))
        db.session.commit()
        assert remind_of_endings(db.session(), at - timedelta(seconds=1), HAND) == 0
        assert remind_of_endings(db.session(), at, HAND) == 1 and remind_of_endings(db.session(), at + timedelta(days=1), HAND) == 0
        assert db.session.query(Letter).filter_by(template="bandwidth_grant_ending_customer").count() == letters
        assert one(BandwidthGrant, id=1).status is GrantStatus.ACTIVE


def test_two_workers_at_once_move_each_row_once(app, caplog):
    """Both find all rows due and start together; three moves, three steps, three letters."""
    with app.app_context():
        at = now()
        solved(at)
    together = threading.Barrier(4)

    def work(_number):
        with app.app_context():
            session = db.session()
            together.wait(10)
            return close_resolved(session, at + timedelta(days=4), HAND)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 3
    with app.app_context():
        assert len(steps("close")) == 3 and db.session.query(Letter).filter_by(template="complaint_close_customer").count() == 3
    assert not caplog.records  # to be second is no error


def test_one_broken_row_does_not_keep_the_others_waiting(app, caplog):
    """Its error is logged; the rest is done, and it is tried again next time."""
    with app.app_context():
        at = now()
        solved(at)
        broken = one(Complaint, subject=SUBJECTS[0]).id

        def fault(session, *_):
            if any(isinstance(row, Complaint) and row.id == broken for row in session.dirty):
                raise ValueError("this row is broken")

        event.listen(db.session, "before_flush", fault)
        try:
            assert close_resolved(db.session(), at + timedelta(days=4), HAND) == 2
        finally:
            event.remove(db.session, "before_flush", fault)
        assert "this row is broken" in caplog.text and str(broken) in caplog.text
        assert close_resolved(db.session(), at + timedelta(days=4), HAND) == 1
        assert len(steps("close")) == 3


def test_a_database_that_goes_away_ends_the_job(app, caplog):
    """It is no fault of a row: the others are not tried one by one, and all are done when it is back."""
    with app.app_context():
        at, tried = now(), []
        solved(at)

        def gone(session, *_):
            tried.append(1)
            raise OperationalError("UPDATE", {}, Exception("server has gone away"))

        event.listen(db.session, "before_flush", gone)
        try:
            with pytest.raises(OperationalError):
                close_resolved(db.session(), at + timedelta(days=4), HAND)
        finally:
            event.remove(db.session, "before_flush", gone)
        assert len(tried) == 1 and not steps("close") and not caplog.records
        assert close_resolved(db.session(), at + timedelta(days=4), HAND) == 3


def test_a_move_that_was_rolled_back_leaves_no_step_behind(app):
    """Neither its own later, nor with the next move of the same row in the same session."""
    with app.app_context():
        at = now()
        solved(at)
        row, other = (one(Complaint, subject=subject) for subject in SUBJECTS[:2])
        db.session.execute(Complaint.__table__.update().values(version=99))  # somebody was faster
        with pytest.raises(StaleDataError):
            move(row, "close", None, at, reason="too late")
            db.session.flush()
        db.session.rollback()
        move(other, "close", None, at, reason="after it")
        db.session.commit()
        move(row, "close", None, at, reason="once more")
        db.session.commit()
        assert [(step.row_id, step.reason) for step in steps("close")] == [(other.id, "after it"), (row.id, "once more")]


def test_asked_to_stop_it_stops_between_two_rows(app):
    """The row in hand is finished."""
    with app.app_context():
        at = now()
        solved(at)
        stop = Hand("test", lambda: bool(steps("close")))
        assert close_resolved(db.session(), at + timedelta(days=4), stop) == 1


def test_a_job_that_fails_keeps_no_other_from_its_turn(app, caplog):
    """Database away, or a fault of ours: logged, and tried again; afterwards all is well."""
    troubles = [OperationalError("SELECT", {}, Exception("server has gone away")), ZeroDivisionError("a fault")]
    done = []

    def shaky(*_):
        if troubles:
            raise troubles.pop(0)
        return 1

    worker = Worker(app, turns=[Turn(Job("shaky", shaky, 1)), Turn(Job("steady", lambda *_: done.append(1) or 1, 1))])
    assert [worker.once() for _ in range(3)] == [False, False, True] and len(done) == 3
    assert "server has gone away" in caplog.text and "a fault" in caplog.text


def test_a_database_that_is_not_there_is_waited_for(caplog):
    """One line in the log for each job, no end of the worker."""
    away = create_app({"PROFILE": "test", "DATABASE_URL": f"mysql+pymysql://root@127.0.0.1:{free_port()}/ecrm", **SECRETS})
    assert Worker(away).once() is False and Worker(away).is_early() is False
    lines = [record for record in caplog.records if record.name == "ecrm.cli.worker"]
    assert len(lines) == len(JOBS) and all(record.exc_info is None for record in lines)


def environment(app, **more):
    """Return the environment of a process that works on the same database."""
    app.extensions["writes"].anywhere()
    settings = app.config["ECRM"] | {"PROFILE": "demo"} | more
    given = {f"ECRM_{name}": str(value) for name, value in settings.items() if value is not None}
    return os.environ | given


def flask(app, *words, **more):
    """Run `flask --app ecrm …` in a process of its own."""
    return subprocess.run([sys.executable, "-m", "flask", "--app", "ecrm", *words], env=environment(app, **more),
                          cwd=Path(app.root_path).parent, capture_output=True, text=True, timeout=60)


def test_once_does_every_job_and_ends(app):
    """As cron runs it: letters leave as files, what is due closes, the exit code says that all is well."""
    with app.app_context():
        solved(now() - timedelta(days=4))
        waiting = db.session.query(Letter).filter_by(state=LetterState.QUEUED).count()
    done = flask(app, "worker", "--once")
    assert done.returncode == 0, done.stderr
    with app.app_context():
        assert {one(Complaint, subject=subject).status for subject in SUBJECTS} == {ComplaintStatus.CLOSED}
        assert db.session.query(Letter).filter_by(state=LetterState.SENT).count() == waiting > 5
        assert {letter.last_error for letter in db.session.scalars(select(Letter))} == {None}
    assert len(list((Path(os.environ["ECRM_INSTANCE"]) / "mail").glob("*.eml"))) >= waiting


@pytest.mark.parametrize("backend", BACKENDS)
def test_before_the_tables_are_up_to_date_it_waits(backend, make_app, monkeypatch, caplog):
    """A service may be started before `db upgrade`: that is said once, nothing is tried, and then the jobs are done."""
    early, done, asked = make_app(backend, owner=True), [], []

    def revision(words):
        with early.app_context(), db.engine.begin() as connection:
            connection.execute(text(words), {"head": head})

    def slept(_seconds):
        asked.append(len(done))
        if len(asked) == 2:
            revision("INSERT INTO alembic_version VALUES (:head)")

    with early.app_context():
        head = revisions.head()
    revision("DELETE FROM alembic_version WHERE version_num = :head")
    monkeypatch.setattr(time, "sleep", slept)
    Worker(early, stop=lambda: bool(done), turns=[Turn(Job("a", lambda *_: done.append(1) or 1, 1))]).run()
    assert asked[:2] == [0, 0] and done
    assert [record.message for record in caplog.records if record.name == "ecrm.cli.worker"] == [f"{OLD}; waiting for that."]


@ONE_DATABASE
def test_once_with_a_job_that_fails(app, make_app):
    """Cron learns by the exit code that it has to look."""
    broken = make_app()
    with broken.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE bandwidth_grant"))
    done = flask(app, "worker", "--once", DATABASE_URL=broken.config["SQLALCHEMY_DATABASE_URI"])
    assert done.returncode == 1 and "bandwidth_grant" in done.stderr and "Traceback" not in done.stderr


@ONE_DATABASE
def test_once_before_the_tables_are_there(app, tmp_path):
    """Cron gets one line."""
    said = flask(app, "worker", "--once", DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    assert said.returncode == 1 and said.stderr == f"Error: {OLD}.\n"


@ONE_DATABASE
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_when_the_letter_in_hand_is_sent(app, number):
    """The signal comes while the server holds the letter: it is marked, the next one is not begun, and the worker ends."""
    with app.app_context():
        two = [letter.id for letter in db.session.scalars(select(Letter).order_by(Letter.id).limit(2))]
        db.session.execute(delete(Letter).where(Letter.id.not_in(two)))
        db.session.commit()
    with post_office() as office:
        asked = threading.Event()
        office.on_data = lambda: (process.send_signal(number), asked.set(), time.sleep(1))  # it holds the letter while the signal arrives
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "ecrm", "worker"], cwd=Path(app.root_path).parent, stderr=subprocess.PIPE,
            env=environment(app, MAIL_SERVER="127.0.0.1", MAIL_PORT=office.port, MAIL_USE_TLS=False),
        )
        try:
            assert asked.wait(30)
            _out, errors = process.communicate(timeout=20)
        finally:
            process.kill()
        assert process.returncode == 0 and b"Traceback" not in errors, errors
        assert len(office.received) == 1
    with app.app_context():
        letters = list(db.session.scalars(select(Letter).where(Letter.id.in_(two))))  # the other jobs may have written more
        assert sorted(letter.state for letter in letters) == [LetterState.QUEUED, LetterState.SENT]
        assert {letter.lease_owner for letter in letters} == {None}


def test_the_outbox_is_shown_and_failed_letters_are_put_back(app):
    """Counts by state, the oldest, and who cannot be put back."""
    with app.app_context():
        letters = list(db.session.scalars(select(Letter).order_by(Letter.id)))
        letters[0].state = letters[1].state = LetterState.FAILED
        letters[1].template, letters[1].data = "account_reset_instructions", {}
        letters[2].last_error, letters[2].queued_at = "451 later", datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
        total = len(letters)
        db.session.commit()

    def counts(output):
        return dict(re.findall(r"^(\w+) +(\d+)$", output, re.M))

    def outbox(*arguments):
        return app.test_cli_runner().invoke(args=["letters", *arguments], catch_exceptions=False).output

    shown = outbox()
    assert counts(shown) == {"queued": str(total - 2), "sent": "0", "failed": "2"}
    assert "2026-01-02 03:04" in shown and "451 later" in shown
    again = outbox("retry")
    assert re.findall(r": (\d+)$", again, re.M) == ["1", "1"]
    assert counts(outbox()) == {"queued": str(total - 1), "sent": "0", "failed": "1"}


def test_an_outbox_in_which_nothing_waits(app):
    """No oldest letter is named; all that failed are put back, and nobody has to ask again."""
    with app.app_context():
        failed = db.session.scalars(select(Letter).order_by(Letter.id).limit(1)).one()
        failed.state = LetterState.FAILED
        db.session.execute(delete(Letter).where(Letter.id != failed.id))
        db.session.commit()
    shown, again = (app.test_cli_runner().invoke(args=["letters", *words], catch_exceptions=False).output for words in ([], ["retry"]))
    assert re.findall(r"^(\w+) +(\d+)$", shown, re.M) == [("queued", "0"), ("sent", "0"), ("failed", "1")] and "oldest" not in shown
    assert again == "Letters that are tried again: 1\n"
    with app.app_context():
        assert one(Letter).state is LetterState.QUEUED
