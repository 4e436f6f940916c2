"""What a customer reads of visits: who comes when."""

from ecrm.models import Complaint, Visit
from ecrm.models.visit import VisitStatus
from ecrm.portal import people


def promised(complaint: Complaint | None = None) -> list[Visit]:
    """Return the visits that are planned for the reader, the next first; those for one complaint if given."""
    planned = people.see(Visit).where(Visit.status == VisitStatus.PLANNED).order_by(Visit.window_from)
    return people.rows(planned if complaint is None else planned.where(Visit.complaint_id == complaint.id))
