"""What the pages of those who declare outages offer: the areas where many complain at once, and the form for it."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from ecrm.admin.work_filters import suspicions
from ecrm.extensions import db
from ecrm.models import Complaint, CoverageArea


@dataclass(frozen=True)
class Offer:
    """An area where an outage is likely, how many complaints say so within how many minutes, and the addresses of the form and the list."""

    area: CoverageArea
    complaints: int
    minutes: int
    declare_url: str
    list_url: str


def offers(screen: Any, area_id: int | None = None) -> list[Offer]:
    """Return what to offer on the site of `screen`, of one area where asked; nothing to a role that declares no outages."""
    if screen is None or not screen.can_create:
        return []
    minutes = current_app.config["ECRM"]["OUTAGE_MINUTES"]
    complaints = screen.sibling(Complaint)
    return [
        Offer(db.session.get(CoverageArea, one.area_id), len(one.complaints), minutes,
              screen.get_url(f"{screen.endpoint}.create_view", area=one.area_id, since=one.first_at.isoformat()),
              complaints.list_address({"suspicious": "1", "area": str(one.area_id)}))
        for one in suspicions() if area_id in (None, one.area_id)
    ]
