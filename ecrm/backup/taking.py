"""Taking a backup: rows as they were at one moment, then the files that they speak of, while everybody works on."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from sqlalchemy.engine import Connection, Engine

from ecrm.backup.archive import Writer, pack
from ecrm.backup.files import Keys
from ecrm.backup.filling import next_ids
from ecrm.backup.header import HEADER, ROWS, SETTINGS, Header
from ecrm.backup.tables import TOGETHER, Shape, Sum, lines, shapes, snapshot
from ecrm.storage.keeping import Store

LARGEST = 4 * 1024 * 1024  # bytes of rows in one member


@dataclass
class Taken:
    """What a backup holds; `missing` are keys whose file the store has lost."""

    sums: dict[str, Sum]
    files: int
    bytes: int
    missing: list[str]


def take(
    engine: Engine, store: Store, stream: BinaryIO, facts: dict[str, Any], settings: dict[str, Any],
    progress: Callable[[str], None] = lambda what: None,
) -> Taken:
    """Write everything to the stream; `facts` are those of the header that are not known here.

    The files come after the rows: files are only ever added, so that each row's file is there.
    """
    tables = shapes()
    with Writer(stream) as writer, closing(Keys()) as keys:
        with snapshot(engine) as connection:
            header = Header(tables=[asdict(shape) for shape in tables], next_ids=next_ids(connection), **facts)
            writer.add_json(HEADER, asdict(header))
            writer.add_json(SETTINGS, settings)
            sums = {}
            for shape in tables:
                progress(shape.name)
                sums[shape.name] = _rows(writer, connection, shape, keys)
        progress("files")
        missing = list(_files(writer, store, keys))
        writer.seal({"tables": {name: asdict(total) for name, total in sums.items()}, "missing": missing})
    return Taken(sums, writer.files, writer.bytes, missing)


def _rows(writer: Writer, connection: Connection, shape: Shape, keys: Keys) -> Sum:
    total, held, size, number = Sum(), [], 0, 0
    for line in lines(connection, shape):
        total.add(line)
        keys.note(shape, line)
        held.append(line)
        size += len(line)
        if len(held) == TOGETHER or size > LARGEST:
            number += 1
            writer.add(f"{ROWS}{shape.name}/{number:06d}.jsonl.gz", pack(held))
            held, size = [], 0
    if held:
        writer.add(f"{ROWS}{shape.name}/{number + 1:06d}.jsonl.gz", pack(held))
    return total


def _files(writer: Writer, store: Store, keys: Keys) -> Iterator[str]:
    """Write the files; give the keys of those that are not there."""
    for key in keys:
        try:
            file = store.open(key)
        except FileNotFoundError:
            yield key
            continue
        with file:
            writer.add_file(key, file)
