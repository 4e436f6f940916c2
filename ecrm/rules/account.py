"""Accounts of staff: how one begins, and who may not be locked out."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Role, User, UserSession
from ecrm.models.account import RoleName
from ecrm.models.user_session import EndReason
from ecrm.rules.errors import FieldRefused


def open_account(user: User, at: datetime) -> None:
    """Begin the account of a person whom an administrator knows; there is no password until they choose one."""
    user.fs_uniquifier, user.password, user.confirmed_at = uuid4().hex, None, at


def demand_two_factor(session: Session, role: Role, demanded: bool, at: datetime) -> None:
    """Demand two-factor login of a role's people, or no more; who has none yet sets it up at the next login, which is now."""
    role.two_factor_required = demanded
    if demanded:
        without = select(User.id).join(User.roles).where(Role.id == role.id, User.tf_primary_method.is_(None))
        living = UserSession.user_id.in_(without.scalar_subquery()), UserSession.ended_at.is_(None)
        session.execute(update(UserSession).where(*living).values(ended_at=at, because=EndReason.ACCOUNT))


def check(session: Session, user: User, by: User) -> None:
    """Raise FieldRefused where an administrator would lock themselves, or everybody, out; unflushed."""
    if user.active and RoleName.ADMINISTRATOR in user.role_names:
        return
    field = "roles" if user.active else "active"
    if user.id == by.id:
        raise FieldRefused(field, _l("You cannot take this from yourself; ask another administrator."))
    with session.no_autoflush:
        others = select(User.id).join(User.roles).where(
            Role.name == RoleName.ADMINISTRATOR.value, User.active.is_(True), User.id != (user.id or 0)
        )
        if session.scalars(others.limit(1)).first() is None:
            raise FieldRefused(field, _l("Somebody must stay administrator."))
