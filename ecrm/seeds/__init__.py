"""Data for the beginning: the operator's CSV files, a believable demo company, and an existing customer list."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import Branch


def is_empty(session: Session) -> bool:
    """Return whether nothing has been loaded yet: there is no branch."""
    return session.scalars(select(Branch.id).limit(1)).first() is None
