"""Templates of replies with their places, and which help pages fit what somebody writes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import HelpPage, ReplyTemplate
from ecrm.rules.errors import FieldRefused

# The places of a template, in the staff's words: customer, number, subject, technician, due time, company, and the writer's own
# name. No other is filled in, so none can read anything else.
PLACES = ("nama", "nomor", "perihal", "teknisi", "batas", "perusahaan", "saya")
PLACE = re.compile(r"\{([^{}]*)\}")
MOST_SUGGESTED = 3
SHORTEST = 4  # letters of a word that says something
BY_CATEGORY = 3  # how much the category weighs, in words found


def check(row: ReplyTemplate) -> None:
    """Raise FieldRefused where a template has a place that nothing fills in, or a brace that stands alone."""
    known = ", ".join("{%s}" % name for name in PLACES)
    for name in PLACE.findall(row.text):
        if name not in PLACES:
            raise FieldRefused("text", _l("Nothing is known to fill in for {%(name)s}; there are %(known)s.", name=name[:40], known=known))
    if re.search("[{}]", PLACE.sub("", row.text)):
        raise FieldRefused("text", _l("A brace stands alone; there are %(known)s.", known=known))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a template with its places filled in; what is filled in is not looked at again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def words_of(text: str) -> set[str]:
    """Return the words of a text that say something."""
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST}


def suggested(pages: Iterable[HelpPage], text: str, category_id: int | None) -> list[HelpPage]:
    """Return the pages that fit what is written, the best first: of its category, or with its words in title or text, in either language."""
    wanted = words_of(text)

    def fits(page: HelpPage) -> int:
        found = words_of(" ".join((page.title, page.title_en, page.text, page.text_en)))
        return len(wanted & found) + len(wanted & words_of(f"{page.title} {page.title_en}")) + BY_CATEGORY * (page.category_id == category_id)

    ranked: list[tuple[int, Any]] = sorted(((fits(page), page) for page in pages), key=lambda pair: (-pair[0], pair[1].id))
    return [page for points, page in ranked if points][:MOST_SUGGESTED]
