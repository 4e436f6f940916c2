"""What the pages of complaints and applications offer about visits."""

from typing import Any

from ecrm.admin.pages import Link
from ecrm.i18n import gettext as _
from ecrm.models import Complaint, Visit
from ecrm.rules import appointment


def links(screen: Any, row: Any) -> list[Link]:
    """Return the button that plans a visit for a complaint or an application, or leads to the one that is planned."""
    visits = screen.sibling(Visit)
    if visits is None or not visits.can_create or not appointment.wanted(row):
        return []
    planned = appointment.planned_for(row)
    if planned is not None:
        return [Link(_("Visit %(number)s", number=planned.number), visits.get_url(f"{visits.endpoint}.details_view", id=planned.id))]
    name = "complaint" if isinstance(row, Complaint) else "installation"
    return [Link(_("Arrange a visit"), visits.get_url(f"{visits.role.value}_week.index", **{name: row.id}))]
