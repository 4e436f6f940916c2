"""“My data”: what a customer asks about their personal data, how that stands, and the copy of the data once it was granted."""

from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, send_file, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from ecrm import policy
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import PdpRequest
from ecrm.models.base import now
from ecrm.models.complaint import Channel
from ecrm.models.pdp_request import PDP_OPEN, PdpKind, PdpStatus
from ecrm.policy import Right
from ecrm.portal import drafts, people
from ecrm.portal.account_forms import REQUIRED, OneOf, at_most, stripped
from ecrm.portal.blueprint import blueprint
from ecrm.portal.taking_back import take_back
from ecrm.privacy import copying
from ecrm.rules.pdp_request import file
from ecrm.web import PasswordAgain, is_fresh

COPY_LIES = timedelta(days=30)  # how long the copy can be fetched
PLAIN: dict[str, Any] = {  # what each kind means, in a sentence
    PdpKind.ACCESS.value: _l("You get everything that we have about you as a file."),
    PdpKind.CORRECTION.value: _l("Tell us below what is wrong and what is right."),
    PdpKind.DELETION.value: _l("We erase your name, address, contacts, messages and photos, and close your account. Possible when no subscription runs and no complaint is open."),
    PdpKind.WITHDRAWAL.value: _l("We stop what you agreed to: letters about promos."),
    PdpKind.RESTRICTION.value: _l("We keep your data for your connection and use them for nothing else: no promos, no evaluation."),
}


class DataForm(FlaskForm):
    """A request about one's own data."""

    kind = RadioField(_l("What would you like?"), choices=[(kind.value, kind.label) for kind in PdpKind],
                      validators=[InputRequired(_l("Choose what you would like.")), OneOf()], validate_choice=False)
    wish = TextAreaField(_l("In your words"), filters=[stripped], validators=[at_most(2000)])

    def validate_wish(self, field: Any) -> None:
        """Nobody can correct what is not named."""
        if self.kind.data == PdpKind.CORRECTION.value and not field.data:
            raise ValidationError(str(REQUIRED))


@blueprint.route("/data", methods=["GET", "POST"])
@people.customers_only
def data() -> Any:
    """Show the requests and the form; take a request, the same one that is still open only once."""
    customer = people.own_customer()
    if customer is None or not policy.may(people.ROLE, PdpRequest, Right.CREATE):
        return render_template("portal/no_customer.html"), 403
    form = DataForm()
    if not form.validate_on_submit():
        return page(form, 422 if form.is_submitted() else 200)
    kind = PdpKind(form.kind.data)
    same = people.see(PdpRequest).where(PdpRequest.kind == kind, PdpRequest.status.in_(PDP_OPEN))
    row = db.session.scalars(same.limit(1)).first()
    if row is None or (form.wish.data or None) not in (None, row.wish):
        row = PdpRequest(customer=customer, kind=kind, wish=form.wish.data or None, channel=Channel.PORTAL)
        file(db.session(), row, now(), current_user._get_current_object())
        db.session.commit()
    flash(_("We have your request %(number)s and answer it within 3×24 hours.", number=row.number), "success")
    return redirect(url_for("portal.data"))


@blueprint.post("/data/<number>/withdraw")
@people.customers_only
def withdraw_data(number: str) -> Any:
    """Take a request back that nobody has decided."""
    row = fetch(number)
    take_back(row, _("Your request is taken back."))
    return redirect(url_for("portal.data"))


@blueprint.get("/data/<number>/file")
@people.customers_only
def data_file(number: str) -> Any:
    """Send the copy of the data that was granted; the password is asked again, as it is everything at once."""
    row = fetch(number)
    if copy_lies_until(row) is None:
        abort(404)
    if not is_fresh():
        raise PasswordAgain
    at = now()
    copy = copying.make(db.session(), row.customer, at)
    return send_file(copy, "application/zip", as_attachment=True, download_name=copying.name_of(row.customer, at))


def fetch(number: str) -> PdpRequest:
    """Return the own request of this number, or answer 404."""
    row: PdpRequest = people.one_or_404(people.see(PdpRequest).where(PdpRequest.number == number))
    return row


def copy_lies_until(row: PdpRequest) -> datetime | None:
    """Return until when the copy of the data can be fetched, None where there is none, or no more."""
    if row.kind is not PdpKind.ACCESS or row.status is not PdpStatus.FULFILLED or row.decided_at is None:
        return None
    until = row.decided_at + COPY_LIES
    return until if now() < until else None


def page(form: DataForm, status: int = 200) -> Any:
    """Return the page with the form as it stands."""
    requests = people.rows(people.see(PdpRequest).order_by(PdpRequest.id.desc()).limit(50))
    shown = {"requests": requests, "plain": PLAIN, "open": PDP_OPEN, "copy_lies_until": copy_lies_until, "customer": people.own_customer()}
    return make_response(render_template("portal/data.html", form=form, **shown), status)


@drafts.keeps("portal.data")
def filled(fields: drafts.Draft) -> Any:
    """Return the page with what was typed before."""
    return page(DataForm(formdata=fields)) if people.own_customer() is not None else abort(404)


@drafts.keeps("portal.withdraw_data")
def withdraw_filled(_fields: drafts.Draft, number: str) -> Any:
    """Return the page."""
    fetch(number)
    return page(DataForm(formdata=None))
