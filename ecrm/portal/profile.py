"""A customer's own data."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from ecrm import policy
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Customer
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.models.customer import ContactChannel
from ecrm.policy import Right
from ecrm.portal import drafts, look, people
from ecrm.portal.account_forms import ProfileForm
from ecrm.portal.blueprint import blueprint
from ecrm.rules import consent, told


@blueprint.route("/profile", methods=["GET", "POST"])
@people.customers_only
def profile() -> Any:
    """Show the customer's data; telephone and language can be changed here."""
    customer = people.own_customer()
    agreed = customer is not None and consent.given(db.session(), customer)
    form = ProfileForm(promos=agreed, phone=look.telephone((customer or current_user).phone or ""), language=current_user.language.value,
                       channel=told.channel_of(customer).value)
    if not form.validate_on_submit():
        return page(form)
    if not policy.may(people.ROLE, Customer, Right.EDIT):
        abort(403)
    if customer is not None and request.form.get("version") != str(customer.version):
        flash(_("Somebody changed your data while this page was open. Please check and save again."), "warning")
        return page(form), 409
    current_user.phone, current_user.language = form.phone.data, Language(form.language.data)
    if customer is not None:
        customer.phone = form.phone.data
        if "channel" in form:
            customer.preferred_channel = ContactChannel(form.channel.data)
        consent.say(db.session(), customer, form.promos.data, now())
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("portal.profile"))


def page(form: ProfileForm) -> str:
    """Return the page with the form as it stands."""
    return render_template("portal/profile.html", customer=people.own_customer(), form=form)


@drafts.keeps("portal.profile")
def filled(fields: drafts.Draft) -> str:
    """Return the page with what was typed before."""
    return page(ProfileForm(formdata=fields))
