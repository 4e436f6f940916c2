"""Files that people send: checked by content, cleaned, kept by content hash, and served so that no browser runs them."""

from collections.abc import Iterable
from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from ecrm.models import Attachment, Complaint, Reply, User, Visit
from ecrm.models.attachment import Phase
from ecrm.storage.receiving import MAX_BYTES, MAX_FILES, FileRefused, Received, Refusal, receive, receive_picture
from ecrm.storage.sending import send, send_picture
from ecrm.storage.keeping import Content, store
from ecrm.storage.unnamed import unnamed


def attach(
    session: Session, complaint: Complaint | None, files: Iterable[FileStorage | Received], by: User | None, at: datetime,
    reply: Reply | None = None, visit: Visit | None = None, phase: Phase | None = None,
) -> list[Attachment]:
    """Add the files to the complaint, to a reply on it or to a visit, and return their rows; the caller commits.

    The empty part that a browser sends for an empty file field is left out. Pictures take time: a surface that holds a
    lock calls receive() before and gives the results. Raises FileRefused, and then nothing was added.
    """
    chosen = [file for file in files if isinstance(file, Received) or file.filename]
    if len(chosen) > MAX_FILES:
        raise FileRefused(Refusal.TOO_MANY)
    received = [file if isinstance(file, Received) else receive(file) for file in chosen]
    rows = [
        Attachment(complaint=complaint, reply=reply, visit=visit, phase=phase, name=one.name, media_type=one.media_type, size=one.size, sha256=one.sha256,
                   storage_key=one.key, by=by, at=at)
        for one in received
    ]
    session.add_all(rows)
    return rows


def open(attachment: Attachment) -> Content:
    """Return the attachment's bytes as a file; raises FileNotFoundError where the store has lost them."""
    return store().open(attachment.storage_key)


def remove(keys: Iterable[str]) -> int:
    """Remove contents that no row names any more, after the commit; return how many were there."""
    return sum(store().remove(key) for key in keys)


def sweep(now: datetime) -> int:
    """Remove what interrupted writers left more than a day ago; return how many files."""
    return store().sweep(now)


__all__ = [
    "MAX_BYTES", "MAX_FILES", "FileRefused", "Received", "Refusal", "attach", "open", "receive", "receive_picture", "remove", "send",
    "send_picture", "store", "sweep", "unnamed",
]
