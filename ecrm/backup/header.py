"""What stands first in an archive, and the names of its members."""

from dataclasses import dataclass
from typing import Any

from ecrm.backup.tables import Shape

FORMAT = 1
HEADER, SETTINGS, ROWS = "backup.json", "settings.json", "rows/"


@dataclass(frozen=True)
class Header:
    """What stands first in an archive: who wrote it, when, at which revision, and the shape of its tables."""

    program: str
    revision: str
    made_at: str
    secrets: dict[str, str]
    tables: list[dict[str, Any]]
    next_ids: dict[str, int]
    format: int = FORMAT

    @property
    def shapes(self) -> list[Shape]:
        """Return the tables in the order in which they are filled."""
        return [Shape(one["name"], one["columns"], tuple(one["key"])) for one in self.tables]
