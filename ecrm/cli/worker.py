"""`flask worker` does the jobs that nobody clicks."""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from ecrm import job_rows, logs, revisions
from ecrm.extensions import db
from ecrm.jobs import JOBS, Job
from ecrm.models.base import now
from ecrm.row_by_row import DATABASE_AWAY, Hand

log = logging.getLogger(__name__)
LOOK = 0.2  # seconds between two looks at whether to stop
OLD = "The database is older than this program: `flask --app ecrm db upgrade` brings it up to date"


@dataclass
class Turn:
    """When a job is due next, on the monotonic clock, and how often it has failed in a row."""

    job: Job
    due: float = 0.0
    failures: int = 0


@dataclass
class Worker:
    """Does the jobs, each in its turn, until `stop` says so; a job that fails is logged and has its turn again."""

    app: Flask
    stop: Callable[[], bool] = lambda: False
    turns: list[Turn] = field(default_factory=lambda: [Turn(job) for job in JOBS])
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}")

    def once(self) -> bool:
        """Do every job once, whatever is due, and return whether all went well."""
        return all([self._do(turn, due_only=False) for turn in self.turns if not self.stop()])

    def run(self) -> None:
        """Do the jobs until it is time to stop, each in a thread of its own, so that none waits for another; those in hand are finished."""
        # Only here, for no other program needs it.
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.interval import IntervalTrigger

        self._wait_for_tables()
        scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(len(self.turns))})
        for turn in self.turns:
            looks = IntervalTrigger(seconds=min(max(1, int(turn.job.every / 2)), int(job_rows.LONGEST_WAIT)), timezone=UTC)
            scheduler.add_job(self._look, looks, [turn], id=turn.job.name, next_run_time=now(),
                              max_instances=1, coalesce=True, misfire_grace_time=None)
        scheduler.start()
        while not self.stop():
            time.sleep(LOOK)
        scheduler.shutdown()

    def is_early(self) -> bool:
        """Return whether the database still waits for a migration of this program; one that is away is each job's own matter."""
        try:
            with self.app.app_context(), db.engine.connect() as connection:
                return revisions.is_old(connection)
        except DATABASE_AWAY:
            return False

    def _wait_for_tables(self) -> None:
        """Say once that a migration is missing, and wait for it: a service may be started before."""
        if self.is_early():
            log.warning("%s; waiting for that.", OLD)
        while not self.stop() and self.is_early():
            time.sleep(1)

    def _look(self, turn: Turn) -> None:
        """Do a job if it is due and no other worker has it; its row says so, here only failures are waited for."""
        if turn.due <= time.monotonic() and not self.stop():
            self._do(turn, due_only=True)

    def _do(self, turn: Turn, due_only: bool) -> bool:
        """Do one job and write down how it went; return whether it went well."""
        at, began, done, error = now(), time.monotonic(), 0, None
        try:
            with self.app.app_context():
                if due_only and not job_rows.claim(db.session(), turn.job.name, at, self.name):
                    return True
                with self._alive(turn.job.name) if due_only else nullcontext():
                    done, error = self._run(turn.job, at)
                job_rows.report(db.session(), turn.job.name, self.name, at, time.monotonic() - began, done, error, turn.job.every)
        except DATABASE_AWAY as away:
            if not error:
                log.error("%s: the database does not do its part, trying again: %s", turn.job.name, away.orig)
            error = str(away.orig)
        turn.failures = turn.failures + 1 if error else 0
        turn.due = time.monotonic() + (job_rows.wait(turn.failures, 0) if error else 0)
        return not error

    @contextmanager
    def _alive(self, name: str) -> Iterator[None]:
        """Renew the lease of a job while it is done, however long it takes."""
        done = threading.Event()
        thread = threading.Thread(target=self._renew, args=(name, done), name=f"lease of {name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _renew(self, name: str, done: threading.Event) -> None:
        while not done.wait(job_rows.RENEW):
            try:
                with self.app.app_context():
                    job_rows.renew(db.session(), name, self.name, now())
            except DATABASE_AWAY as away:  # the job itself will meet it, or the next renewal comes in time
                log.warning("%s: its lease could not be renewed: %s", name, away.orig)

    def _run(self, job: Job, at: datetime) -> tuple[int, str | None]:
        """Return how many a job did, and its error."""
        try:
            done = job.run(db.session(), at, Hand(self.name, self.stop))
        except DATABASE_AWAY as error:
            log.error("%s: the database does not do its part, trying again: %s", job.name, error.orig)
            db.session.rollback()
            return 0, str(error.orig) or "?"
        except Exception as error:  # nothing is decided here: the other jobs, and this one next time, must have their turn
            log.exception("%s failed, trying again", job.name)
            db.session.rollback()
            return 0, f"{type(error).__name__}: {error}"
        if done:
            log.info("%s: %d", job.name, done)
        return done, None


@contextmanager
def _until_signal() -> Iterator[Callable[[], bool]]:
    """Give the question whether SIGINT or SIGTERM came; a second signal ends the process at once."""
    came = []

    def note(number: int, _frame: object) -> None:
        came.append(number)
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@click.command()
@click.option("--once", is_flag=True, help="Do every job once and end: for cron. The exit code is 1 where one failed.")
@with_appcontext
def worker(once: bool) -> None:
    """Deliver letters, close solved complaints and end bandwidth additions, until Ctrl-C."""
    logs.set_up(current_app.config["ECRM"]["LOG_FORMAT"], logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a job is still in hand when its next look comes is no news
    logging.getLogger("alembic").setLevel(logging.WARNING)  # nor is each look at the revision
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with _until_signal() as stop:
        hand = Worker(app, stop)
        if not once:
            hand.run()
        elif hand.is_early():
            raise click.ClickException(f"{OLD}.")
        elif not hand.once():
            raise click.exceptions.Exit(1)


COMMANDS: tuple[click.Command, ...] = (worker,)
