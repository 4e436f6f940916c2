"""The order of a list in stretches that an index reads each, and the way to any place in it without reading what lies before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, true

from ecrm.extensions import db

MOST_COUNTED = 10_000  # rows that a list counts and gives page numbers; beyond them lead "next" and "last"


@dataclass(frozen=True)
class Stretch:
    """The rows of a list for which `where` holds, in the order of (column, descending) pairs, the last of which tells all rows apart.

    An order by expressions has no place that one could go on from: it is not `keyed`.
    """

    order: tuple[tuple[Any, bool], ...]
    where: ColumnElement[bool] = true()
    keyed: bool = True

    def of(self, query: Any) -> Any:
        """Return a query's rows of this stretch, in order."""
        return query.filter(self.where).order_by(*(column.desc() if down else column for column, down in self.order))

    def back(self) -> "Stretch":
        """Return the same rows from the last to the first."""
        return replace(self, order=tuple((column, not down) for column, down in self.order))

    def behind(self, values: Sequence[Any]) -> "list[Stretch]":
        """Return the stretches of the rows behind one with these values: the same in all columns but the last, then in all but two …

        Each of them is one range of an index that begins with the columns, on every database.
        """
        rest = []
        for place in reversed(range(len(self.order))):
            same = [column == value for (column, _down), value in zip(self.order[:place], values, strict=False)]
            rest.append(Stretch(self.order[place:], and_(self.where, *same, _beyond(*self.order[place], values[place]))))
        return rest


def _beyond(column: Any, down: bool, value: Any) -> ColumnElement[bool]:
    """Return the condition that a column comes after a value; both databases sort NULL before everything."""
    if value is None:
        return false() if down else column.is_not(None)
    if not down:
        return column > value
    return or_(column < value, column.is_(None)) if column.property.columns[0].nullable else column < value


def take(query: Any, stretches: Sequence[Stretch], size: int, offset: int = 0) -> list[int]:
    """Return the ids of `size` rows of a query after the first `offset`."""
    found: list[int] = []
    for number, stretch in enumerate(stretches, 1):
        ids = stretch.of(query).with_entities(_id(query)).limit(size - len(found))
        found += [row.id for row in (ids.offset(offset) if offset else ids)]
        if len(found) >= size:
            break
        if offset and number < len(stretches):
            offset = 0 if found else offset - counted(query.filter(stretch.where), offset)
    return found


def behind(query: Any, stretches: Sequence[Stretch], row: Any) -> list[Stretch]:
    """Return what comes after a row, which may have left the query meanwhile."""
    for number, stretch in enumerate(stretches):
        columns = [column for column, _down in stretch.order]
        values = query.filter(_id(query) == row, stretch.where).with_entities(*columns).one_or_none()
        if values is not None:
            return [*stretch.behind(values), *stretches[number + 1:]]
    return list(stretches)


def reverse(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches from the last row to the first."""
    return [stretch.back() for stretch in reversed(stretches)]


def counted(query: Any, most: int) -> int:
    """Return how many rows a query has, at most `most` of them: more are not looked at."""
    rows = query.order_by(None).with_entities(_id(query)).limit(most).subquery()
    return db.session.query(func.count()).select_from(rows).scalar()


def _id(query: Any) -> Any:
    return query.column_descriptions[0]["entity"].id
