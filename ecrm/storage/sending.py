"""What goes out: bytes that no browser guesses about, runs, or keeps for the next person at the same computer."""

import logging

from flask import Response, request, send_file
from werkzeug.exceptions import NotFound

from ecrm.models import Attachment
from ecrm.storage import pictures
from ecrm.storage.keeping import store

log = logging.getLogger(__name__)

HEAD = 16  # bytes by which a picture is known

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def send(attachment: Attachment) -> Response:
    """Return the answer with the attachment's bytes: pictures to look at, PDFs to save. 404 where the bytes are lost.

    Whoever calls has fetched the row through policy.visible(): here nobody is asked who they are.
    """
    # "no-cache": the browser keeps a copy but asks each time, and the question passes policy.visible() again.
    return _send(attachment.storage_key, attachment.media_type, attachment.name, "private, no-cache")


def send_picture(key: str) -> Response:
    """Return the answer with a picture that everybody may see, such as a promo's, by its key in the store, or 404."""
    return _send(key, None, None, "public, max-age=3600")


def _send(key: str, media_type: str | None, name: str | None, cache: str) -> Response:
    etag = key[-64:]
    if request.if_none_match.contains(etag):  # the browser has it: the store, which may be another machine, is not asked
        return _dressed(Response(status=304), etag, cache)
    try:
        content = store().open(key)
    except FileNotFoundError as error:
        log.error("The store has lost %s", key)
        raise NotFound from error
    media_type = media_type or pictures.media_type(content.peek(HEAD)) or "application/octet-stream"
    as_attachment = not media_type.startswith("image/")
    answer = send_file(content, media_type, as_attachment, download_name=name or "file", conditional=False, etag=False)
    answer.content_length = content.size
    return _dressed(answer, etag, cache)


def _dressed(answer: Response, etag: str, cache: str) -> Response:
    answer.set_etag(etag)
    answer.headers.update(HEADERS | {"Cache-Control": cache})
    return answer
