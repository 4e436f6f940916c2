"""What the rows behind the figures are called."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import User


def of(session: Session, model: Any) -> dict[int, str]:
    """Return the rows of a small table, id → text, in the order of their texts."""
    return dict(sorted(((row.id, str(row)) for row in session.scalars(select(model))), key=lambda item: item[1].lower()))


def of_people(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Return the names of accounts, id → name, in the order of the names."""
    query = select(User.id, User.name, User.email).where(User.id.in_(ids)).order_by(User.name, User.id)
    return {number: name or email for number, name, email in session.execute(query)}
