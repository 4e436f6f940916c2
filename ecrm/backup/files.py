"""Which files of the store the rows speak of, noted while the rows go by, each once and not in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy.engine import Connection

from ecrm.backup.tables import Shape, lines, shapes
from ecrm.storage.unnamed import COLUMNS


def keys_of(connection: Connection) -> Iterator[str]:
    """Give the keys that the rows hold now, each once, in order."""
    with closing(Keys()) as keys:
        for shape in shapes():
            if shape.name in COLUMNS:
                for line in lines(connection, shape):
                    keys.note(shape, line)
        yield from keys


class Keys:
    """A set of keys on the disk; close it."""

    def __init__(self) -> None:
        """Make a nameless database that goes with its connection."""
        self._kept = sqlite3.connect("")
        self._kept.execute("CREATE TABLE key (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def note(self, shape: Shape, line: bytes) -> None:
        """Keep the key that a row holds, if it holds one."""
        if shape.name in COLUMNS and (key := shape.row(line)[COLUMNS[shape.name]]):
            self._kept.execute("INSERT OR IGNORE INTO key VALUES (?)", (key,))

    def __iter__(self) -> Iterator[str]:
        """Give the keys in order."""
        return (name for (name,) in self._kept.execute("SELECT name FROM key ORDER BY name"))

    def close(self) -> None:
        """Forget them."""
        self._kept.close()
