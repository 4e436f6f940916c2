"""Running numbers of complaints, customers and installations."""

from typing import Any

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, args, label


class Counter(HasId, db.Model):
    """The last number given out under a name, such as KL-202611."""

    __tablename__ = "counter"
    __label__: Any = _l("Number series")
    __labels__: Any = _l("Number series")
    __no_trail__ = True
    __table_args__ = args(CheckConstraint("value >= 0", name="value_not_negative"))

    name: Mapped[str] = mapped_column(String(20), unique=True, info=label(_l("Name")))
    value: Mapped[int] = mapped_column(default=0, info=label(_l("Last number")))

    def __str__(self) -> str:
        """Return name and value."""
        return f"{self.name} {self.value}"


def next_number(session: Session, name: str) -> int:
    """Return the next number under `name`, 1 for a new name; the row stays locked until the transaction ends.

    One statement makes the row or counts it up: to insert first and update then would let two people who are first in
    a new month wait for each other.
    """
    table = Counter.__table__
    if session.get_bind().dialect.name == "sqlite":
        count = sqlite.insert(table).values(name=name, value=1)
        count = count.on_conflict_do_update(index_elements=["name"], set_={"value": table.c.value + 1})
    else:
        count = mysql.insert(table).values(name=name, value=1).on_duplicate_key_update(value=table.c.value + 1)
    session.execute(count)
    return session.execute(select(table.c.value).where(table.c.name == name)).scalar_one()
