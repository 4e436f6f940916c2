"""The full-text indexes: FULLTEXT on MariaDB, FTS5 tables that triggers keep on SQLite; both find words by their beginning."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

PREFIX = "fts_"
TEXTS = {"complaint": ("subject", "description"), "customer": ("name",), "reply": ("text",)}
SHORTEST = 3  # letters; MariaDB keeps no shorter words


def ids(connection: Any, table: str, words: Sequence[str], most: int) -> list[int]:
    """Return the ids of the newest rows that have all the words, or words that begin with them, at most `most`.

    Words are letters and digits alone, so that none is an operator of either database.
    """
    if connection.get_bind().dialect.name == "sqlite":
        query = f"SELECT rowid FROM {PREFIX}{table} WHERE {PREFIX}{table} MATCH :words ORDER BY rowid DESC LIMIT :most"
        given = " ".join(f'"{word}"*' for word in words)
    else:
        query = f"SELECT id FROM {table} WHERE MATCH({', '.join(TEXTS[table])}) AGAINST (:words IN BOOLEAN MODE) ORDER BY id DESC LIMIT :most"
        given = " ".join(f"+{word}*" for word in words)
    return list(connection.scalars(text(query), {"words": given, "most": most}))


def tie(connection: Connection) -> None:
    """Let triggers keep SQLite's full-text tables; a migration that copies a table drops them with the old one."""
    there = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE name LIKE 'fts\\_%' ESCAPE '\\'")))
    for table, columns in TEXTS.items():
        index = f"{PREFIX}{table}"
        if index not in there or f"{index}_insert" in there:
            continue
        names = ", ".join(columns)
        old, new = (", ".join(f"{side}.{column}" for column in columns) for side in ("old", "new"))
        remove = f"INSERT INTO {index}({index}, rowid, {names}) VALUES ('delete', old.id, {old});"
        insert = f"INSERT INTO {index}(rowid, {names}) VALUES (new.id, {new});"
        for event, deed in (("INSERT", insert), ("DELETE", remove), (f"UPDATE OF {names}", remove + insert)):
            name = f"{index}_{event.partition(' ')[0].lower()}"
            connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {deed} END")
        connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
