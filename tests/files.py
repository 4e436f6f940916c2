"""Files as people send them, made with the real libraries, and a store to receive them in."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def sketch(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Return a picture whose upper left quarter is red on white."""
    picture = Image.new(mode, size, "white")
    picture.paste(Image.new(mode, (size[0] // 2, size[1] // 2), "red"), (0, 0))
    return picture


def saved(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (picture or sketch()).save(out, kind, **options)
    return out.getvalue()


def with_place(orientation: int = 1) -> Image.Exif:
    """Return EXIF of a phone: orientation, maker, description and GPS position."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = orientation, "NOKIA", "RAHASIA"
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 7.0, 12.5), 3: "E", 4: (106.0, 44.0, 3.1)})
    return exif


def zipped(content: bytes = b"x" * 100, name: str = "a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def file(content: bytes, name: str = "foto.jpg", kind: str = "image/jpeg") -> FileStorage:
    return FileStorage(io.BytesIO(content), name, "files", kind)


def serving(folder: Path) -> Flask:
    """Return a bare application with its store in the folder."""
    app = Flask(__name__)
    app.config["ECRM"] = {"ATTACHMENTS_DIR": str(folder)}
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of the store of a bare application; its context is pushed."""
    with serving(tmp_path / "attachments").app_context():
        yield tmp_path / "attachments"


__all__ = ["PDF", "file", "folder", "saved", "serving", "sketch", "with_place", "zipped"]
