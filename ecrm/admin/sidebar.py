"""What stands at the side of every page: the open work with its counts, then the tables, by what people do with them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import request
from flask_babel import get_locale

from ecrm.admin import look, pages, tiles
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models.account import RoleName

MOST = 999  # counted; what is more is not worth a long look into a large table
OPEN = 2  # groups of tables that stand open, the first of the role's; the others unfold

COMPLAINTS, VISITS, CUSTOMERS, OFFERS = _l("Complaints"), _l("Visits"), _l("Customers"), _l("Offers")
REPORTS, COMPANY, SYSTEM = _l("Reports"), _l("Company"), _l("System")
USUAL = (COMPLAINTS, CUSTOMERS, VISITS, OFFERS, REPORTS, COMPANY, SYSTEM)
FIRST = {  # the groups that a role uses most; the rest follows in the usual order
    RoleName.TECHNICIAN: (COMPLAINTS, VISITS),
    RoleName.SALES: (CUSTOMERS,),
    RoleName.MANAGER: (REPORTS,),
    RoleName.ADMINISTRATOR: (SYSTEM, COMPANY),
}
LETTERS = {  # g and the letter of a table lead there
    "complaint": "c", "customer": "p", "subscription": "s", "installation": "i", "visit": "v", "bandwidth_grant": "b", "promo_request": "q",
    "recaps": "r", "user": "a", "letter": "l", "step": "t",
}


@dataclass(frozen=True)
class Entry:
    """A link: `count` is what it counts, as text, `mark` how that looks, `letter` the key after g."""

    label: str
    url: str
    current: bool
    letter: str = ""
    count: str | None = None
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """Links under one heading; a `folded` one opens when it is clicked."""

    title: str
    entries: list[Entry] = field(default_factory=list)
    folded: bool = False


def sections(site: Any, view: Any) -> Iterator[Section]:
    """Yield the sections of a role's sidebar, as it stands on a page of `view`."""
    front, (groups, lists) = site.menu()[0], _of_the_day(site)
    work, wholes = list(_work(lists, view)), list(_overviews(site))
    counted = any(entry.current for entry in (*work, *wholes))
    yield Section(_("Overview"), [Entry(_("Overview"), front.get_url(), front.is_active(view), "h"), *wholes])
    if work:
        yield Section(_("To do"), work)
    for place, (title, links) in enumerate(groups):
        entries = [replace(entry, current=leads_to is view and not counted) for entry, leads_to in links]
        yield Section(title, entries, place >= OPEN and not any(entry.current for entry in entries))


def _of_the_day(site: Any) -> tuple[list[Any], list[Any]]:
    """Return what is the same on every page of a role: its groups of tables, and what is counted; made once a day for each language."""
    key = get_locale().language, look.today()
    if key not in site.sidebars:
        site.sidebars = {old: made for old, made in site.sidebars.items() if old[1] == key[1]} | {key: (list(_groups(site)), list(_lists(site, key[1])))}
    return site.sidebars[key]


def _groups(site: Any) -> Iterator[tuple[str, list[tuple[Entry, Any]]]]:
    """Yield the groups of tables in the reader's language, each link with the view that it leads to."""
    order = [str(title) for title in dict.fromkeys((*FIRST.get(site.role, ()), *USUAL))]
    for group in sorted((item for item in site.menu()[1:] if item.is_category()), key=lambda item: order.index(str(item.name))):
        yield str(group.name), [(_entry(item), item._view) for item in group.get_children()]


def _entry(item: Any) -> Entry:
    return Entry(str(item.name), item.get_url(), False, LETTERS.get(item._view.endpoint.partition("_")[2], ""))


def _overviews(site: Any) -> Iterator[Entry]:
    """Yield the pages on which a table is seen as a whole, for who may export it."""
    for screen in site._views:
        for name, label in getattr(screen, "overviews", ()):
            if screen.extra_needs[name] & screen.grant.may:
                yield Entry(str(label), screen.get_url(f"{screen.endpoint}.{name}"), request.endpoint == f"{screen.endpoint}.{name}")


def _work(lists: list[Any], view: Any) -> Iterator[Entry]:
    """Yield the open work of the role."""
    counts = pages.counts([(screen, wanted) for _tile, screen, wanted, _link in lists], MOST + 1)
    here = {name.partition("_")[2]: value for name, value in request.args.items() if name.startswith("flt")}
    listed = not request.args.get("search") and request.endpoint == f"{view.endpoint}.index_view"
    for (tile, screen, wanted, entry), count in zip(lists, counts, strict=True):
        if tile.rare and not count:
            continue
        text = f"{MOST}+" if count > MOST else str(count)
        mark = "is-zero" if not count else "is-alarm" if tile.alarm else ""
        yield replace(entry, current=listed and screen is view and here == wanted, count=text, mark=mark)


def _lists(site: Any, today: date) -> Iterator[tuple[tiles.Tile, Any, dict[str, str], Entry]]:
    """Yield each tile of the role's open work with its list and its link."""
    for tile in tiles.SIDEBAR[site.role]:
        screen, wanted = site.screen(tile.model), tile.wanted(today)
        yield tile, screen, wanted, Entry(str(tile.brief or tile.label), screen.list_address(wanted), False)
