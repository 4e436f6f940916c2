"""Files of the store that no row names: what is left where a form was refused, or the database died, after its photo was kept."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.extensions import db
from ecrm.storage.keeping import store

# Columns that hold a key of the store; a file that no row speaks of need not be kept.
COLUMNS = {"attachment": "storage_key", "promo": "picture_key", "incoming_message": "raw_key"}
AT_ONCE = 500  # keys of one question to the database


def unnamed(session: Session, now: datetime) -> Iterator[str]:
    """Give the keys that were not put here for a week and that no row names; nothing is removed."""
    old = store().old(now)
    while keys := tuple(islice(old, AT_ONCE)):
        yield from sorted(set(keys) - named(session, keys))


def named(session: Session, keys: tuple[str, ...]) -> set[str]:
    """Return those of the keys that rows name; a key ends with the SHA-256 of its content, for which attachments have an index."""
    found: set[str] = set()
    for name, column in COLUMNS.items():
        table = db.metadata.tables[name]
        wanted = table.c.sha256.in_([key[-64:] for key in keys]) if "sha256" in table.c else table.c[column].in_(keys)
        found.update(session.execute(select(table.c[column]).where(wanted)).scalars())
    return found
