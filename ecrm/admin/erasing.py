"""The two pages of a request about personal data that are more than a verb: the copy of what we hold, and the erasure."""

import logging
from typing import Any

from flask import abort, current_app, flash, redirect, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError
from wtforms import StringField, ValidationError

from ecrm import policy, storage
from ecrm.admin import conflict
from ecrm.admin.pages import Link
from ecrm.extensions import db
from ecrm.i18n import Form, gettext as _, lazy_gettext as _l
from ecrm.models import PdpRequest
from ecrm.models.base import now
from ecrm.models.pdp_request import PDP_OPEN, PdpKind
from ecrm.policy import Right
from ecrm.privacy import copying
from ecrm.privacy.erasing import erase
from ecrm.privacy.person import gather
from ecrm.rules import erasure
from ecrm.rules.errors import Refused
from ecrm.web import PasswordAgain, is_fresh

log = logging.getLogger(__name__)


class ErasureForm(Form):
    """The number of the customer, typed: nobody erases the wrong person by a slip."""

    number = StringField(_l("Customer number"))

    def __init__(self, wanted: str, *args: Any) -> None:
        """Keep the number that is to be typed."""
        super().__init__(*args)
        self.wanted = wanted

    def validate_number(self, field: Any) -> None:
        """Refuse any other."""
        if (field.data or "").strip().upper() != self.wanted.upper():
            raise ValidationError(_("This is not the number of this customer. Nothing was erased."))


class Erasing:
    """The part of the screen of requests that copies and erases."""

    # What the screen brings.
    role: Any
    get_one: Any
    get_url: Any
    render: Any
    extra_needs = {"copy_view": Right.READ, "erase_view": Right.READ}

    def links(self, row: PdpRequest) -> list[Link]:
        """Return the ways to the copy and to the erasure."""
        found = []
        if row.kind is PdpKind.ACCESS and row.customer.erased_at is None and policy.may_move(self.role, PdpRequest, "fulfil"):
            found.append(Link(_("Copy of the data (ZIP)"), self.get_url(".copy_view", id=row.id)))
        if row.kind is PdpKind.DELETION and row.status in PDP_OPEN and policy.may_move(self.role, PdpRequest, "erase"):
            found.append(Link(_("Erase the person …"), self.get_url(".erase_view", id=row.id)))
        return found

    @expose("/copy/")
    def copy_view(self) -> ResponseReturnValue:
        """Send the copy, to look through before it is granted."""
        row = self._request_of("fulfil", PdpKind.ACCESS)
        at = now()
        copy = copying.make(db.session(), row.customer, at)
        return send_file(copy, "application/zip", as_attachment=True, download_name=copying.name_of(row.customer, at))

    @expose("/erase/", methods=("GET", "POST"))
    def erase_view(self) -> ResponseReturnValue:
        """Say what would be erased and what stands against it; erase when the customer's number was typed."""
        row = self._request_of("erase", PdpKind.DELETION)
        form = ErasureForm(row.customer.number, request.form)
        page = self.get_url(".details_view", id=row.id)
        if request.method == "POST" and form.validate():
            try:
                done = erase(db.session(), row, current_user._get_current_object(), now(), current_app.config["ECRM"]["RETENTION_YEARS"])
                db.session.commit()
            except (Refused, StaleDataError) as refused:
                db.session.rollback()
                flash(conflict.reason(refused), "error")
                return redirect(self.get_url(".erase_view", id=request.args.get("id")))
            self._remove(done.files)
            flash(_("The person is erased."), "success")
            return redirect(page)
        return self._erase_page(row, form, page), 422 if request.method == "POST" else 200

    def _request_of(self, verb: str, kind: PdpKind) -> PdpRequest:
        """Return the request, for who may decide it and has just given the password."""
        row: PdpRequest = self.get_one(request.args.get("id"))
        if not policy.may_move(self.role, PdpRequest, verb):
            abort(403)
        if row.kind is not kind:
            abort(404)
        if not is_fresh():
            raise PasswordAgain
        return row

    def _erase_page(self, row: PdpRequest, form: ErasureForm, page: str) -> str:
        against = erasure.obstacles(db.session(), row.customer, now(), current_app.config["ECRM"]["RETENTION_YEARS"])
        found = gather(db.session(), row.customer)
        counts = [(str(model.__labels__), len(ids)) for model, ids in found.ids.items() if ids]  # type: ignore[attr-defined]
        open_ = row.status in PDP_OPEN
        shown: str = self.render("admin/erase.html", model=row, form=form, against=against, counts=counts, possible=open_ and not against, return_url=page)
        return shown

    @staticmethod
    def _remove(keys: tuple[str, ...]) -> None:
        """Remove the files; what cannot be removed is said, as nothing points to it any more."""
        try:
            storage.remove(keys)
        except OSError:
            log.exception("files of an erased person are left: %s", " ".join(keys))
            flash(_("Some files could not be removed; the log names them."), "error")
