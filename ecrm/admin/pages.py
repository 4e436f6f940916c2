"""What the pages of every screen show beside the rows: links, counts, short lists of what belongs to a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g
from flask_login import current_user
from sqlalchemy import func, select

from ecrm import policy, standing
from ecrm.admin import look, story
from ecrm.admin.stretches import MOST_COUNTED
from ecrm.extensions import db

SHORT = 5  # rows of a short list, where it does not say


@dataclass(frozen=True)
class Belongs:
    """A short list on a row's page: the rows of `model` for which `where(row)` holds, with these columns.

    `filters` gives the filters of the whole list, `prefill` the arguments of the form of a new row; `order` (columns) is
    the newest first where it does not say.
    """

    model: Any
    columns: tuple[str, ...]
    where: Any
    filters: Any = None
    prefill: Any = None
    most: int = SHORT
    order: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Short:
    """A short list with its rows."""

    view: Any
    title: str
    columns: list[str]
    rows: list[Any]
    all_url: str | None
    new_url: str | None
    new_text: str
    back: str

    def url_of(self, row: Any) -> str:
        """Return the address of a row's page."""
        return self.view.get_url(f"{self.view.endpoint}.details_view", id=row.id, url=self.back)


@dataclass(frozen=True)
class Link:
    """A button that leads elsewhere."""

    text: str
    url: str


def counts(lists: Sequence[tuple[Any, dict[str, str]]], most: int = MOST_COUNTED + 1) -> Sequence[int]:
    """Return how many rows each of the lists (screen, filters) has, up to `most`: one query, and of each only the rows it needs."""
    return db.session.execute(counting(lists, most)).one() if lists else ()


def counting(lists: Sequence[tuple[Any, dict[str, str]]], most: int) -> Any:
    """Return the SELECT of these counts; one that lasts is made once, for to make it takes longer than to count."""
    known, key = lists[0][0].admin.counting, (most, *((screen.endpoint, *wanted.items()) for screen, wanted in lists))
    lasting = all(screen.lasts(wanted) for screen, wanted in lists)
    if lasting and key in known:
        return known[key]
    made = select(*(screen.counting(wanted, most) for screen, wanted in lists))
    if lasting:
        known[key] = made
    return made


class Pages:
    """The part of a screen that its templates ask.

    A subclass declares: `belongs` (short lists on a row's page) and `reach` (the columns of telephone and address).
    """

    # What Flask-Admin and the rest of the screen bring.
    admin: Any
    model: Any
    endpoint: str
    columns: tuple[str, ...]
    details: tuple[str, ...]
    column_labels: dict[str, Any]
    column_searchable_list: list[str]
    allowed: Any
    _filter_args: Any
    _get_filters: Any
    grant: Any

    belongs: tuple[Belongs, ...] = ()
    reach: tuple[str, ...] = ()

    def row_class(self, row: Any) -> str:
        """Return the classes of a row in a list."""
        return ""

    def links(self, row: Any) -> list[Link]:
        """Return the buttons of a row's page that lead elsewhere."""
        return []

    def history(self, row: Any) -> list[story.Event]:
        """Return the history of a row, with the changes of the columns that its page shows."""
        return story.of(row, self, tuple(name for name in (*self.columns, *self.details) if "." not in name))

    def contact(self, row: Any) -> list[Any]:
        """Return telephone and address of a row, for the buttons that call and find; none where the role sees neither."""
        return [getattr(row, name) for name in self.allowed(self.reach)]

    def picture(self, row: Any) -> str | None:
        """Return the address of a row's picture, None where it has none."""
        return None

    def searched(self) -> str:
        """Return the names of the columns that the search box reads."""
        return ", ".join(str(self.column_labels[name]) for name in (*self.column_searchable_list, *self.allowed(self.search_also)))

    def sibling(self, model: Any) -> Any:
        """Return the screen of another table on the same site, None where the role has none."""
        return self.admin.screen(model)

    # Counting and finding

    def filters_of(self, wanted: dict[str, str]) -> list[tuple[int, Any, str]]:
        """Return Flask-Admin's form of filters {key: value}."""
        known = self._filter_args
        return [(known[key][0], known[key][1].name, value) for key, value in wanted.items()]

    def get_url(self, endpoint: str, **arguments: Any) -> str:
        """Return the address of an endpoint; that of a list is made once for a page, which names it twenty times, and a dashboard a thousand."""
        if endpoint not in (".index_view", f"{self.endpoint}.index_view") or any(name.startswith("_") for name in arguments):
            return super().get_url(endpoint, **arguments)  # type: ignore[misc]
        known: dict[str, str] = g.setdefault("list_addresses", {})
        if self.endpoint not in known:
            known[self.endpoint] = super().get_url(f"{self.endpoint}.index_view")  # type: ignore[misc]
        asked = urlencode({name: value for name, value in arguments.items() if value is not None}, doseq=True)
        return f"{known[self.endpoint]}?{asked}" if asked else known[self.endpoint]

    def list_address(self, wanted: dict[str, str]) -> str:
        """Return the address of the list with these filters."""
        return self.get_url(".index_view", **(self._get_filters(self.filters_of(wanted)) or {"view": "all"}))

    def lasts(self, wanted: dict[str, str]) -> bool:
        """Return whether the list with these filters is asked for in the same words by every reader at any time."""
        # "none" of a related table is the same for everybody; one of its rows is asked for first, and may be gone.
        return all(self._filter_args[key][1].lasting or value == "none" for key, value in wanted.items())

    def counting(self, wanted: dict[str, str], most: int) -> Any:
        """Return how many rows the list with these filters has, up to `most`, as an expression."""
        found = select(self.model.id).where(standing.scope(self.model, self.role))
        for key, value in wanted.items():
            condition = self._filter_args[key][1]
            found = condition.apply(found, condition.clean(value))
        return select(func.count()).select_from(found.limit(most).subquery()).scalar_subquery()

    # Short lists

    def short_lists(self, row: Any) -> list[Short]:
        """Return the short lists of a row's page, those of tables that the role may see."""
        return [self._short(wanted, row) for wanted in self.belongs if self.sibling(wanted.model)]

    def _short(self, wanted: Belongs, row: Any) -> Short:
        view = self.sibling(wanted.model)
        query = policy.visible(wanted.model, view.role, current_user).where(wanted.where(row))
        rows = list(db.session.scalars(query.order_by(*(wanted.order or (wanted.model.id.desc(),))).limit(wanted.most + 1)))
        back = self.get_url(".details_view", id=row.id)
        may_add = wanted.prefill is not None and view.can_create
        return Short(
            view=view, title=str(wanted.model.__labels__), columns=view.allowed(wanted.columns), rows=rows[:wanted.most],
            all_url=view.list_address(wanted.filters(row)) if len(rows) > wanted.most and wanted.filters else None,
            new_url=view.get_url(f"{view.endpoint}.create_view", url=back, **wanted.prefill(row)) if may_add else None,
            new_text=look.new(wanted.model), back=back,
        )


def the_only(query: Any) -> Any:
    """Return the row of a SELECT that has just one, else None."""
    rows = list(db.session.scalars(query.limit(2)))
    return rows[0] if len(rows) == 1 else None
