"""Whose turn a periodic job is, and how it went: one row for each job, changed by conditional UPDATEs."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ecrm.models import Job

LEASE = timedelta(minutes=10)  # after which another worker takes over the job of a dead one
RENEW = LEASE.total_seconds() / 4  # seconds after which a living one renews it
LONGEST_WAIT = 15.0  # seconds until a job that fails is tried again


def wait(failures: int, every: float) -> float:
    """Return the seconds until the next turn."""
    return min(2.0 ** min(failures, 10), LONGEST_WAIT) if failures else every


def claim(session: Session, name: str, at: datetime, worker_id: str) -> bool:
    """Lease a job that is due to a worker and return whether it got it; commits.

    A worker does a job once at a time: a lease of its own is one that it could not end, as the database had failed.
    """
    _ensure(session, name)
    free = (Job.name == name, or_(Job.next_at.is_(None), Job.next_at <= at), or_(Job.lease_until.is_(None), Job.lease_until < at, Job.lease_owner == worker_id))
    got = _update(session, free, lease_owner=worker_id, lease_until=at + LEASE) == 1
    session.commit()
    return got


def renew(session: Session, name: str, worker_id: str, at: datetime) -> bool:
    """Lengthen a worker's lease of the job that it still does and return whether it had one; commits."""
    held = _update(session, (Job.name == name, Job.lease_owner == worker_id), lease_until=at + LEASE) == 1
    session.commit()
    return held


def report(
    session: Session, name: str, worker_id: str, at: datetime, seconds: float, done: int, error: str | None, every: float
) -> None:
    """Write down how a worker's run that began at a moment went, end its lease and set the next turn; commits.

    A worker whose lease another one has taken over writes nothing.
    """
    _ensure(session, name)
    failures = (session.scalar(select(Job.failures).where(Job.name == name)) or 0) + 1 if error else 0
    values: dict[str, Any] = {"failed_at": at, "last_error": error[:500]} if error else {}
    if done:
        values["worked_at"] = at
    values["next_at"] = at + timedelta(seconds=seconds * bool(error) + wait(failures, every))
    mine = (Job.name == name, or_(Job.lease_owner == worker_id, Job.lease_owner.is_(None)))
    _update(session, mine, started_at=at, seconds=seconds, done=done, failures=failures,
            lease_owner=None, lease_until=None, **values)
    session.commit()


def _ensure(session: Session, name: str) -> None:
    """Add the job's row where there is none yet."""
    if session.scalar(select(Job.id).where(Job.name == name)) is None:
        session.add(Job(name=name))
        try:
            session.commit()
        except IntegrityError:  # another worker was faster
            pass
    session.rollback()


def _update(session: Session, where: tuple[Any, ...], **values: Any) -> int:
    statement = update(Job).where(*where).values(**values)
    return session.execute(statement, execution_options={"synchronize_session": False}).rowcount
