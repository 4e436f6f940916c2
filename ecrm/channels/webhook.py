"""Reads a message that a gateway posts as JSON (docs/channels.md)."""

import base64
import binascii
import json
from typing import Any

from ecrm import storage
from ecrm.channels.arrived import MOST_TEXT, Arrived, storable, tidy
from ecrm.models.incoming import IncomingChannel
from ecrm.rules.phone import e164

MOST_BYTES = 16 * 1024 * 1024  # of a whole message: a photo of 10 MB as base64
GLANCE = 60  # letters of the first line, which is the subject


class BadMessage(ValueError):
    """The JSON is not what docs/channels.md says; str() says what is wrong, in English, for who wrote the gateway."""


def read(raw: bytes) -> Arrived:
    """Return what a message says. Raises BadMessage."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadMessage("this is no JSON") from error
    if not isinstance(found, dict):
        raise BadMessage("an object is wanted")
    sender = e164(_text(found, "from", 40))
    if sender is None:
        raise BadMessage("from: a telephone number with its country code is wanted, such as +62812…")
    text, files = storable(_text(found, "text", MOST_TEXT, "")).strip(), _files(found.get("files", []))
    if not text and not files:
        raise BadMessage("text or files are wanted")
    return Arrived(
        channel=IncomingChannel.WEBHOOK, message_id=tidy(_text(found, "id", 255), 255), sender=sender, name=tidy(_text(found, "name", 300, ""), 100),
        subject=tidy(next(iter(text.splitlines()), ""), GLANCE), text=text, files=files)


def _text(found: dict[str, Any], name: str, longest: int, instead: str | None = None) -> str:
    value = found.get(name, instead)
    if not isinstance(value, str) or (instead is None and not value.strip()) or len(value) > longest:
        raise BadMessage(f"{name}: a text of at most {longest} characters is wanted")
    return value


def _files(found: Any) -> tuple[tuple[str, bytes], ...]:
    if not isinstance(found, list) or len(found) > storage.MAX_FILES or not all(isinstance(one, dict) for one in found):
        raise BadMessage(f"files: a list of at most {storage.MAX_FILES} objects is wanted")
    try:
        return tuple((tidy(_text(one, "name", 300), 150), base64.b64decode(_text(one, "content", MOST_BYTES).encode("ascii", "replace"), validate=True)) for one in found)
    except binascii.Error as error:
        raise BadMessage("files: content is not base64") from error
