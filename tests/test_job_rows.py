"""The worker's jobs have a row each: whose turn it is, when it ran, how long it took, and what went wrong."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ecrm import job_rows
from ecrm.cli.worker import Turn, Worker
from ecrm.extensions import db
from ecrm.jobs import JOBS, Job as Task
from ecrm.models import Job
from ecrm.models.base import now
from tests.world import one

EVERY = 60.0


def test_one_of_two_workers_gets_it(app):
    """Two who ask at the same moment: one gets the job, the other after its turn has come again."""
    at = now()
    with app.app_context(), Session(db.engine) as first, Session(db.engine) as second:
        assert [job_rows.claim(first, "escalate", at, "a"), job_rows.claim(second, "escalate", at, "b")] == [True, False]
        job_rows.report(first, "escalate", "a", at, 0.5, 3, None, EVERY)
        assert not job_rows.claim(second, "escalate", at + timedelta(seconds=EVERY - 1), "b")
        assert job_rows.claim(second, "escalate", at + timedelta(seconds=EVERY + 1), "b")


def test_a_dead_workers_job_is_taken_over(app):
    """A lease that ran out is free."""
    at = now()
    with app.app_context():
        assert job_rows.claim(db.session(), "escalate", at, "dead")
        assert not job_rows.claim(db.session(), "escalate", at + job_rows.LEASE - timedelta(seconds=1), "b")
        assert job_rows.claim(db.session(), "escalate", at + job_rows.LEASE + timedelta(seconds=1), "b")
        assert job_rows.claim(db.session(), "escalate", at + job_rows.LEASE + timedelta(seconds=2), "b")  # its database failed: it need not wait
        job_rows.report(db.session(), "escalate", "dead", at, 900.0, 1, None, EVERY)
        row = one(Job, name="escalate")
        assert (row.lease_owner, row.seconds) == ("b", None)  # the dead one, awake again, ends nobody's lease


def test_a_failing_job_is_seen(app, browser):
    """The administrator sees that it fails and why, in the reader's words for it, and that it goes well again."""
    broken = [True]

    def run(session, at, hand):
        if broken:
            raise ZeroDivisionError("nothing to divide <b>")
        return 4
    task = Task("escalate", run, EVERY, next(job.label for job in JOBS if job.name == "escalate"))
    hand = Worker(app, turns=[Turn(task)])
    assert hand.once() is False and hand.once() is False
    with app.app_context():
        row = one(Job, name="escalate")
        assert (row.failures, row.last_error, row.done) == (2, "ZeroDivisionError: nothing to divide <b>", 0)
        assert row.next_at - row.failed_at < timedelta(seconds=EVERY)
    boss = browser("administrator")
    page = boss.get("/admin/administrator/job/").get_data(as_text=True)
    assert "is-late" in page and "nothing to divide &lt;b&gt;" in page and "Memberi tahu target" in page
    front = boss.get("/admin/administrator/").get_data(as_text=True)
    assert 'data-count="1"' in front.partition("flt0_failing=1")[2][:200]
    broken.clear()
    assert hand.once() is True
    with app.app_context():
        row = one(Job, name="escalate")
        assert (row.failures, row.done, row.lease_owner) == (0, 4, None) and row.worked_at is not None and row.seconds >= 0
    assert "is-late" not in boss.get("/admin/administrator/job/").get_data(as_text=True)


def test_each_job_has_a_name_for_people(app):
    """No job stands on the page by its name in the code."""
    with app.test_request_context(headers={"Accept-Language": "id"}):
        assert all(str(job.label) and str(job.label) != job.name for job in JOBS)
        assert len({job.name for job in JOBS}) == len(JOBS)


def test_a_slow_jobs_lease_is_renewed(app, monkeypatch):
    """While a living worker does a job, another one cannot take it over, however long it takes; nor a dead one's lease last longer."""
    monkeypatch.setattr(job_rows, "RENEW", 0.02)
    taken, held = [], []

    def slow(session, at, hand):
        first = one(Job, name="escalate").lease_until
        for _look in range(1000):
            session.rollback()
            until = one(Job, name="escalate").lease_until
            if until > first:
                break
            session.rollback()
            time.sleep(0.02)
        session.rollback()
        held.append((first, until))
        taken.append(job_rows.claim(session, "escalate", first + timedelta(seconds=0.01), "b"))
        return 0
    Worker(app, turns=[turn := Turn(Task("escalate", slow, EVERY))], name="a")._look(turn)
    assert taken == [False] and held[0][1] > held[0][0]
    with app.app_context():
        assert one(Job, name="escalate").lease_owner is None
        db.session.rollback()
        assert not job_rows.renew(db.session(), "escalate", "a", now())  # who has let it go does not get it back like this
        assert one(Job, name="escalate").lease_until is None


def test_a_lease_that_cannot_be_renewed(app, monkeypatch, caplog):
    """The database goes away while a job is done: that is said, the job is finished, and its next turn comes when it is due."""
    tried, done = threading.Event(), []

    def away(*_arguments):
        tried.set()
        raise OperationalError("UPDATE job", {}, Exception("server has gone away"))

    monkeypatch.setattr(job_rows, "RENEW", 0.02)
    monkeypatch.setattr(job_rows, "renew", away)
    hand = Worker(app, turns=[turn := Turn(Task("escalate", lambda *_: tried.wait(30) and (done.append(1) or 1), EVERY))], name="a")
    hand._look(turn)
    assert done == [1] and turn.failures == 0 and "its lease could not be renewed: server has gone away" in caplog.text
    turn.due = time.monotonic() + 60
    hand._look(turn)
    assert done == [1]


def test_two_workers_that_are_new_to_a_job(app, monkeypatch):
    """Both find no row for it and add one: there is one."""
    with app.app_context(), Session(db.engine) as first, Session(db.engine) as second:
        assert job_rows.claim(first, "brand new", now(), "a")
        monkeypatch.setattr(second, "scalar", lambda _statement: None)  # it looked before the first one had added it
        assert not job_rows.claim(second, "brand new", now(), "b")
        assert db.session.query(Job).filter_by(name="brand new").count() == 1


def test_a_slow_job_keeps_no_other_waiting(app):
    """Letters leave while another job is at work; asked to stop, the worker ends when what is in hand is done."""
    busy, done, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(session, at, hand):
        busy.set()
        assert done.wait(30)
        ended.set()
        return 1

    def quick(session, at, hand):
        assert busy.wait(30)
        done.set()
        return 1
    hand = Worker(app, done.is_set, turns=[Turn(Task("slow", slow, EVERY)), Turn(Task("quick", quick, EVERY))])
    hand.run()
    assert ended.is_set()
    with app.app_context():
        rows = {row.name: row for row in db.session.query(Job).filter(Job.name.in_(("slow", "quick")))}
        assert {name: (row.done, row.last_error, row.lease_owner) for name, row in rows.items()} == {"slow": (1, None, None), "quick": (1, None, None)}


def test_two_workers_do_each_job_once(app):
    """Both run side by side with a thread for each job; each job is done by one of them."""
    done, enough = Counter(), threading.Event()
    names, lock = [f"job{number}" for number in range(5)], threading.Lock()

    def task(name):
        def run(session, at, hand):
            with lock:
                done[name] += 1
                if len(done) == len(names):
                    enough.set()
            return 1
        return Task(name, run, 3600.0)
    hands = [Worker(app, enough.is_set, turns=[Turn(task(name)) for name in names]) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Worker.run, hands))
    assert done == Counter(names)
    with app.app_context():
        assert {row.failures for row in db.session.query(Job).filter(Job.name.in_(names))} == {0}
