"""Numbers for Prometheus, on an address of their own that the public does not reach."""

import time
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIServer

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ecrm import health
from ecrm.extensions import db
from ecrm.models import Complaint, Job, Letter
from ecrm.models.base import now
from ecrm.models.complaint import UNSOLVED
from ecrm.models.letter import LetterState
from ecrm.rules import sla

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
WAITING = (LetterState.QUEUED, LetterState.FAILED)  # counting the sent ones would read them all at every look


def init_app(app: Flask) -> None:
    """Time every request of the application."""
    registry = CollectorRegistry()
    requests = Histogram("ecrm_request_seconds", "Requests and how long they took", ("endpoint", "method", "status"),
                         buckets=SECONDS, registry=registry)
    registry.register(Company(app))
    app.extensions["metrics"] = registry

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        took = time.perf_counter() - g.get("began", time.perf_counter())
        method = request.method if request.url_rule else "-"  # only what has an address: names are not for visitors to invent
        requests.labels(request.endpoint or "-", method, str(answer.status_code)).observe(took)
        return answer


def listen(app: Flask) -> WSGIServer | None:
    """Answer Prometheus at METRICS_ADDRESS, where there is one; raises OSError where the port is taken."""
    address = app.config["ECRM"]["METRICS_ADDRESS"]
    if not address:
        return None
    host, _colon, port = address.rpartition(":")
    server, _thread = start_http_server(int(port), host.strip("[]"), app.extensions["metrics"])
    return server


class Company(Collector):
    """What the database knows, read when Prometheus looks; without the database only that it is away."""

    def __init__(self, app: Flask) -> None:
        """Keep the application."""
        self._app = app

    def describe(self) -> Iterator[Any]:
        """Name nothing beforehand: to be registered must not read the database."""
        return iter(())

    def collect(self) -> Iterator[Any]:
        """Give all numbers."""
        with self._app.app_context():
            found = list(_pool())
            try:
                with health.engine().connect() as connection:
                    found += [*_complaints(connection), *_letters(connection), *_jobs(connection)]
                up = 1
            except DBAPIError:
                up = 0
        yield GaugeMetricFamily("ecrm_database_up", "Whether the database answers", value=up)
        yield from found


def _complaints(connection: Connection) -> Iterator[Any]:
    unsolved = Complaint.status.in_(UNSOLVED)
    for name, text, condition in (
        ("ecrm_complaints_unsolved", "Complaints that wait for us or for their customer", unsolved),
        ("ecrm_complaints_late", "Unsolved complaints past their target", unsolved & sla.are_late(now())),
    ):
        yield GaugeMetricFamily(name, text, value=connection.scalar(select(func.count()).select_from(Complaint).where(condition)) or 0)


def _letters(connection: Connection) -> Iterator[Any]:
    counts, age = (
        GaugeMetricFamily("ecrm_letters", "Letters in the outbox that are not sent", labels=("state",)),
        GaugeMetricFamily("ecrm_letters_oldest_seconds", "Age of the oldest queued letter", value=0),
    )
    for state in WAITING:
        counts.add_metric((state.value,), connection.scalar(select(func.count()).where(Letter.state == state)) or 0)
    oldest = connection.scalar(select(func.min(Letter.queued_at)).where(Letter.state == LetterState.QUEUED))
    if oldest:
        age.samples.clear()
        age.add_metric((), (now() - oldest).total_seconds())
    yield from (counts, age)


def _jobs(connection: Connection) -> Iterator[Any]:
    ran, took, failures = (
        GaugeMetricFamily("ecrm_job_last_run_timestamp_seconds", "When a job of the worker last ran", labels=("job",)),
        GaugeMetricFamily("ecrm_job_seconds", "How long its last run took", labels=("job",)),
        GaugeMetricFamily("ecrm_job_failures", "Its failures in a row", labels=("job",)),
    )
    for name, at, seconds, failed in connection.execute(select(Job.name, Job.started_at, Job.seconds, Job.failures)):
        failures.add_metric((name,), failed)
        if at:
            ran.add_metric((name,), at.timestamp())
            took.add_metric((name,), seconds or 0)
    yield from (ran, took, failures)


def _pool() -> Iterator[Any]:
    pool: Any = db.engine.pool
    for name, text, value in (
        ("ecrm_pool_connections", "Connections to the database that are open", pool.checkedin() + pool.checkedout()),
        ("ecrm_pool_in_use", "Connections to the database that a request holds", pool.checkedout()),
    ):
        yield GaugeMetricFamily(name, text, value=value)
