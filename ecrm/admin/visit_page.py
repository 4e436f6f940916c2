"""A visit's own page: its report, its photos before and after, and what follows from it."""

from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select

from ecrm import policy, storage
from ecrm.admin import appointments
from ecrm.admin.pages import Link
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Attachment, Visit
from ecrm.models.attachment import Phase
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.rules import appointment

SENDS = {Phase.BEFORE: _l("Send as “before”"), Phase.AFTER: _l("Send as “after”")}


class VisitPage:
    """The part of the visits' screen that shows one visit and takes its photos."""

    # What the screen brings.
    model: Any
    role: Any
    get_one: Any
    get_url: Any
    extra_needs = {"photos_view": Right.READ}
    details_template = "admin/visit.html"
    sends = SENDS

    @expose("/photos/", methods=("POST",))
    def photos_view(self) -> ResponseReturnValue:
        """Take photos of the place before or after the work."""
        row = self.get_one(request.args.get("id"))
        phase = next((one for one in Phase if one.value == request.form.get("phase")), None)
        if not self.may_attach() or phase is None:
            abort(403 if phase else 400)
        page = self.get_url(".details_view", id=row.id, _anchor="photos")
        chosen = [file for file in request.files.getlist("files") if file.filename]
        db.session.rollback()  # nothing is written yet, and pictures take time: let go of the database's lock
        try:
            if not chosen or len(chosen) > storage.MAX_FILES:
                raise storage.FileRefused(storage.Refusal.TOO_MANY if chosen else storage.Refusal.EMPTY)
            received = [storage.receive(file) for file in chosen]
        except storage.FileRefused as refused:
            flash(str(refused), "error")
            return redirect(page)
        row = self.get_one(request.args.get("id"))
        storage.attach(db.session, row.complaint, received, current_user._get_current_object(), now(), visit=row, phase=phase)
        db.session.commit()
        flash(_("The photos are saved."), "success")
        return redirect(page)

    def may_attach(self) -> bool:
        """Return whether the role may add files."""
        return policy.may(self.role, Attachment, Right.CREATE)

    def photos(self, row: Visit) -> dict[Phase, list[Attachment]]:
        """Return the photos of a visit that the role sees, those before and those after the work."""
        mine = policy.visible(Attachment, self.role, current_user).where(Attachment.visit_id == row.id).order_by(Attachment.id)
        found = list(db.session.scalars(mine)) if policy.grant(Attachment, self.role) else []
        return {phase: [one for one in found if one.phase is phase] for phase in Phase}

    def links(self, row: Visit) -> list[Link]:
        """The next visit, where this one was in vain and nobody has planned another."""
        again = db.session.scalar(select(Visit.id).where(Visit.id == row.id, appointment.needs_another(now() - appointment.SINCE)))
        thing = row.complaint or row.installation
        return appointments.links(self, thing) if again and thing else []
