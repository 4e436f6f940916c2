"""A visitor, or a customer for another address, applies for a connection and follows it by the link of the letter."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from sqlalchemy import select

from ecrm import policy
from ecrm.checks import whole
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.letters import signed
from ecrm.models import CoverageArea, Installation
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.models.branch import Coverage
from ecrm.policy import Right
from ecrm.portal import application_words, drafts, people
from ecrm.portal.application_form import ApplicationForm
from ecrm.portal.blueprint import blueprint
from ecrm.portal.coverage import areas
from ecrm.rules import installation
from ecrm.rules.consent import APPLYING
from ecrm.rules.errors import FieldRefused

SENT = "applications"  # where the session keeps which form became which application
KEPT = 5


@blueprint.route("/apply", methods=["GET", "POST"])
def apply() -> Any:
    """Show the form for a covered area; take an application, and never say whether we know the person."""
    form = ApplicationForm()
    area = area_of(form.area.data if form.is_submitted() else request.args.get("area"))
    if area is None:
        return redirect(url_for("portal.coverage", **{name: request.args[name] for name in ("plan", "promo") if name in request.args}))
    if not form.is_submitted():
        return page(prefilled(form), area)
    if not policy.may(people.ROLE, Installation, Right.CREATE):
        abort(403)
    if form.validate():
        try:
            return redirect(follow_url(_taken(form, area)))
        except FieldRefused as refused:
            db.session.rollback()
            form[refused.name].errors = [str(refused)]
            area = db.session.merge(area)
    return page(form, area, 422)


def _taken(form: ApplicationForm, area: CoverageArea) -> str:
    """Return the number of the application that the form became; sent twice it is one."""
    sent = session.get(SENT, {})
    if form.token.data in sent:
        return str(sent[form.token.data])
    row = installation.apply(db.session(), Installation(
        applicant_name=form.name.data, applicant_phone=form.phone.data, applicant_email=form.email.data, address=form.address.data,
        area=area, plan=form.plans[form.plan.data], promo=form.promos.get(form.promo.data), visit_times=",".join(form.visit_times.data or ()) or None,
        customer=people.own_customer(), language=Language(str(get_locale())), agreed_wording=APPLYING,
    ), now())
    db.session.commit()
    session[SENT] = dict([*sent.items(), (form.token.data, row.number)][-KEPT:])
    flash(_("Thank you. Your application %(number)s has arrived. A letter with this link is on its way to you.", number=row.number), "success")
    return row.number


@blueprint.get("/application/<token>")
def application(token: str) -> Any:
    """How an application stands, for whoever has the link of the letter; it shows neither name nor contacts."""
    found = signed.number_of("installation", token)
    # The signature is the right to this one row: there is nobody logged in whose rows the policy could know.
    row = db.session.scalars(select(Installation).where(Installation.number == found)).one_or_none() if found else None
    if row is None:
        abort(404)
    return render_template("portal/application.html", row=row, words=application_words)


def follow_url(found: str) -> str:
    """Return the address on which an application is followed, on this server."""
    return "/" + signed.link("installation", found).split("/", 3)[3]


def area_of(text: str | None) -> CoverageArea | None:
    """Return the covered area of an active branch that an id in an address or form means, None where there is none."""
    found = whole(text)
    query = areas().where(CoverageArea.id == found, CoverageArea.coverage == Coverage.COVERED)
    return db.session.scalars(query).one_or_none() if found else None


def prefilled(form: ApplicationForm) -> ApplicationForm:
    """Return the form with what was chosen before, and what we know of a customer."""
    customer = people.own_customer()
    if customer is not None:
        form.name.data, form.phone.data, form.email.data = customer.name, customer.phone, customer.email
    form.plan.data, form.promo.data = request.args.get("plan"), request.args.get("promo") or ""
    if form.promo.data not in form.promos:
        form.promo.data = ""
    return form


def page(form: ApplicationForm, area: CoverageArea, status: int = 200) -> Any:
    """Return the page with the form as it stands."""
    form.area.data = str(area.id)
    return make_response(render_template("portal/apply.html", form=form, area=area), status)


@drafts.keeps("portal.apply", public=True)
def application_filled(fields: drafts.Draft) -> Any:
    """Return the form with what was typed before."""
    area = area_of(fields.get("area"))
    return page(ApplicationForm(formdata=fields), area) if area is not None else redirect(url_for("portal.coverage"))
