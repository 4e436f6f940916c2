"""Column types, mixins and labels that the models share."""

import enum
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, DateTime, Dialect, Enum, Integer, SmallInteger, TypeDecorator, bindparam
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from ecrm.extensions import MYSQL
from ecrm.i18n import lazy_gettext

NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # sorts last in an index, where NULL would come first


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def label(text: Any, **more: Any) -> dict[str, Any]:
    """Return the `info` of a column or relation: what people call it, and what forms and exports must know.

    `secret=True` keeps the value out of every page and of the trail; `least` and `greatest` bound a number;
    `kind` is "phone", "email", "nik" or "postcode".
    """
    return {"label": text, **more}


def args(*constraints: Any) -> tuple[Any, ...]:
    """Return __table_args__ of the constraints and indexes, with the options that every table has on MariaDB."""
    return (*constraints, MYSQL)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, naive UTC with microseconds in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return DATETIME(6) on MariaDB, whose plain DATETIME cuts the fraction off."""
        return dialect.type_descriptor(DATETIME(fsp=6) if dialect.name in ("mysql", "mariadb") else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into naive UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn naive UTC into an aware moment."""
        return None if value is None else value.replace(tzinfo=UTC)


class _Asked(UtcDateTime):
    """The type of present() alone.

    SQLAlchemy finds what it has compiled by the types of the parameters, and not by whether their values are asked for: a
    statement that was compiled with a moment itself would never ask.
    """

    cache_ok = True


def present(ago: timedelta = timedelta(0)) -> BindParameter[datetime]:
    """Return the moment `ago` before a statement runs, for one that is made once; for one that runs now, now() says it."""
    return bindparam("present", type_=_Asked(), unique=True, callable_=lambda: now() - ago)


class _AskedNumber(Integer):
    """The type of asked() alone, as _Asked is of present()."""

    cache_ok = True


def asked(what: Callable[[], Any], several: bool = False) -> BindParameter[int]:
    """Return a whole number, or a list of `several` for in_(), that is asked for when a statement runs, for one that is made once."""
    return bindparam("asked", type_=_AskedNumber(), unique=True, callable_=what, expanding=several)


class Labelled(str, enum.Enum):
    """An enum of short words whose members carry a translatable label."""

    label: Any

    def __new__(cls, value: str, text: Any) -> "Labelled":
        """Make the member of its stored word and its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = text
        return member

    def __str__(self) -> str:
        """Return the label in the reader's language."""
        return str(self.label)


class Priority(enum.IntEnum):
    """How urgent; the number sorts, 1 first."""

    URGENT = 1
    HIGH = 2
    NORMAL = 3
    LOW = 4

    @property
    def label(self) -> Any:
        """Return what people call it."""
        return _PRIORITY_LABELS[self]

    def __str__(self) -> str:
        """Return the label in the reader's language."""
        return str(self.label)


_l = lazy_gettext
_PRIORITY_LABELS = {
    Priority.URGENT: _l("Urgent"),
    Priority.HIGH: _l("High"),
    Priority.NORMAL: _l("Normal"),
    Priority.LOW: _l("Low"),
}


class PriorityType(TypeDecorator[Priority]):
    """A Priority, stored as its number so that an index sorts by urgency."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Store the number."""
        return None if value is None else int(Priority(int(value)))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Priority | None:
        """Return the member."""
        return None if value is None else Priority(value)


def words(kind: type[Labelled], name: str) -> Enum:
    """Return the column type of a Labelled enum: its word in a VARCHAR(20), checked by the database."""
    return Enum(
        kind, name=name, native_enum=False, length=20, create_constraint=True, values_callable=lambda e: [m.value for m in e]
    )


class HasId:
    """A whole-number primary key, and the columns that str() of a row reads: a list of other rows loads no more of it; all where it does not say."""

    __named_by__: tuple[str, ...] = ()

    id: Mapped[int] = mapped_column(primary_key=True, info=label(_l("ID")), sort_order=-1)


class Versioned:
    """A row version: the second of two writers is refused (the form carries it too, design trap 19)."""

    version: Mapped[int] = mapped_column(nullable=False, default=1, info=label(_l("Version")), sort_order=90)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Tell SQLAlchemy which column counts the writes."""
        return {"version_id_col": cls.__table__.c.version}
