"""Letters that go by WhatsApp or Telegram: posted as signed JSON to the gateway of the settings (docs/channels.md)."""

import json
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.error import HTTPError

from flask import current_app

from ecrm.letters import posting
from ecrm.letters.rendering import render
from ecrm.letters.senders import NoConnection, RecipientRefused
from ecrm.models import Letter
from ecrm.models.customer import ContactChannel

LATER = (408, 425, 429)  # refusals that are about now, not about the letter


class GatewayAway(NoConnection):
    """The gateway was not reached, or says that it cannot now."""


@dataclass(frozen=True)
class Posting:
    """A letter as a gateway gets it."""

    url: str
    secret: str
    body: bytes


def wanted(letter: Letter) -> bool:
    """Return whether a letter goes by the gateway: its customer chose so, and there is one."""
    settings = current_app.config["ECRM"]
    return letter.channel is not ContactChannel.EMAIL and bool(settings["GATEWAY_URL"] and settings["GATEWAY_SECRET"])


def posting_of(letter: Letter, number: str) -> Posting:
    """Return what is posted; `number` is the same at every try. Raises RecipientRefused where the customer has no telephone."""
    phone = letter.customer.phone if letter.customer else None
    if not phone:
        raise RecipientRefused("the customer has no telephone number")
    words, settings = render(letter), current_app.config["ECRM"]
    said = {"id": number, "channel": letter.channel.value, "to": phone, "name": letter.to_name, "language": letter.language.value,
            "subject": words.subject, "text": words.text}
    return Posting(settings["GATEWAY_URL"], settings["GATEWAY_SECRET"], json.dumps(said, ensure_ascii=False).encode())


def post(letter: Posting, at: datetime) -> None:
    """Post a letter. Raises RecipientRefused where the gateway will never take it, GatewayAway where it may later."""
    try:
        posting.post(letter.url, letter.secret, letter.body, at)
    except HTTPError as error:
        error.close()
        words = f"gateway: {error.code} {error.reason}"
        if 400 <= error.code < 500 and error.code not in LATER:
            raise RecipientRefused(words) from error
        raise GatewayAway(words) from error
    except (OSError, HTTPException) as error:
        raise GatewayAway(f"gateway: {getattr(error, 'reason', None) or error or type(error).__name__}") from error
