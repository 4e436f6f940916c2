"""What the steps of a complaint say of it: status and times are a projection of them."""

from collections.abc import Iterable
from typing import Any

from ecrm.models import Step
from ecrm.models.complaint import ComplaintStatus as S


def project(steps: Iterable[Step]) -> dict[str, Any]:
    """Return status, resolved_at, closed_at and reopen_count as the steps of one complaint say, oldest first."""
    found: dict[str, Any] = {"status": None, "resolved_at": None, "closed_at": None, "reopen_count": 0}
    for step in steps:
        if step.to_status is None:
            continue
        found["status"] = S(step.to_status)
        if step.action == "resolve":
            found["resolved_at"] = step.at
        elif step.action in ("confirm", "close", "cancel", "merge"):
            found["closed_at"] = step.at
        elif step.action == "reopen":
            found |= {"resolved_at": None, "closed_at": None, "reopen_count": found["reopen_count"] + 1}
    return found
