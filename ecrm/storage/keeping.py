"""Where the bytes lie: a folder of files named by their SHA-256, or a bucket (bucket.py), which keeps the same promises."""

import io
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from flask import current_app

if TYPE_CHECKING:
    from ecrm.storage.bucket import BucketStore

KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
ABANDONED = timedelta(days=1)
UNNAMED = timedelta(days=7)  # a file without a row stays so long: rows that were lost may come back from a backup


class Content(io.BufferedReader):
    """The bytes of a file, read as they come; `size` says how many they are."""

    def __init__(self, raw: io.RawIOBase, size: int) -> None:
        """Keep the size."""
        super().__init__(raw)
        self.size = size


class Store(Protocol):
    """What keeps bytes by their SHA-256, and gives them out again."""

    def put(self, content: bytes) -> str:
        """Keep the content and return its key. Raises OSError."""

    def open(self, key: str) -> Content:
        """Return the content. Raises FileNotFoundError, or another OSError."""

    def exists(self, key: str) -> bool:
        """Return whether the content is there."""

    def remove(self, key: str) -> bool:
        """Remove the content and return whether it was there. Raises OSError."""

    def sweep(self, now: datetime) -> int:
        """Remove what interrupted writers left more than a day ago; return how much."""

    def old(self, now: datetime) -> Iterator[str]:
        """Give the keys of the contents that nobody has put here for a week."""


class FolderStore:
    """Files under `folder`/ab/cd/<sha256>; each appears whole or not at all, and the same content once."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; it is made with the first file."""
        self.folder = folder
        self.incoming = folder / "incoming"

    def put(self, content: bytes) -> str:
        """Keep the content and return its key; it is on the disk when this returns. Raises OSError, e.g. on a full disk."""
        digest = sha256(content).hexdigest()
        key = f"{digest[:2]}/{digest[2:4]}/{digest}"
        target = self.folder / key
        if _renewed(target):
            return key
        for folder in (self.folder, self.incoming, target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=self.incoming)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _rename(Path(part), target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        return key

    def open(self, key: str) -> Content:
        """Return the content as a file; raises FileNotFoundError, for a key of another shape too."""
        if not KEY.fullmatch(key):
            raise FileNotFoundError(key)
        file = io.FileIO(self.folder / key)
        return Content(file, os.fstat(file.fileno()).st_size)

    def exists(self, key: str) -> bool:
        """Return whether the content is there."""
        return KEY.fullmatch(key) is not None and (self.folder / key).is_file()

    def remove(self, key: str) -> bool:
        """Remove the content and return whether it was there; a key of another shape is none of ours."""
        there = self.exists(key)
        if there:
            (self.folder / key).unlink(missing_ok=True)
        return there

    def sweep(self, now: datetime) -> int:
        """Remove half-written files that nobody has written to for a day; return how many."""
        if not self.incoming.is_dir():
            return 0
        before = (now - ABANDONED).timestamp()
        old = [part for part in self.incoming.iterdir() if part.stat().st_mtime < before]
        for part in old:
            part.unlink(missing_ok=True)
        return len(old)

    def old(self, now: datetime) -> Iterator[str]:
        """Give the keys of the files that nobody has put here for a week: the row of a younger one may not be written yet."""
        before = (now - UNNAMED).timestamp()
        for path in self.folder.glob("??/??/*"):
            key = path.relative_to(self.folder).as_posix()
            if KEY.fullmatch(key) and path.stat().st_mtime < before:
                yield key


def _renewed(target: Path) -> bool:
    """Return whether a file is there, and give it the time of now, so that nobody takes it for an old one."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _rename(part: Path, target: Path) -> None:
    """Give the finished file its name and bring the name to the disk."""
    try:
        os.replace(part, target)
    except PermissionError:
        # Windows refuses while another request reads the file: the same content is there already.
        if not target.exists():
            raise
        part.unlink()
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def store() -> Store:
    """Return the application's store: the bucket where one is set, else the folder."""
    settings = current_app.config["ECRM"]
    return bucket(settings) if settings.get("S3_BUCKET") else FolderStore(Path(settings["ATTACHMENTS_DIR"]))


def bucket(settings: dict[str, Any]) -> "BucketStore":
    """Return the store in the bucket of the settings, made once for each application; its library is needed by nobody else."""
    from ecrm.storage.bucket import BucketStore

    made = current_app.extensions
    if "bucket" not in made:
        made["bucket"] = BucketStore(*(settings[f"S3_{name}"] for name in ("BUCKET", "ENDPOINT", "REGION", "ACCESS_KEY", "SECRET_KEY", "PREFIX")))
    return made["bucket"]
