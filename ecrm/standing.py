"""Scopes for statements that are made once: who reads is asked for when one runs. To make a statement takes longer than the database to answer it."""

from functools import cache
from typing import Any

from flask_login import current_user
from sqlalchemy import ColumnElement

from ecrm import policy
from ecrm.models.account import RoleName
from ecrm.models.base import asked


class _Reader:
    """The person at the keyboard in a condition of the policy: ids, each a parameter."""

    def __getattr__(self, name: str) -> Any:
        return asked(lambda: getattr(current_user, name))


@cache
def scope(model: type, role: RoleName) -> ColumnElement[bool]:
    """Return policy.scope() for whoever is at the keyboard when the statement runs."""
    return policy.scope(model, role, _Reader())  # type: ignore[arg-type]
