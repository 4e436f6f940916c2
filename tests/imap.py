"""A small IMAP server over TLS on loopback: one folder, and as much of the protocol as a mailbox that is polled needs."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class PostBox:
    """The mails by UID, those that were seen, and how the server behaves."""

    port: int = 0
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    password: str = "rahasia"
    forgets: bool = False  # hangs up where a mail is to be marked
    size: int | None = None  # what it says of every mail
    refuses: str = ""  # a command that is answered with NO
    gone: set[int] = field(default_factory=set)  # UIDs that somebody else removes before they are fetched
    starttls: ssl.SSLContext | None = None  # TLS begins when the client asks for it

    def put(self, raw: bytes) -> int:
        """Deliver a mail."""
        self.mails[len(self.mails) + 1] = raw.replace(b"\n", b"\r\n")
        return len(self.mails)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: PostBox = self.server.box  # type: ignore[attr-defined]
        self._say("* OK ready")
        while line := self.rfile.readline().decode():
            tag, command, *rest = line.split(maxsplit=2)
            words = rest[0].strip() if rest else ""
            if command.upper() == "UID":
                command, _space, words = words.partition(" ")
            if command.upper() == "STORE" and box.forgets:
                return
            if command.upper() == "STARTTLS":
                self._secure(tag)
                continue
            answer = self._do(box, command.upper(), words)
            self._say(f"{tag} {answer}")
            if command.upper() == "LOGOUT":
                return

    def _secure(self, tag: str) -> None:
        self._say(f"{tag} OK begin")
        context: ssl.SSLContext = self.server.box.starttls  # type: ignore[attr-defined]
        self.request = context.wrap_socket(self.request, server_side=True)
        self.setup()  # reads and writes inside TLS from now on

    def finish(self) -> None:
        """Close what TLS was wrapped around, which the server does not know."""
        super().finish()
        self.request.close()

    def _do(self, box: PostBox, command: str, words: str) -> str:
        if command == box.refuses:
            return "NO not today"
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1" + (" STARTTLS" if box.starttls and not isinstance(self.connection, ssl.SSLSocket) else ""))
        elif command == "LOGIN" and not isinstance(self.connection, ssl.SSLSocket):
            return "NO not without TLS"
        elif command == "LOGIN" and box.password not in words:
            return "NO wrong password"
        elif command == "SELECT":
            self._say(f"* {len(box.mails)} EXISTS")
        elif command == "SEARCH":
            self._say(" ".join(["* SEARCH", *(str(uid) for uid in box.mails if uid not in box.seen)]))
        elif command == "FETCH":
            self._fetch(box, int(words.split()[0]), words)
        elif command == "STORE":
            box.seen.add(int(words.split()[0]))
        elif command == "LOGOUT":
            self._say("* BYE")
        return "OK done"

    def _fetch(self, box: PostBox, uid: int, words: str) -> None:
        if uid in box.gone:
            return None
        raw = box.mails[uid]
        if "RFC822.SIZE" in words:
            return self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {box.size or len(raw)})")
        part = re.split(rb"(?<=\r\n\r\n)", raw, maxsplit=1)[0] if "HEADER" in words else raw
        self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(part)}}}\r\n".encode() + part + b")\r\n")
        return None

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_request: object) -> None:
        """Say nothing of clients that do not trust us."""


@contextmanager
def post_box(tls: ssl.SSLContext, starttls: bool = False) -> Iterator[PostBox]:
    """Run a server on a free port, with TLS from the first byte or when it is asked for."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        if not starttls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.box = box = PostBox(port=server.server_address[1], starttls=tls if starttls else None)  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
