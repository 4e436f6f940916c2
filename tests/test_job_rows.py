"""The worker's jobs have a row each: whose turn it is, when it ran, how long it took, and what went wrong."""

from datetime import timedelta

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
