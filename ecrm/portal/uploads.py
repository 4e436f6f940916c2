"""Files that come with a form: chosen, checked, and refused beside their field."""

from typing import Any

from flask import current_app, g, request
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from ecrm import policy, storage
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Attachment
from ecrm.portal import people

MEBIBYTE = 1024 * 1024
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,application/pdf"


def chosen() -> list[FileStorage]:
    """Return the files that the person chose."""
    return [file for file in request.files.getlist("files") if file.filename]


def stored() -> int:
    """Return how many bytes of files the person has sent."""
    own = policy.scope(Attachment, people.ROLE, current_user), Attachment.by_id == current_user.id
    return db.session.scalar(select(func.sum(Attachment.size)).where(*own)) or 0


def receive(field: Any) -> list[storage.Received] | None:
    """Return the files as the storage took them; None where one was refused, with the reason at the field."""
    files = chosen()
    if len(files) > storage.MAX_FILES:
        field.errors = [_("At most %(count)s files.", count=storage.MAX_FILES)]
        return None
    most = current_app.config["ECRM"]["CUSTOMER_FILES_MB"]
    if files and stored() + (request.content_length or 0) > most * MEBIBYTE:
        field.errors = [_("You have stored as many files as possible, %(most)s MB. Send it without a file, or call us.", most=most)]
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
