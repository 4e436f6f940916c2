"""“Tell me when you come here”: a wish for an area that is not covered, or for a place that we do not know."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from ecrm import policy
from ecrm.checks import whole
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models import CoverageArea, Demand
from ecrm.models.account import Language
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.portal import drafts, people
from ecrm.portal.account_forms import REQUIRED, at_most, stripped
from ecrm.portal.application_form import PersonForm
from ecrm.portal.blueprint import blueprint
from ecrm.portal.coverage import areas
from ecrm.rules import demand
from ecrm.rules.consent import WAITING


class DemandForm(PersonForm):
    """Who waits, and for which area, or else which place."""

    area = HiddenField()
    place = StringField(_l("Where do you live?"), filters=[stripped], validators=[at_most(300)], render_kw={"autocomplete": "street-address"})

    def validate_place(self, field: Any) -> None:
        """Where there is no area, the place says it."""
        if not self.area.data and not field.data:
            raise ValidationError(str(REQUIRED))


@blueprint.route("/coverage/wait", methods=["GET", "POST"])
def wait() -> Any:
    """Show the form, and keep a wish; the answer is the same whether it was kept before or not."""
    form = DemandForm()
    area = area_of(form.area.data if form.is_submitted() else request.args.get("area"))
    if not form.is_submitted():
        form.place.data = request.args.get("q", "")[:300]
        return page(form, area)
    if not policy.may(people.ROLE, Demand, Right.CREATE):
        abort(403)
    form.area.data = str(area.id) if area is not None else ""
    if not form.validate():
        return page(form, area, 422)
    demand.ask(db.session(), Demand(
        name=form.name.data, phone=form.phone.data, email=form.email.data, area=area, place=form.place.data or None,
        language=Language(str(get_locale())), agreed_wording=WAITING,
    ), now())
    db.session.commit()
    flash(_("Thank you. We write to %(email)s as soon as our network reaches you.", email=form.email.data), "success")
    return redirect(url_for("portal.coverage"))


def area_of(text: str | None) -> CoverageArea | None:
    """Return the area of an active branch that an id in an address or form means, None where there is none."""
    found = whole(text)
    return db.session.scalars(areas().where(CoverageArea.id == found)).one_or_none() if found else None


def page(form: DemandForm, area: CoverageArea | None, status: int = 200) -> Any:
    """Return the page with the form as it stands."""
    form.area.data = str(area.id) if area is not None else ""
    return make_response(render_template("portal/wait.html", form=form, area=area), status)


@drafts.keeps("portal.wait", public=True)
def wait_filled(fields: drafts.Draft) -> Any:
    """Return the form with what was typed before."""
    return page(DemandForm(formdata=fields), area_of(fields.get("area")))
