"""What people call the words that columns keep for the code: tables, actions, roles, letters, jobs and recaps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ecrm import jobs
from ecrm.admin.filters import Filter
from ecrm.i18n import lazy_gettext as _l
from ecrm.letters import naming
from ecrm.models import TABLES, Job, Letter, Recap, Role, SavedView, Step
from ecrm.models.account import RoleName
from ecrm.reports import recaps
from ecrm.rules import LIFECYCLES

ACTIONS = {"create": _l("Entered"), "update": _l("Changed"), "delete": _l("Deleted")}


@dataclass(frozen=True)
class Codes:
    """The words of a column: `all()` gives them, `text(word)` says one in the reader's language."""

    all: Callable[[], Iterable[str]]
    text: Callable[[str], Any]

    def cell(self, view: Any, _context: Any, row: Any, name: str) -> str:
        """Return the text of a cell, as Flask-Admin's formatters do."""
        word = view._get_field_value(row, name)
        return str(self.text(word)) if word else ""

    def choices(self) -> list[tuple[str, str]]:
        """Return (word, text) of all words, by their texts."""
        return sorted(((word, str(self.text(word))) for word in self.all()), key=lambda pair: pair[1].lower())


def _of(names: Callable[[], dict[str, Any]]) -> Codes:
    return Codes(lambda: list(names()), lambda word: names().get(word, word))


def _actions() -> dict[str, Any]:
    return {verb.name: verb.label for life in LIFECYCLES.values() for verb in life.verbs} | ACTIONS


TABLE = _of(lambda: {word: model.__label__ for word, model in TABLES.items()})
ACTION = _of(_actions)
ROLE = _of(lambda: {role.value: role.label for role in RoleName})
LETTER = Codes(naming.templates, naming.name)
JOB = _of(lambda: {job.name: job.label for job in jobs.JOBS})
RECAP = _of(lambda: {recap.kind: recap.title for recap in recaps.RECAPS})
WORDS: dict[type, dict[str, Codes]] = {  # the columns that keep such words; lists, pages, filters and the trail say them alike
    Recap: {"kind": RECAP}, Role: {"name": ROLE}, Letter: {"template": LETTER}, Step: {"table": TABLE, "action": ACTION}, Job: {"name": JOB},
    SavedView: {"table": TABLE},
}


class Code(Filter):
    """One of the words that a column keeps for the code, chosen by what people call it."""

    kind = "select"

    def choices(self) -> list[tuple[str, str]]:
        """Return the words."""
        return self.view.coded[self.key].choices()

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(self.column == value)
