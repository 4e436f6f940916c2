"""Entering a complaint: what was typed is kept, and sending twice makes one complaint."""

from hashlib import sha256
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from ecrm import policy, storage
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Complaint, Customer
from ecrm.models.base import now
from ecrm.models.complaint import Channel
from ecrm.policy import Right
from ecrm.portal import drafts, help_pages, outage_pages, people, uploads
from ecrm.portal.blueprint import blueprint
from ecrm.portal.complaint_forms import ComplaintForm
from ecrm.rules.complaint import enter
from ecrm.rules.duplicates import open_or_recent

MOST_LIKELY = 3


@blueprint.route("/complaints/new", methods=["GET", "POST"])
@people.customers_only
def new_complaint() -> Any:
    """Show the form; take a complaint."""
    if people.own_customer() is None or not policy.may(people.ROLE, Complaint, Right.CREATE):
        return render_template("portal/no_customer.html"), 403
    form = ComplaintForm()
    if request.method == "GET" and request.args.get("category") in form.categories:
        form.category.data = request.args["category"]
    if not form.validate_on_submit():
        return page(form)
    received = uploads.receive(form.files)
    if received is None:
        return page(form)
    complaint = _enter_once(form, received)
    flash(_("Thank you. We have received your complaint %(number)s.", number=complaint.number), "success")
    return redirect(url_for("portal.complaint", number=complaint.number))


def page(form: ComplaintForm) -> str:
    """Return the page with the form as it stands."""
    uploads.choose_again(form.files)
    return render_template("portal/complaint_new.html", form=form, outages=outage_pages.running(), followed=outage_pages.followed(),
                           helps=help_pages.published(), likely=likely())


def likely() -> list[Complaint]:
    """Return the customer's complaints that this one may be about: open or of the last days."""
    customer = people.own_customer()
    mine = open_or_recent(customer.id, now()).where(policy.scope(Complaint, people.ROLE, current_user)) if customer else None
    return people.rows(mine.limit(MOST_LIKELY)) if mine is not None else []


@drafts.keeps("portal.new_complaint")
def filled(fields: drafts.Draft) -> str:
    """Return the page with what was typed before."""
    if people.own_customer() is None:
        abort(404)
    return page(ComplaintForm(formdata=fields))


def _enter_once(form: ComplaintForm, received: list[storage.Received]) -> Complaint:
    """Return the complaint of this form: the one that an earlier or simultaneous submit made, or a new one."""
    token = _token(form)
    same = people.see(Complaint).where(Complaint.token == token)
    found = db.session.scalars(same).one_or_none()
    if found is not None:
        return found
    try:
        complaint = _enter(form, token, received)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        complaint = db.session.scalars(same).one_or_none()
        if complaint is None:
            raise
    return complaint


def _token(form: ComplaintForm) -> str:
    """Return what makes two submits the same: the person, the form and the words.

    The words belong to it because “back” brings the old form again: another complaint typed there must not vanish.
    """
    parts = current_user.id, form.token.data, form.category.data, form.subject.data, form.description.data
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()


def _enter(form: ComplaintForm, token: str, received: list[storage.Received]) -> Complaint:
    at, customer = now(), db.session.scalars(people.see(Customer)).one()
    complaint = Complaint(
        customer=customer, category=form.categories[form.category.data],
        subscription=form.subscriptions.get(form.subscription.data),
        subject=form.subject.data, description=form.description.data, channel=Channel.PORTAL, token=token,
    )
    enter(db.session, complaint, at)
    storage.attach(db.session, complaint, received, current_user._get_current_object(), at)
    return complaint
