"""Tokens of the API: how one begins, and how it ends."""

from datetime import datetime

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import ApiToken
from ecrm.models.account import STAFF
from ecrm.models.user_session import hashed
from ecrm.rules.errors import FieldRefused

SHOWN = 9  # characters by which people tell tokens apart


def issue(token: ApiToken, secret: str, at: datetime) -> None:
    """Bind a new token to `secret`, of which only the hash is kept; unflushed.

    Raises FieldRefused where the account may not have it: tokens are for staff, in a role that they have, and end some day.
    """
    if not token.user.active:
        raise FieldRefused("user", _l("This account is not active."))
    if token.role not in STAFF or token.role not in token.user.role_names:
        raise FieldRefused("role", _l("Choose a role of staff that the account has."))
    if token.expires_at <= at:
        raise FieldRefused("expires_at", _l("Enter a time that is still to come."))
    token.prefix, token.hash, token.created_at = secret[:SHOWN], hashed(secret), at


def revoke(token: ApiToken, at: datetime) -> None:
    """End a token for good; one that has ended stays as it is."""
    token.revoked_at = token.revoked_at or at
