"""Running numbers of complaints, customers and installations."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ecrm.extensions import db
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
    """Return the next number under `name`, 1 for a new name; the row stays locked until the transaction ends."""
    table = Counter.__table__
    count = table.update().where(table.c.name == name).values(value=table.c.value + 1)
    if not session.execute(count).rowcount:
        begin = table.insert().values(name=name, value=0)
        session.execute(begin.prefix_with("IGNORE", dialect="mysql").prefix_with("OR IGNORE", dialect="sqlite"))
        session.execute(count)
    return session.execute(select(table.c.value).where(table.c.name == name)).scalar_one()
