"""A message as it arrived, whichever way: who says what, with which files."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from ecrm.models.incoming import IncomingChannel

MOST_TEXT = 16_000  # characters that are kept in the row, so many fit whatever they are; the whole message is in the store


@dataclass(frozen=True)
class Arrived:
    """What a mail or a message says. `sender` is an e-mail address or +62…, empty where there is none; `files` are (name, bytes)."""

    channel: IncomingChannel
    message_id: str
    sender: str
    text: str
    subject: str = ""
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    recipients: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return what makes two arrivals one message. The words belong to it: who takes another's number keeps nothing out."""
        parts = self.channel.value, self.message_id, self.sender, self.subject, self.text, *(name for name, _content in self.files)
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def tidy(text: str, longest: int) -> str:
    """Return one line without control characters, cut where it is too long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def storable(text: str) -> str:
    """Return a text that both databases take: no NUL, no halves of letters, Unix line ends."""
    clean = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    return clean.encode("utf-8", "replace").decode()[:MOST_TEXT]
