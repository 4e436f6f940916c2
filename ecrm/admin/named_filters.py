"""Filters that are no column's: a name of their own in the address, and a condition."""

from collections.abc import Callable
from typing import Any

from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from sqlalchemy import not_

from ecrm.admin.filters import Filter, Flag


class Named(Filter):
    """A filter that is no column's: `name_in_address`, `title`, and the column that it `reads`."""

    name_in_address = ""
    title: Any = None

    def __init__(self, view: Any) -> None:
        """Filter the rows of the view."""
        self.key, self.view = self.name_in_address, view
        BaseSQLAFilter.__init__(self, view.model.id, name=self.title)


class Condition(Named, Flag):
    """Rows for which `condition()` holds, or those for which it does not.

    A subclass declares it as a staticmethod; a `lasting` one asks for the time and for ids when the statement runs, by present() and asked().
    """

    condition: Callable[[], Any]
    lasting = False

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        found = self.condition()
        return query.filter(found if value else not_(found))
