"""What the policy table is made of: rights, and grants of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto

from sqlalchemy import ColumnElement

from ecrm import rows
from ecrm.models import User


class Right(Flag):
    """What a role may do with the rows that it sees; verbs of a lifecycle are named one by one."""

    READ = auto()
    CREATE = auto()
    EDIT = auto()
    DELETE = auto()
    EXPORT = auto()


Rows = Callable[[User], ColumnElement[bool]]


@dataclass(frozen=True)
class Grant:
    """Rights on the rows of a table that `rows` lets through, without the `hidden` columns, with these verbs."""

    may: Right
    rows: Rows = rows.everything
    hidden: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
