"""Acts on many rows, each in its own transaction: what breaks, or was done by somebody faster, keeps nothing else waiting."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from ecrm.rules.errors import NotNow

log = logging.getLogger(__name__)
DATABASE_AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Hand:
    """Who does a job: a name that no other worker has, and the question whether to stop, asked between two rows."""

    worker_id: str
    stop: Callable[[], bool] = lambda: False


def each(session: Session, model: Any, due: Select[Any], hand: Hand, act: Callable[[Any], Any], name: str, first: Any = None) -> int:
    """Act on every row that is due, in the order of `first` (else of the ids), and return on how many; `name` is for the log.

    Raises what tells that the database is away.
    """
    ids = list(session.scalars(due.with_only_columns(model.id).order_by(model.id if first is None else first)))
    session.rollback()
    done = 0
    for row_id in ids:
        if hand.stop():
            break
        done += _act_on_one(session, due.where(model.id == row_id), act, name)
    return done


def _act_on_one(session: Session, due: Select[Any], act: Callable[[Any], Any], name: str) -> bool:
    """Act on one row if it is still due, and return whether it was; a row that breaks is logged and left for next time."""
    try:
        row = session.scalars(due).one_or_none()
        if row is None:
            session.rollback()
            return False
        act(row)
        session.commit()
        return True
    except (NotNow, StaleDataError, IntegrityError):  # somebody, or another worker, was faster
        session.rollback()
    except DATABASE_AWAY:
        session.rollback()
        raise
    except Exception:  # nothing is decided here: one broken row must not keep the others waiting
        session.rollback()
        log.exception("%s could not be done: %s", name, due.compile().params)
    return False
