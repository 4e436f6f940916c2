"""A real SMTP server on loopback that accepts, refuses and hangs up as a test asks it to."""

import email
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class PostOffice:
    """What the server received, and how it behaves."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    no_such_person: dict[str, str] = field(default_factory=dict)  # address → answer to RCPT
    answer: str = "250 OK"  # to DATA; a message is kept if it is 250
    hangs_up: bool = False  # after DATA, without a word
    goodbye: str = "221 Bye"
    on_data: Callable[[], None] = lambda: None

    async def handle_EHLO(self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]) -> list[str]:
        """Count the connections."""
        self.connections += not session.ssl  # a client says EHLO again inside TLS
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Refuse the addresses that are to be refused."""
        if address in self.no_such_person:
            return self.no_such_person[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        """Keep the message, or behave badly."""
        self.on_data()
        if self.answer.startswith("250"):
            self.received.append(email.message_from_bytes(envelope.content, policy=policy.default))
        if self.hangs_up:
            server.transport.abort()
        return self.answer

    async def handle_QUIT(self, _server: Any, _session: Any, _envelope: Any) -> str:
        """Take leave."""
        return self.goodbye

    @property
    def recipients(self) -> list[str]:
        """Return the addresses of the received messages, in order."""
        return [message["To"].addresses[0].addr_spec for message in self.received]


@contextmanager
def post_office(tls: ssl.SSLContext | None = None, implicit: bool = False) -> Iterator[PostOffice]:
    """Run a server on a free port; with `tls` it wants STARTTLS first, or speaks TLS from the first byte."""
    office = PostOffice()
    more = {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": tls is not None}
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


@contextmanager
def silence() -> Iterator[int]:
    """Yield a port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
