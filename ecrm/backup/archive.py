"""The archive: a tar file written and read as a stream, whose last members are the checksums of all the others."""

import gzip
import io
import json
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import IO, Any, BinaryIO

from ecrm.storage.keeping import KEY, Content

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
FILES = "files/"  # the name of each is its SHA-256, so that the manifest need not repeat it
PIECE = 1024 * 1024
BROKEN = (tarfile.TarError, EOFError)


class Damaged(Exception):
    """The archive is cut off or is not what was written; the text says where."""


class Writer:
    """Writes members to a stream; seal() ends it."""

    def __init__(self, stream: BinaryIO) -> None:
        """Begin the archive."""
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)
        self.sums: dict[str, str] = {}
        self.files, self.bytes = 0, 0

    def __enter__(self) -> "Writer":
        """Begin."""
        return self

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        """End what failed, or tarfile would try to write once more when it is collected."""
        if error is not None:
            with suppress(OSError, ValueError):
                self._tar.close()

    def add(self, name: str, content: bytes) -> None:
        """Write a member that is in memory."""
        self._write(name, io.BytesIO(content), len(content))
        self.sums[name] = sha256(content).hexdigest()

    def add_json(self, name: str, content: Any) -> None:
        """Write a member that people can read."""
        self.add(name, json.dumps(content, indent=1, ensure_ascii=False).encode())

    def add_file(self, key: str, file: Content) -> None:
        """Write a file of the store."""
        self._write(FILES + key, file, file.size)
        self.files, self.bytes = self.files + 1, self.bytes + file.size

    def seal(self, facts: dict[str, Any]) -> None:
        """Write the manifest and its own checksum, and end the archive."""
        self.add_json(MANIFEST, facts | {"members": self.sums, "files": self.files, "bytes": self.bytes})
        self.add(SEAL, self.sums[MANIFEST].encode())
        self._tar.close()

    def _write(self, name: str, file: BinaryIO, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(time.time())
        self._tar.addfile(member, file)
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember every member


class Reader:
    """Reads an archive in a file that can be read from its beginning as often as needed."""

    def __init__(self, file: BinaryIO) -> None:
        """Keep the file; the caller closes it."""
        self._file = file

    def first(self) -> Any:
        """Return the JSON of the first member; raises Damaged."""
        for _name, content in self.members():
            return _json(b"".join(content))
        raise Damaged("it is empty")

    def check(self) -> dict[str, Any]:
        """Read everything, compare it with the checksums and return the manifest; raises Damaged."""
        sums: dict[str, str] = {}
        files, manifest = 0, b""
        for name, content in self.members():
            if name == MANIFEST:
                manifest = b"".join(content)
                content = iter((manifest,))
            digest = sha256()
            for piece in content:
                digest.update(piece)
            if name.startswith(FILES):
                files += 1
                if not KEY.fullmatch(name.removeprefix(FILES)) or digest.hexdigest() != name[-64:]:
                    raise Damaged(f"{name} is not what was written")
            else:
                sums[name] = digest.hexdigest()
            if name == SEAL and digest.hexdigest() != sha256(sums.get(MANIFEST, "").encode()).hexdigest():
                raise Damaged("the manifest is not what was written")
        return _compared(sums, files, manifest)

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Give name and content of each member, in order, the content piece by piece; raises Damaged."""
        self._file.seek(0)
        with _damage(), tarfile.open(fileobj=self._file, mode="r|") as tar:
            for member in tar:
                part = tar.extractfile(member)
                if part is None:
                    raise Damaged(f"{member.name} is no file")
                yield member.name, _pieces(part)
                tar.members.clear()  # type: ignore[attr-defined]


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    with _damage():
        while piece := part.read(PIECE):
            yield piece


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise Damaged(str(error) or type(error).__name__) from error


def _compared(sums: dict[str, str], files: int, manifest: bytes) -> dict[str, Any]:
    if SEAL not in sums:
        raise Damaged("it is cut off: its end is missing")
    facts, own = _json(manifest), {name: digest for name, digest in sums.items() if name not in (MANIFEST, SEAL)}
    for name in sorted(set(own) | set(facts["members"])):
        if own.get(name) != facts["members"].get(name):
            raise Damaged(f"{name} is not what was written")
    if files != facts["files"]:
        raise Damaged(f"of {facts['files']} attachments {files} are there")
    return facts


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise Damaged(str(error)) from error


def pack(lines: list[bytes]) -> bytes:
    """Return lines as the content of a member."""
    return gzip.compress(b"\n".join(lines), compresslevel=6, mtime=0)


def unpack(content: bytes) -> list[bytes]:
    """Return the lines of a member; JSON has no line ends inside."""
    return gzip.decompress(content).split(b"\n")
