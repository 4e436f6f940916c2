"""“I'm interested”: a customer asks for a promo, sees what became of it, and may take the wish back."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from ecrm import policy
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import Promo, PromoRequest, Step
from ecrm.models.base import now
from ecrm.models.promo_request import PromoRequestStatus
from ecrm.policy import Right
from ecrm.portal import drafts, look, people, why
from ecrm.portal.account_forms import at_most, stripped
from ecrm.portal.blueprint import blueprint
from ecrm.portal.taking_back import take_back
from ecrm.rules.promo import running
from ecrm.rules.promo_request import NotOffered, ask


class InterestForm(FlaskForm):
    """A wish for a promo."""

    remark = TextAreaField(_l("Anything we should know?"), filters=[stripped], validators=[at_most(500)])


@blueprint.get("/promos/<code>")
def promo(code: str) -> Any:
    """One promo that runs today, and the reader's wish for it."""
    row = fetch(code)
    answer = page(row)
    why.note_seen([row])
    return answer


@blueprint.post("/promos/<code>/interest")
@people.customers_only
def interest(code: str) -> Any:
    """Take a wish; pressed twice it is one."""
    row, form, customer = fetch(code), InterestForm(), people.own_customer()
    if customer is None or not policy.may(people.ROLE, PromoRequest, Right.CREATE):
        abort(403)
    if not form.validate_on_submit():
        return page(row, form, 422)
    try:
        ask(db.session(), customer, row, now(), form.remark.data)
        db.session.commit()
    except NotOffered as refused:
        db.session.rollback()
        flash(str(refused), "warning")
        return page(fetch(code), form, 409)
    flash(_("Thank you: we have your wish and will call you."), "success")
    return redirect(url_for("portal.promo", code=code))


@blueprint.post("/promos/<code>/withdraw")
@people.customers_only
def withdraw(code: str) -> Any:
    """Take the open wish back."""
    row = fetch(code)
    asked = wish(row) or abort(404)
    take_back(asked, _("Your wish is taken back."))
    return redirect(url_for("portal.promo", code=code))


def fetch(code: str) -> Promo:
    """Return the promo of this code if it runs today, or answer 404."""
    row: Promo = people.one_or_404(people.see(Promo).where(Promo.code == code, running(look.today())))
    return row


def wish(row: Promo) -> PromoRequest | None:
    """Return the reader's newest wish for a promo that was not taken back."""
    if not people.is_customer():
        return None
    mine = people.see(PromoRequest).where(PromoRequest.promo_id == row.id, PromoRequest.status != PromoRequestStatus.WITHDRAWN)
    found: PromoRequest | None = db.session.scalars(mine.order_by(PromoRequest.id.desc()).limit(1)).first()
    return found


def page(row: Promo, form: InterestForm | None = None, status: int = 200) -> Any:
    """Return the page of a promo, with what was typed where it was refused."""
    asked = wish(row)
    moves = people.see(Step).where(Step.table == "promo_request", Step.row_id == asked.id).order_by(Step.id.desc()) if asked else None
    answer = people.rows(moves.limit(1)) if moves is not None else []
    return make_response(render_template(
        "portal/promo.html", promo=row, wish=asked, form=form or InterestForm(formdata=None), customer=people.own_customer(),
        reason=answer[0].reason if answer else None,
    ), status)


@drafts.keeps("portal.interest")
def interest_filled(fields: drafts.Draft, code: str) -> Any:
    """Return the page with the remark typed before."""
    return page(fetch(code), InterestForm(formdata=fields))


@drafts.keeps("portal.withdraw")
def withdraw_filled(_fields: drafts.Draft, code: str) -> Any:
    """Return the page of the promo."""
    return page(fetch(code))
