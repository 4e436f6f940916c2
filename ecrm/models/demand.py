"""Who would like to be connected where we cannot do it yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import Language
from ecrm.models.base import HasId, UtcDateTime, Versioned, args, label, now, words
from ecrm.models.branch import CoverageArea
from ecrm.models.installation import Installation


class Demand(HasId, Versioned, db.Model):
    """A wish for a connection in an area that is not covered, or at a place that belongs to no known area; told once when that changes."""

    __tablename__ = "demand"
    __label__: Any = _l("Demand")
    __labels__: Any = _l("Demand")
    __table_args__ = args(Index(None, "area_id", "told_at"), Index(None, "asked_at"), Index(None, "told_at"))

    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    phone: Mapped[str] = mapped_column(String(20), info=label(_l("Phone"), kind="phone"))
    email: Mapped[str | None] = mapped_column(String(254), info=label(_l("E-mail"), kind="email"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("coverage_area.id"), info=label(_l("Coverage area")))
    place: Mapped[str | None] = mapped_column(String(300), info=label(_l("Place, as it was written")))
    language: Mapped[Language] = mapped_column(words(Language, "demand_language"), default=Language.INDONESIAN, info=label(_l("Language")))
    agreed_wording: Mapped[str | None] = mapped_column(String(20), info=label(_l("Agreed to the use of the data (wording)")))
    installation_id: Mapped[int | None] = mapped_column(ForeignKey("installation.id"), index=True, info=label(_l("Application")))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, info=label(_l("Asked")))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, info=label(_l("Told")))

    area: Mapped[CoverageArea | None] = relationship(info=label(_l("Coverage area")))
    installation: Mapped[Installation | None] = relationship(back_populates="demand", info=label(_l("Application")))

    def __str__(self) -> str:
        """Return who asked."""
        return self.name
