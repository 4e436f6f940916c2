"""Answers that are written again and again, with places to fill in."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.account import Language
from ecrm.models.base import HasId, Versioned, args, label, words
from ecrm.models.category import ComplaintCategory


class ReplyTemplate(HasId, Versioned, db.Model):
    """A text for replies in one language, for one category or all; {places} are filled in on the complaint's page."""

    __tablename__ = "reply_template"
    __label__: Any = _l("Reply template")
    __labels__: Any = _l("Reply templates")
    __table_args__ = args(UniqueConstraint("name", "language"), Index(None, "category_id"))

    name: Mapped[str] = mapped_column(String(100), info=label(_l("Name")))
    language: Mapped[Language] = mapped_column(words(Language, "template_language"), default=Language.INDONESIAN, info=label(_l("Language")))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("complaint_category.id"), info=label(_l("Category")))
    text: Mapped[str] = mapped_column(Text, info=label(_l("Text")))
    active: Mapped[bool] = mapped_column(default=True, info=label(_l("Active")))

    category: Mapped[ComplaintCategory | None] = relationship(info=label(_l("Category")))

    def __str__(self) -> str:
        """Return the name."""
        return self.name
