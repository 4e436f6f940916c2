"""Days whose finished complaints are counted, so that reports add up days instead of complaints."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.dialects.mysql import MEDIUMBLOB
from sqlalchemy.orm import Mapped, mapped_column

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, args, label

BYTES = LargeBinary().with_variant(MEDIUMBLOB(), "mysql", "mariadb")  # a BLOB there ends with the minutes of 8,000 complaints


class CountedDay(HasId, db.Model):
    """A day's figures of the complaints that are no longer unsolved, or, without `counted`, a mark that the day must be counted anew.

    Marks are only added, in the transaction of the change, so that people who write at once never wait for each other; the
    worker counts the day and takes its marks away (ecrm/reports/counted/). `hours` is how far the day's clock is ahead of UTC.
    `once` is what programs before revision 0038 fill, whose figures nobody else reads; ours are marks to them. Servers that are
    renewed one after the other so read each other's days from the rows. It goes when none of them can be running any more.
    """

    __tablename__ = "counted_day"
    __label__: Any = _l("Counted day")
    __labels__: Any = _l("Counted days")
    __no_trail__ = True
    __table_args__ = args(Index(None, "hours", "day"), Index(None, "day", "id"))

    day: Mapped[date] = mapped_column(info=label(_l("Day")))
    hours: Mapped[int] = mapped_column(info=label(_l("Hours ahead of UTC")))
    once: Mapped[str | None] = mapped_column(String(20), unique=True, info=label(_l("Counted by an older version")))
    counted: Mapped[str | None] = mapped_column(String(20), unique=True, info=label(_l("Counted under")))
    moves: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), info=label(_l("Entered, resolved and ended")))
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), info=label(_l("Figures of those entered")))
    minutes: Mapped[bytes | None] = mapped_column(BYTES, info=label(_l("Minutes of those entered")))

    def __str__(self) -> str:
        """Return the day."""
        return str(self.day)
