"""Reads a mail (RFC 5322 and MIME), however badly it is written: words that cannot be read become signs of replacement, never an error."""

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Any

from ecrm.channels.arrived import Arrived, storable, tidy
from ecrm.models.incoming import IncomingChannel

TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
# What the library raises on bad charsets and headers.
BROKEN = (LookupError, UnicodeError, ValueError, TypeError, AttributeError, NameError, RecursionError, MessageError)
LONGEST = 5_000  # characters of a header that are looked at: the time that the library takes grows with their square
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"}
UNSEEN = {"style", "script", "head", "title"}


class _Policy(EmailPolicy):
    """Reads every header: as it was sent where the library cannot, and of those that say how to read the mail as much as it can."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """Return the value; of a content header without its last parameter, without any, or as if it said nothing."""
        known = str(value)[:LONGEST]
        ways = (known, known.rpartition(";")[0], known.partition(";")[0], "") if name.lower().startswith("content-") else (known,)
        for way in ways:
            try:
                return super().header_fetch_parse(name, way)
            except BROKEN:
                continue
        return known


def read(raw: bytes) -> Arrived:
    """Return what a mail says; a mail without a sender has an empty one."""
    message: EmailMessage = message_from_bytes(raw, policy=_Policy())  # type: ignore[assignment]
    headers = _headers(message)
    name, sender = next(iter(_addresses(headers.get("from", ""))), ("", ""))
    recipients = [address for key in TO for value in _all(message, key) for _name, address in _addresses(value)]
    return Arrived(
        channel=IncomingChannel.MAIL, message_id=tidy(headers.get("message-id", ""), 255), sender=tidy(sender, 254).replace(" ", ""), name=tidy(name, 100),
        subject=tidy(headers.get("subject", ""), 200), text=storable(_text(message)).strip(), headers=headers, recipients=tuple(recipients),
        files=tuple(_files(message)),
    )


def _headers(message: EmailMessage) -> dict[str, str]:
    """Return the first of each header, by its name in small letters: what our own server added stands above what came."""
    found: dict[str, str] = {}
    for key in message.keys():
        if key.lower() not in found:
            found[key.lower()] = next(iter(_all(message, key)), "")
    return found


def _all(message: EmailMessage, key: str) -> list[str]:
    """Return the values of a header."""
    return [str(value) for value in message.get_all(key, [])]


def _tried(read: Callable[..., Any], *args: Any) -> Any:
    """Return what the library reads, None where it breaks."""
    try:
        return read(*args)
    except BROKEN:
        return None


def _addresses(value: str) -> list[tuple[str, str]]:
    return [(name, address) for name, address in _tried(getaddresses, [value]) or () if "@" in address]


def _text(message: EmailMessage) -> str:
    """Return the words: the plain ones, else those of the HTML without its marks."""
    body = _tried(message.get_body, ("plain", "html"))
    if body is None:  # no part, or one that never begins
        content = message.get_payload()
        if isinstance(content, list) and message.get_content_type() == "message/rfc822":  # nothing but another mail
            return _tried(_text, content[0]) or ""
        return content if isinstance(content, str) and message.get_content_maintype() == "multipart" else ""
    words = _content(body)
    return _words_of(words) if body.get_content_type() == "text/html" else words


def _content(part: EmailMessage) -> str:
    words = _tried(part.get_content)
    if words is None:
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return str(words)


def _files(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of what is attached, also of pictures that stand between the words."""
    for part in message.walk():
        if part.is_multipart():
            if part.get_content_type() == "message/rfc822" and part is not message:
                yield tidy(_name(part) or "message.eml", 150), b"message"  # refused as a file, and named so
            continue
        name = _name(part)
        if not name and (part.get_content_maintype() != "image" and part.get_content_disposition() != "attachment"):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield tidy(name or f"file.{part.get_content_subtype()}", 150), content


def _name(part: EmailMessage) -> str:
    return _tried(part.get_filename) or ""


class _Words(HTMLParser):
    """Collects what a reader of HTML sees, with line ends where blocks end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag in BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BLOCKS - {"br"}:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def _words_of(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "\n".join(line.strip() for line in "".join(reader.found).splitlines())
