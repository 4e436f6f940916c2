"""Where the bytes lie: a folder of files named by their SHA-256; an object store needs the same put, open, exists, remove, sweep."""

import os
import re
import tempfile
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from flask import current_app

KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
ABANDONED = timedelta(days=1)


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
        if target.exists():
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

    def open(self, key: str) -> BinaryIO:
        """Return the content as a file; raises FileNotFoundError, for a key of another shape too."""
        if not KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return (self.folder / key).open("rb")

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


def store() -> FolderStore:
    """Return the application's store."""
    return FolderStore(Path(current_app.config["ECRM"]["ATTACHMENTS_DIR"]))
