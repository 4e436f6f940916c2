"""What comes in: the type is found in the bytes, pictures are drawn anew, PDFs are looked through, the rest is refused."""

import io
import zipfile
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Any

from flask import current_app
from werkzeug.datastructures import FileStorage

from ecrm.i18n import lazy_gettext as _l
from ecrm.rules.errors import Refused
from ecrm.storage import antivirus, names, pictures
from ecrm.storage.keeping import store

MAX_FILES = 5  # on one complaint or reply
MAX_BYTES = 10 * 1024 * 1024
PDF = "application/pdf"
# A PDF says these nowhere in its beginning; a page or a script that pretends to be one does.
FOREIGN = (b"<html", b"<script", b"<!doctype", b"<svg", b"<body", b"<?php", b"#!/")
HEAD, TAIL = 1024, 1024  # bytes in which PDF readers look for the beginning and the end


class Refusal(Enum):
    """Why a file is not taken."""

    EMPTY = _l("The file is empty.")
    TOO_LARGE = _l("The file is too large: at most 10 MB.")
    UNSUPPORTED = _l("Only photos (JPEG, PNG, WebP, HEIC) and PDF files can be attached.")
    NOT_A_PICTURE = _l("Only photos (JPEG, PNG, WebP, HEIC) can be used here.")
    UNREADABLE = _l("The file is damaged or not complete. Please choose another one.")
    TOO_MANY_PIXELS = _l("The picture has too many pixels. Please send a smaller one.")
    INFECTED = _l("The virus scanner refuses this file.")
    NOT_CHECKED = _l("The file could not be checked for viruses just now. Send it later, or go on without it.")
    TOO_MANY = _l("At most %(count)s files.", count=MAX_FILES)


class FileRefused(Refused):
    """A file is not taken; `refusal` says why, str() says it in the reader's language."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep the reason."""
        super().__init__(refusal)
        self.refusal = refusal

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(self.refusal.value)


@dataclass(frozen=True)
class Received:
    """A file that is in the store: a name to show, the type of its bytes, their number, SHA-256 and key in the store."""

    name: str
    media_type: str
    size: int
    sha256: str
    key: str


def receive(file: FileStorage) -> Received:
    """Check the file, clean it and keep it; the sender's name and type decide nothing. Raises FileRefused."""
    content = _read(file)
    media_type = pictures.media_type(content)
    if media_type:
        content, media_type = _redraw(content, media_type)
    elif content.startswith(b"%PDF-"):
        media_type = PDF
        _check_pdf(content)
    else:
        raise FileRefused(Refusal.UNSUPPORTED)
    return _keep(file, content, media_type)


def receive_picture(file: FileStorage) -> Received:
    """Do as receive(), for pictures only. Raises FileRefused."""
    content = _read(file)
    media_type = pictures.media_type(content)
    if not media_type:
        raise FileRefused(Refusal.NOT_A_PICTURE)
    return _keep(file, *_redraw(content, media_type))


def _read(file: FileStorage) -> bytes:
    content: Any = file.stream.read(MAX_BYTES + 1)
    if not content:
        raise FileRefused(Refusal.EMPTY)
    if len(content) > MAX_BYTES:
        raise FileRefused(Refusal.TOO_LARGE)
    _scan(content)
    return content


def _scan(content: bytes) -> None:
    """Refuse what the virus scanner finds, where there is one; where it is away nothing is kept unseen."""
    clamd = current_app.config["ECRM"].get("CLAMD")
    try:
        if clamd and antivirus.infected(content, clamd):
            raise FileRefused(Refusal.INFECTED)
    except antivirus.NotChecked as error:
        raise FileRefused(Refusal.NOT_CHECKED) from error


def _redraw(content: bytes, media_type: str) -> tuple[bytes, str]:
    try:
        return pictures.redraw(content, media_type)
    except pictures.TooManyPixels as error:
        raise FileRefused(Refusal.TOO_MANY_PIXELS) from error
    except pictures.Unreadable as error:
        raise FileRefused(Refusal.UNREADABLE) from error


def _check_pdf(content: bytes) -> None:
    """Refuse a cut-off PDF, and one that is something else as well. What its pages hold stays as it is."""
    body, mark, rest = content.rpartition(b"%%EOF")
    if not mark or len(rest) > TAIL:
        raise FileRefused(Refusal.UNREADABLE)
    head = content[:HEAD].lower()
    if rest.strip(b"\0\t\n\f\r ") or any(word in head for word in FOREIGN) or zipfile.is_zipfile(io.BytesIO(content)):
        raise FileRefused(Refusal.UNREADABLE)


def _keep(file: FileStorage, content: bytes, media_type: str) -> Received:
    return Received(
        name=names.display_name(file.filename or "", media_type),
        media_type=media_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        key=store().put(content),
    )
