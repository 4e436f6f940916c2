"""Files that come with a form: chosen, checked, and refused beside their field."""

from typing import Any

from flask import g, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from ecrm import storage
from ecrm.extensions import db

ACCEPT = "image/jpeg,image/png,image/webp,image/heic,application/pdf"


def chosen() -> list[FileStorage]:
    """Return the files that the person chose."""
    return [file for file in request.files.getlist("files") if file.filename]


def receive(field: Any) -> list[storage.Received] | None:
    """Return the files as the storage took them; None where one was refused, with the reason at the field."""
    files = chosen()
    if len(files) > storage.MAX_FILES:
        field.errors = [_("At most %(count)s files.", count=storage.MAX_FILES)]
        return None
    if files:
        db.session.rollback()  # nothing is written yet, and pictures take time: let go of the database's lock
    received, refused = [], []
    for file in files:
        try:
            received.append(storage.receive(file))
        except storage.FileRefused as reason:
            refused.append(f"{file.filename}: {reason}")
    if refused:
        field.errors = refused
    return None if refused else received


def choose_again(field: Any) -> None:
    """Say that a browser cannot keep chosen files when the form comes back; `lost` tells its page, where a script may put them back."""
    if (chosen() or g.get("had_files")) and not field.errors:
        field.lost, field.errors = True, [_("Please choose the files again.")]
