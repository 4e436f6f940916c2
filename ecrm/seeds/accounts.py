"""The demo's logins, one for each role, and whether a database holds any."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import User
from ecrm.models.account import RoleName

DEMO_DOMAIN = "demo.example"
DEMO_PASSWORD = "keluhan-beres-1"  # noqa: S105 - meant to be known
DEMO_LOGINS = tuple((role, f"{role.value}@{DEMO_DOMAIN}", DEMO_PASSWORD) for role in RoleName)


def demo_logins_exist(session: Session) -> bool:
    """Return whether an account of the demo is there, which a production system must not have."""
    return session.scalars(select(User.id).where(User.email.like(f"%@{DEMO_DOMAIN}")).limit(1)).first() is not None
