"""What each technician has in hand, and how much that should be at the most."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _, ngettext
from ecrm.models import Complaint, User
from ecrm.models.complaint import UNSOLVED


@dataclass(frozen=True)
class Load:
    """How many unsolved complaints a technician has, and the most that they should have, None for no limit."""

    count: int
    most: int | None = None

    @property
    def full(self) -> bool:
        """Return whether there is no room for another one."""
        return self.most is not None and self.count >= self.most

    @property
    def over(self) -> bool:
        """Return whether it is more than it should be."""
        return self.most is not None and self.count > self.most

    def __str__(self) -> str:
        """Say it, such as “7 of 10 unsolved”."""
        if self.most is None:
            return ngettext("%(num)s unsolved", "%(num)s unsolved", self.count)
        text = _("%(count)s of at most %(most)s unsolved", count=self.count, most=self.most)
        return _("%(load)s (full)", load=text) if self.full else text


def of(session: Session, people: Iterable[User]) -> dict[int, Load]:
    """Return {id: load} of these technicians, in one query."""
    most = {person.id: person.most_jobs for person in people}
    held = select(Complaint.technician_id, func.count()).where(Complaint.status.in_(UNSOLVED), Complaint.technician_id.in_(most))
    counts = {number: count for number, count in session.execute(held.group_by(Complaint.technician_id))}
    return {number: Load(counts.get(number, 0), limit) for number, limit in most.items()}
