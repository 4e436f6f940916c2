"""The mailbox that is polled: its unseen mail, by IMAP over TLS with the certificate checked."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ecrm import storage

PATIENCE = 20  # seconds; a server that hangs must not hang the worker
STARTTLS_PORT = 143
MOST_AT_ONCE = 200  # mails of one turn
LARGEST = (storage.MAX_FILES + 1) * storage.MAX_BYTES * 4 // 3  # bytes of a mail that is fetched whole; base64 makes four of three
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxError(Exception):
    """The server refuses something, in its own words."""


class Mailbox:
    """A folder that is open."""

    def __init__(self, line: imaplib.IMAP4) -> None:
        """Keep the connection."""
        self._line = line

    def unseen(self) -> list[str]:
        """Return the UIDs of the unseen mails, the oldest first."""
        found = self._say("SEARCH", "UNSEEN")
        return [uid.decode() for uid in (found[0] or b"").split()][:MOST_AT_ONCE]

    def fetch(self, uid: str) -> tuple[bytes, bool]:
        """Return a mail and whether that is all of it: of one that is too large only its head. It stays unseen."""
        said = b" ".join(part if isinstance(part, bytes) else part[0] for part in self._say("FETCH", uid, "(RFC822.SIZE)") if part)
        size = SIZE.search(said)
        whole = size is None or int(size[1]) <= LARGEST
        parts = self._say("FETCH", uid, "(BODY.PEEK[])" if whole else "(BODY.PEEK[HEADER])")
        for part in parts:
            if isinstance(part, tuple):
                return part[1], whole
        raise MailboxError(f"mail {uid} was not sent")

    def seen(self, uid: str) -> None:
        """Mark a mail, so that it is not fetched again."""
        self._say("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")

    def _say(self, command: str, *args: str) -> list[Any]:
        answer, data = self._line.uid(command, *args)
        if answer != "OK":
            raise MailboxError(f"{command}: {data!r}")
        return list(data)


@contextmanager
def opened(settings: dict[str, Any]) -> Iterator[Mailbox]:
    """Open the folder of the settings; raises OSError, imaplib's errors or MailboxError where that is not possible."""
    trusted = ssl.create_default_context(cafile=settings["IMAP_CA"])
    host, port = settings["IMAP_SERVER"], settings["IMAP_PORT"]
    plain = port == STARTTLS_PORT
    line = imaplib.IMAP4(host, port, timeout=PATIENCE) if plain else imaplib.IMAP4_SSL(host, port, ssl_context=trusted, timeout=PATIENCE)
    try:
        if plain:
            line.starttls(trusted)
        line.login(settings["IMAP_USERNAME"] or "", settings["IMAP_PASSWORD"] or "")
        folder = settings["IMAP_FOLDER"].replace("\\", r"\\").replace('"', r"\"")
        answer, data = line.select(f'"{folder}"')
        if answer != "OK":
            raise MailboxError(f"SELECT {settings['IMAP_FOLDER']}: {data!r}")
        yield Mailbox(line)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):  # what was done is done; only the goodbye is lost
            line.logout()
        with suppress(OSError):
            line.shutdown()
