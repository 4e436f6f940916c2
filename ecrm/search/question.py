"""What is looked for, and what is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ecrm import fulltext


@dataclass(frozen=True)
class Found:
    """The rows that a search finds: a condition, the order of exactness where there are few, how many are worth counting, and how many there are at least.

    The last is known without the scope of the person.
    """

    condition: ColumnElement[bool]
    rank: Any = None
    most: int | None = None
    least: int = 0


@dataclass(frozen=True)
class Question:
    """What is looked for in which columns of which table, by whom.

    `scope` is the condition on the rows that exist for the person, `people` that on the customers by whom complaints are found.
    """

    session: Session
    model: Any
    columns: Sequence[str]
    scope: ColumnElement[bool]
    people: Any

    def column(self, name: str) -> Any:
        """Return a column of the table."""
        return getattr(self.model, name)

    def texts(self) -> list[Any]:
        """Return the columns with a full-text index, none where the role may not read all of them."""
        names = fulltext.TEXTS.get(self.model.__tablename__, ())
        return [self.column(name) for name in names] if set(names) <= set(self.columns) else []

    def any(self, condition: ColumnElement[bool]) -> bool:
        """Return whether a row that exists for the person fulfils a condition."""
        return self.session.scalar(select(self.model.id).where(condition, self.scope).limit(1)) is not None
