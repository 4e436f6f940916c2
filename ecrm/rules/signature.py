"""The signature of what we and gateways send each other: HMAC-SHA256 of the moment and the body, so that nothing is forged or sent again later."""

import hashlib
import hmac
from datetime import UTC, datetime

WINDOW = 300  # seconds that the clocks of two machines may differ


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return sha256=… over the seconds since 1970, a dot, and the body."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def timely(timestamp: str, at: datetime) -> bool:
    """Return whether a timestamp is one, and of the last or next minutes."""
    return timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and abs(at.astimezone(UTC).timestamp() - int(timestamp)) <= WINDOW


def right(secret: str, timestamp: str, body: bytes, given: str, at: datetime) -> bool:
    """Return whether a signature is that of the body at a timely moment."""
    return timely(timestamp, at) and hmac.compare_digest(sign(secret, int(timestamp), body).encode(), given.encode(errors="replace"))
