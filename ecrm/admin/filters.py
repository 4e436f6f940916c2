"""List filters, one for each column, chosen by the column's type; the same names in every language."""

from datetime import datetime, time, timedelta
from typing import Any

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from sqlalchemy import Boolean, Date, Enum, Integer
from sqlalchemy.orm import RelationshipProperty

from ecrm import formats, search
from ecrm.admin import look, lookup
from ecrm.i18n import gettext as _
from ecrm.models import User
from ecrm.models.base import Priority, PriorityType, UtcDateTime

EARLIEST = 1900  # year; before the first of all moments there are none on other clocks


class Filter(BaseSQLAFilter):
    """A filter on one column: `key` names it in the URL, `kind` the control that the page shows."""

    kind = "text"
    reads = "id"  # the column that one of a screen's more_filters reads
    lasting = False  # whether the values are few, and the words of their condition the same for every reader at any time

    def __init__(self, view: Any, key: str) -> None:
        """Filter the column or relation `key` of the view's model."""
        self.key, self.view = key, view
        super().__init__(getattr(view.model, key), name=view.column_labels[key])

    def operation(self) -> str:
        """Return the key: one filter has one operation."""
        return self.key

    def get_options(self, view: Any) -> None:
        """Return nothing when the view is made; choices() asks when the page is drawn (design, trap 11)."""

    def choices(self) -> list[tuple[str, str]]:
        """Return (value, text) of the choices, none for a text field."""
        return []

    def clean(self, value: str) -> Any:
        """Return the parsed value; raises ValueError."""
        return value.strip()[:100]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(search.contains(self.column, value))

    def shown(self, value: str) -> str:
        """Return the text of a chosen value, for the chip above the list."""
        return next((text for choice, text in self.choices() if choice == value), value)


class Choice(Filter):
    """One of the members of an enum."""

    kind, lasting = "select", True

    def choices(self) -> list[tuple[str, str]]:
        """Return the members."""
        return [(str(member.value), str(member.label)) for member in self._members()]

    def _members(self) -> list[Any]:
        kind = self.column.type
        return list(Priority) if isinstance(kind, PriorityType) else list(kind.enum_class)

    def clean(self, value: str) -> Any:
        """Return the member."""
        for member in self._members():
            if str(member.value) == value:
                return member
        raise ValueError(value)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column == value)


class StatusChoice(Choice):
    """A status, or "unsolved" for all that still need somebody, or "solved"."""

    def choices(self) -> list[tuple[str, str]]:
        """Return "unsolved" and "solved", then the members."""
        return [("unsolved", _("Unsolved")), ("solved", _("Solved")), *super().choices()]

    def clean(self, value: str) -> Any:
        """Return the statuses."""
        return list(getattr(self.view, value)) if value in ("unsolved", "solved") else [super().clean(value)]

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column.in_(value))


class Flag(Filter):
    """Yes or no."""

    kind, lasting = "select", True

    def choices(self) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("1", _("Yes")), ("0", _("No"))]

    def clean(self, value: str) -> bool:
        """Return the truth value."""
        if value not in ("0", "1"):
            raise ValueError(value)
        return value == "1"

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column.is_(value))


class Number(Filter):
    """A whole number."""

    kind = "number"

    def clean(self, value: str) -> int:
        """Return the number."""
        number = int(value)
        if abs(number) > 2**31 - 1:
            raise ValueError(value)
        return number

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column == value)


class Days(Filter):
    """A day, or "first..last", in local time."""

    kind = "days"

    def clean(self, value: str) -> tuple[Any, Any]:
        """Return the first day and the day after the last, as dates or as moments."""
        first, _dots, last = value.partition("..")
        begin = datetime.strptime(first or "1970-01-01", "%Y-%m-%d").date()
        end = datetime.strptime(last, "%Y-%m-%d").date() if last else (begin if not _dots else datetime(9000, 1, 1).date())
        if end < begin or begin.year < EARLIEST or end.year > 9000:
            raise ValueError(value)
        end += timedelta(days=1)
        if isinstance(self.column.type, Date):
            return begin, end
        zone = look.zone()
        return datetime.combine(begin, time(), zone), datetime.combine(end, time(), zone)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column >= value[0], self.column < value[1])

    def shown(self, value: str) -> str:
        """Return the days as people write them, an open end as a dash."""
        first, dots, last = value.partition("..")
        begin, end = (formats.day(datetime.strptime(day, "%Y-%m-%d")) if day else "" for day in (first, last))
        return f"{begin} – {end}".strip() if dots else begin


class Related(Filter):
    """A row of a related table that the role may see, or "none"."""

    kind = "select"

    def __init__(self, view: Any, key: str) -> None:
        """Filter by the foreign key of the relation `key`."""
        super().__init__(view, key)
        relation = getattr(view.model, key).property
        self.remote = relation.mapper.class_
        self.column = getattr(view.model, relation.local_remote_pairs[0][0].key)

    def choices(self) -> list[tuple[str, str]]:
        """Return the related rows in scope."""
        found = lookup.people(self.key) if self.remote is User else lookup.named(self.remote)
        blank = [("none", _("none")), ("any", _("any of them"))] if self.column.nullable else []
        return blank + lookup.choices(found, self.remote, self.view.role)

    def clean(self, value: str) -> int | str | None:
        """Return the id, None for "none", "any"; raises ValueError for a row out of scope, which must not be an oracle."""
        if value in ("none", "any"):
            return None if value == "none" else value
        number = lookup.whole(value)
        if number is None or not lookup.query(self.remote, self.view.role).filter(self.remote.id == number).count():
            raise ValueError(value)
        return number

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column.is_(None) if value is None else self.column.is_not(None) if value == "any" else self.column == value)

    def shown(self, value: str) -> str:
        """Return the related row's text."""
        if value == "any":
            return _("any of them")
        row = None if value == "none" else lookup.query(self.remote, self.view.role).filter(self.remote.id == value).one_or_none()
        return _("none") if row is None else str(row)


KINDS: tuple[tuple[type, type[Filter]], ...] = (
    (PriorityType, Choice), (Enum, Choice), (Boolean, Flag), (Date, Days), (UtcDateTime, Days), (Integer, Number),
)


def make(view: Any, key: str) -> Filter:
    """Return the filter for a column or relation of the view's model."""
    prop = getattr(view.model, key).property
    if isinstance(prop, RelationshipProperty):
        return Related(view, key)
    if key == "status" and getattr(view, "unsolved", None):
        return StatusChoice(view, key)
    kind = prop.columns[0].type
    return next((found for type_, found in KINDS if isinstance(kind, type_)), Filter)(view, key)
