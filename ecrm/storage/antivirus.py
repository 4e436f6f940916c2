"""Asks a virus scanner, ClamAV's clamd, before a file is kept; its words are described in `man clamd`, under INSTREAM."""

import logging
import socket
import struct

log = logging.getLogger(__name__)
PATIENCE = 20  # seconds; clamd takes one to three for what we let in
PIECE = 256 * 1024
LONGEST_ANSWER = 4096


class NotChecked(Exception):
    """The scanner did not say anything about the file."""


def infected(content: bytes, clamd: str) -> bool:
    """Return whether the scanner at `clamd` (unix:/path or host:port) finds something in a file; raises NotChecked where it does not answer."""
    try:
        with _connected(clamd) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start:start + PIECE]
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            said = _answer(line)
    except OSError as error:
        log.error("the virus scanner at %s does not answer: %s", clamd, error)
        raise NotChecked from error
    if said.endswith(b" FOUND"):
        log.warning("the virus scanner refuses a file: %s", said.decode(errors="replace"))
        return True
    if said != b"stream: OK":
        log.error("the virus scanner could not check a file: %s", said.decode(errors="replace"))
        raise NotChecked
    return False


def _connected(clamd: str) -> socket.socket:
    if clamd.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        try:
            line.connect(clamd.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = clamd.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)


def _answer(line: socket.socket) -> bytes:
    """Return what is said up to the NUL that ends it."""
    said = b""
    while b"\0" not in said and len(said) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0]
