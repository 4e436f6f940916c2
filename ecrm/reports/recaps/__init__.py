"""The recaps; RECAPS is the registry, in the order of the menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ecrm import policy
from ecrm.models.account import RoleName
from ecrm.policy import Right
from ecrm.reports.shapes import Scope, Sheet


@dataclass(frozen=True)
class RecapKind:
    """One recap: a role may read it that may export all of the tables in `needs`; `make` computes it from the rows."""

    kind: str
    title: Any
    needs: tuple[type, ...]
    make: Callable[[Session, Scope], Sheet]
    by_category: bool = False


RECAPS: tuple[RecapKind, ...] = ()


def of(role: RoleName) -> list[RecapKind]:
    """Return the recaps that a role may read."""
    return [recap for recap in RECAPS if all(policy.may(role, model, Right.EXPORT) for model in recap.needs)]
