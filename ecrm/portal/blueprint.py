"""The portal's blueprint, and the views that take files."""

from typing import Any

from flask import Blueprint, request

from ecrm import storage

blueprint = Blueprint("portal", __name__, template_folder="templates")
UPLOADS = {"portal.new_complaint", "portal.reply"}
MEBIBYTE = 1024 * 1024


@blueprint.url_value_preprocessor
def _take_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload views read more than the rest; this runs before the anti-forgery check reads the form."""
    if endpoint in UPLOADS and request.method == "POST":
        request.max_content_length = storage.MAX_FILES * storage.MAX_BYTES + MEBIBYTE
