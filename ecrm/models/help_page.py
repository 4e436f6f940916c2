"""What customers can try themselves, by category."""

from typing import Any

from flask_babel import get_locale
from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import HasId, Versioned, args, label
from ecrm.models.category import ComplaintCategory


class HelpPage(HasId, Versioned, db.Model):
    """Plain text in both languages that the portal suggests while a complaint is written; `helped` counts “this solved it”."""

    __tablename__ = "help_page"
    __label__: Any = _l("Help page")
    __labels__: Any = _l("Help pages")
    __table_args__ = args(CheckConstraint("helped >= 0", name="helped_not_negative"))

    category_id: Mapped[int] = mapped_column(ForeignKey("complaint_category.id"), index=True, info=label(_l("Category")))
    title: Mapped[str] = mapped_column(String(150), info=label(_l("Title (Indonesian)")))
    title_en: Mapped[str] = mapped_column(String(150), info=label(_l("Title (English)")))
    text: Mapped[str] = mapped_column(Text, info=label(_l("Text (Indonesian)")))
    text_en: Mapped[str] = mapped_column(Text, info=label(_l("Text (English)")))
    published: Mapped[bool] = mapped_column(default=False, info=label(_l("Published")))
    helped: Mapped[int] = mapped_column(default=0, info=label(_l("Solved it")))

    category: Mapped[ComplaintCategory] = relationship(info=label(_l("Category")))

    @property
    def words(self) -> str:
        """Return the text in the reader's language."""
        return self.text_en if str(get_locale()) == "en" else self.text

    def __str__(self) -> str:
        """Return the title in the reader's language."""
        return self.title_en if str(get_locale()) == "en" else self.title
