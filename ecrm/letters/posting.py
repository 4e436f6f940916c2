"""Signed JSON on its way to an address of the settings: a gateway of messages, or provisioning."""

from datetime import datetime
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ecrm.rules import signature

PATIENCE = 10  # seconds


class _NoRedirect(HTTPRedirectHandler):
    """Goes nowhere else: what is posted is meant for the address of the settings."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Let a redirect be an error."""


def post(url: str, secret: str, body: bytes, at: datetime) -> None:
    """Post a body with its moment and signature (docs/channels.md); it was taken when this returns.

    Raises HTTPError for any answer but 2xx, a redirect too, and another OSError or HTTPException where there was no answer.
    """
    moment = int(at.timestamp())
    headers = {"Content-Type": "application/json", "X-Ecrm-Timestamp": str(moment), "X-Ecrm-Signature": signature.sign(secret, moment, body)}
    with build_opener(_NoRedirect).open(Request(url, body, headers, method="POST"), timeout=PATIENCE) as answer:
        answer.read(1)
