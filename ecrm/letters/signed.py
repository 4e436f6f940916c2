"""Links in letters to people without an account: signed, so that nobody can make one, and good for a year."""

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

LIFE = 365 * 24 * 3600  # seconds; an application may wait for a new cable
PATHS = {"installation": "application"}


def link(table: str, number: str) -> str:
    """Return the public address of the page on which the person of a letter follows a row."""
    return f"{current_app.config['ECRM']['PUBLIC_URL']}/{PATHS[table]}/{_signer(table).dumps(number)}"


def number_of(table: str, token: str) -> str | None:
    """Return the number of the row that a link is about; None where it is not ours, or too old."""
    try:
        found = _signer(table).loads(token, max_age=LIFE)
    except BadSignature:
        return None
    return found if isinstance(found, str) else None


def _signer(table: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=f"follow-{table}")
