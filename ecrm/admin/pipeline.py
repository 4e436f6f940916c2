"""The pipeline: where all applications stand, how long they have waited, and whose turn it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm import joinedload

from ecrm import policy
from ecrm.admin import look, pages
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Installation
from ecrm.models.installation import InstallationStatus as S

SHOWN = 6  # applications of a column, those that wait longest
LAST = 30  # days of what is over
NEXT = {
    S.REGISTERED: _l("Sales surveys the address"), S.SURVEYED: _l("Support arranges the visit"),
    S.SCHEDULED: _l("The technician installs"), S.INSTALLED: _l("Support activates"),
}
OVER = (S.ACTIVATED, S.NOT_COVERED, S.CANCELLED)


@dataclass(frozen=True)
class Stage:
    """A column: how many stand there, the ones that wait longest, the list of all, and what is done next."""

    status: S
    count: int
    url: str
    rows: list[Installation]
    next: Any

    @property
    def oldest(self) -> datetime | None:
        """Return since when the first one waits."""
        return self.rows[0].registered_at if self.rows else None


class Pipeline:
    """The part of the screen of installations that shows them as a pipeline."""

    role: Any
    overviews = (("pipeline_view", _l("Pipeline")),)

    @expose("/pipeline/")
    def pipeline_view(self) -> ResponseReturnValue:
        """Show the columns, and what became of the applications of the last days."""
        today = look.today()
        days = f"{today - timedelta(days=LAST - 1)}..{today}"
        asked = {status: {"status": status.value} | ({"registered_at": days} if status in OVER else {}) for status in (*NEXT, *OVER)}
        counts = pages.counts([(self, wanted) for wanted in asked.values()])
        stages = [self._stage(status, count, wanted) for count, (status, wanted) in zip(counts, asked.items(), strict=True)]
        shown: str = self.render("admin/pipeline.html", stages=stages[:len(NEXT)], over=stages[len(NEXT):], days=LAST)  # type: ignore[attr-defined]
        return shown

    def _stage(self, status: S, count: int, wanted: dict[str, str]) -> Stage:
        query = policy.visible(Installation, self.role, current_user).where(Installation.status == status).options(joinedload(Installation.area))
        oldest = query.order_by(Installation.registered_at, Installation.id).limit(SHOWN)
        rows = list(db.session.scalars(oldest)) if status in NEXT else []
        return Stage(status, count, self.list_address(wanted), rows, NEXT.get(status))  # type: ignore[attr-defined]
