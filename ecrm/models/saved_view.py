"""Filters of a list that a person keeps under a name."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import RoleName, User
from ecrm.models.base import HasId, Versioned, args, label, words


class SavedView(HasId, Versioned, db.Model):
    """A list of one table on one role's site: its filters, search and order as the address says them."""

    __tablename__ = "saved_view"
    __label__: Any = _l("Saved view")
    __labels__: Any = _l("Saved views")
    __no_trail__ = True  # what a person keeps for themselves is nobody's business, and changes no work
    __table_args__ = args(UniqueConstraint("owner_id", "role", "table", "name"), Index(None, "role", "shared"))

    name: Mapped[str] = mapped_column(String(60), info=label(_l("Name")))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), info=label(_l("Owner")))
    role: Mapped[RoleName] = mapped_column(words(RoleName, "view_role"), info=label(_l("Role")))
    table: Mapped[str] = mapped_column(String(40), info=label(_l("Table")))
    query: Mapped[str] = mapped_column(String(1000), default="", info=label(_l("Filters")))
    shared: Mapped[bool] = mapped_column(default=False, info=label(_l("Shared with my role")))

    owner: Mapped[User] = relationship(info=label(_l("Owner")))

    def __str__(self) -> str:
        """Return its name."""
        return self.name
