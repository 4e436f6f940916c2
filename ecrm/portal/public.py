"""What everybody may read: the front page and the promos."""

from typing import Any

from flask import redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import selectinload

from ecrm.models import Plan, Promo
from ecrm.portal import look, outage_pages, people, why
from ecrm.portal.blueprint import blueprint
from ecrm.rules.promo import offered


@blueprint.get("/")
def landing() -> Any:
    """What the company offers, and the two ways in; who is logged in goes to their own site."""
    if current_user.is_authenticated:
        return redirect(url_for("portal.start"))
    plans = people.rows(people.see(Plan).where(Plan.on_sale.is_(True)).order_by(Plan.monthly_price, Plan.id))
    return render_template("portal/landing.html", plans=plans, promos=promos_for_reader(), outages=outage_pages.running())


@blueprint.get("/promos")
def promos() -> Any:
    """The promos that run today and are for the reader."""
    shown = promos_for_reader()
    answer = render_template("portal/promos.html", promos=shown)
    why.note_seen(shown)
    return answer


def promos_for_reader() -> list[Promo]:
    """Return the published promos of today for the reader, those that end first in front."""
    mine = offered(people.own_customer(), look.today())
    return people.rows(people.see(Promo).where(mine).options(selectinload(Promo.plans)).order_by(Promo.valid_until, Promo.id))
