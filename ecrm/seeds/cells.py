"""What the text of one cell means: numbers, dates, words, telephone numbers, each with a reason where it is none."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models.base import Labelled, Priority
from ecrm.rules.phone import e164

Parse = Callable[[str], Any]
LARGEST = 2_000_000_000  # below what a whole number holds in MariaDB
YES = frozenset({"yes", "ya", "y", "true", "benar", "1"})
NO = frozenset({"no", "tidak", "n", "false", "salah", "0"})
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
SHORTENED = _l("The spreadsheet has shortened this number; format the column as text.")


class BadCell(ValueError):
    """A cell does not hold what its column needs; the text is the reason, for the person."""


def text(longest: int | None = None) -> Parse:
    """Return the parser of a text of at most `longest` characters."""

    def parse(cell: str) -> str:
        if longest and len(cell) > longest:
            raise BadCell(_("The text has %(length)s characters; %(longest)s fit.", length=len(cell), longest=longest))
        return cell

    return parse


def whole(least: int) -> Parse:
    """Return the parser of a whole number from `least` up; 350000 and 350.000 are the same."""

    def parse(cell: str) -> int:
        bare = cell.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", cell) else cell
        if not re.fullmatch(r"-?[0-9]{1,20}", bare):
            raise BadCell(_("“%(cell)s” is not a whole number.", cell=cell))
        if not least <= int(bare) <= LARGEST:
            raise BadCell(_("%(cell)s is outside %(least)s to %(largest)s.", cell=cell, least=least, largest=LARGEST))
        return int(bare)

    return parse


def day(cell: str) -> date:
    """Return the date of 2026-12-31 or 31/12/2026."""
    for form in DAYS:
        try:
            found = datetime.strptime(cell, form).date()
        except ValueError:
            continue
        if 1990 <= found.year <= 2100:
            return found
    raise BadCell(_("“%(cell)s” is not a date; write 2026-12-31 or 31/12/2026.", cell=cell))


def hour(cell: str) -> time:
    """Return the time of day of 08:00, 8:00 or 08.00."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", cell)
    if not found:
        raise BadCell(_("“%(cell)s” is not a time; write 08:00.", cell=cell))
    return time(int(found[1]), int(found[2]))


def yes_no(cell: str) -> bool:
    """Return the truth of yes, no, ya, tidak and what spreadsheets write."""
    if cell.lower() in YES | NO:
        return cell.lower() in YES
    raise BadCell(_("“%(cell)s” is neither yes nor no.", cell=cell))


def choice(known: dict[str, Any]) -> Parse:
    """Return the parser of a word among the keys of `known`, in capitals or not; gives the value."""
    lower = {word.lower(): value for word, value in known.items()}

    def parse(cell: str) -> Any:
        if cell.lower() not in lower:
            raise BadCell(_("“%(cell)s” is not one of %(known)s.", cell=cell, known=", ".join(known) or "–"))
        return lower[cell.lower()]

    return parse


def word(kind: type[Labelled]) -> Parse:
    """Return the parser of the stored words of an enum."""
    return choice({member.value: member for member in kind})


priority = choice({member.name.lower(): member for member in Priority})


def phone(cell: str) -> str:
    """Return a telephone number as E.164."""
    if re.search(r"\dE\+?\d", cell, re.IGNORECASE):
        raise BadCell(str(SHORTENED))
    number = e164(cell)
    if number is None:
        raise BadCell(_("“%(cell)s” is not a telephone number; write it like 0812 3456 7890.", cell=cell))
    return number


def several(parse: Parse) -> Parse:
    """Return the parser of words separated by blanks or commas; gives a list without repetitions."""

    def parse_all(cell: str) -> list[Any]:
        found: list[Any] = []
        for one in re.split(r"[\s,;|]+", cell.strip()):
            value = parse(one)
            if value not in found:
                found.append(value)
        return found

    return parse_all
