"""The outbox: who delivers which letter, and what became of it. Each change is one conditional UPDATE."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from ecrm.letters.asked import WISHES
from ecrm.letters.security import PREFIX
from ecrm.models import Letter
from ecrm.models.customer import ContactChannel
from ecrm.models.letter import LetterState

LEASE = timedelta(minutes=5)  # after which another worker takes over what a dead one had in hand
OWN = timedelta(minutes=1)  # after which a worker takes up again what it had in hand itself when the database failed
WAITS = (1, 2, 4, 8, 15, 30, 60)  # minutes after the first, second, … failure; the last one from then on
GIVE_UP = timedelta(days=1)
GATEWAY_TRIES = 5  # after a quarter of an hour a letter goes by mail
FORGOTTEN = {"to_email": "", "to_name": ""}  # of who was erased, once the letter that says so has left
KEPT = ("table", "id", "number")  # what stays of the contents when a letter is sent; links and words have no use any more


def claim(session: Session, worker_id: str, at: datetime, limit: int) -> list[int]:
    """Lease up to `limit` due letters to a worker, oldest first, and return their ids; commits.

    Of two workers that want the same letter, the UPDATE of one finds it free and that of the other does not. A worker has one batch in
    hand at a time: what else is leased to it was dropped when the database failed.
    """
    dropped = and_(Letter.lease_owner == worker_id, Letter.lease_until < at + LEASE - OWN)
    nobodys = or_(Letter.lease_until.is_(None), Letter.lease_until < at, dropped)
    free = (Letter.state == LetterState.QUEUED, Letter.next_try_at <= at, Letter.template.not_in(WISHES), nobodys)
    order = (Letter.next_try_at, Letter.id)
    ids = list(session.scalars(select(Letter.id).where(*free).order_by(*order).limit(limit)))
    until = at + LEASE
    if ids:
        _update(session, (Letter.id.in_(ids), *free), lease_owner=worker_id, lease_until=until)
        session.commit()
        mine = (Letter.id.in_(ids), Letter.lease_owner == worker_id, Letter.lease_until == until)
        ids = list(session.scalars(select(Letter.id).where(*mine).order_by(*order)))
    session.rollback()  # on SQLite even reading holds the write lock until the transaction ends
    return ids


def sent(session: Session, letter: Letter, worker_id: str, at: datetime) -> bool:
    """Mark a letter sent and forget its contents; return False where the lease was lost. Uncommitted, like the following."""
    kept = {key: letter.data[key] for key in KEPT if key in letter.data}
    return _finish(session, letter, worker_id, state=LetterState.SENT, sent_at=at, next_try_at=None, last_error=None, data=kept,
                   tries=letter.tries + 1, **_forgotten(letter))


def put_off(session: Session, letter: Letter, worker_id: str, at: datetime, error: str) -> bool:
    """Note a failure: try again after the next wait, or give up a day after the letter was queued.

    A letter that waited because no worker ran has its tries all the same. Returns whether it was given up.
    """
    if at >= letter.queued_at + GIVE_UP and letter.tries + 1 >= len(WAITS):
        return fail(session, letter, worker_id, error)
    wait = timedelta(minutes=WAITS[min(letter.tries, len(WAITS) - 1)])
    _finish(session, letter, worker_id, tries=letter.tries + 1, next_try_at=at + wait, last_error=error[:500])
    return False


def by_mail(session: Session, letter: Letter, worker_id: str, at: datetime, error: str) -> None:
    """Let a letter that the gateway did not take go by mail, at once."""
    _finish(session, letter, worker_id, channel=ContactChannel.EMAIL, tries=0, next_try_at=at, last_error=error[:500])


def fail(session: Session, letter: Letter, worker_id: str, error: str) -> bool:
    """Give a letter up, the reason on its row; links that open an account do not stay in the database."""
    secret = letter.template.startswith(PREFIX) or letter.data.get("forget")
    return _finish(session, letter, worker_id, state=LetterState.FAILED, tries=letter.tries + 1, next_try_at=None,
                   last_error=error[:500], **({"data": {}} if secret else {}), **_forgotten(letter))


def _forgotten(letter: Letter) -> dict[str, Any]:
    return FORGOTTEN if letter.data.get("forget") else {}


def release(session: Session, ids: Iterable[int], worker_id: str) -> None:
    """Give letters that are not tried after all back to whoever comes next."""
    mine = (Letter.id.in_(list(ids)), Letter.lease_owner == worker_id, Letter.state == LetterState.QUEUED)
    _update(session, mine, lease_owner=None, lease_until=None)


def _finish(session: Session, letter: Letter, worker_id: str, **values: Any) -> bool:
    mine = (Letter.id == letter.id, Letter.lease_owner == worker_id, Letter.state == LetterState.QUEUED)
    return _update(session, mine, **values, lease_owner=None, lease_until=None) == 1


def _update(session: Session, where: tuple[Any, ...], **values: Any) -> int:
    """Return how many letters were changed."""
    statement = update(Letter).where(*where).values(**values)
    return session.execute(statement, execution_options={"synchronize_session": False}).rowcount
