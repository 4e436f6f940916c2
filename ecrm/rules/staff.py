"""Who is on the staff."""

from typing import Any

from sqlalchemy import select

from ecrm.models import Role, User
from ecrm.models.account import STAFF, roles_users


def of_branch(branch_id: int | None = None) -> Any:
    """Return the SELECT of the ids of the accounts with a role of the staff, of one branch or of all."""
    roles = select(Role.id).where(Role.name.in_([role.value for role in STAFF]))
    people = select(roles_users.c.user_id).where(roles_users.c.role_id.in_(roles))
    return people if branch_id is None else select(User.id).where(User.id.in_(people), User.branch_id == branch_id)
