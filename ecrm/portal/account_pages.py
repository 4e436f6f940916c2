"""Pages around the login: where a person belongs, the language, and the one address that stands in letters."""

from typing import Any

from flask import abort, redirect, render_template, request, session, url_for
from flask_login import current_user
from flask_security.utils import validate_redirect_url

from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Complaint, Customer, Outage, PdpRequest, Promo, Subscription, Visit
from ecrm.models.account import Language
from ecrm.portal import people
from ecrm.portal.blueprint import blueprint

PAGES = {
    "complaint": (Complaint, lambda row: url_for("portal.complaint", number=row.number)),
    "visit": (Visit, lambda row: url_for("portal.complaint", number=row.complaint.number) if row.complaint else url_for("portal.home")),
    "outage": (Outage, lambda row: url_for("portal.outage_page", number=row.number)),
    "promo": (Promo, lambda row: url_for("portal.promo", code=row.code)),
    "bandwidth_grant": (BandwidthGrant, lambda row: url_for("portal.bandwidth")),
    "pdp_request": (PdpRequest, lambda row: url_for("portal.data")),
    "customer": (Customer, lambda row: url_for("portal.profile")),
    "subscription": (Subscription, lambda row: url_for("portal.home")),
}


@blueprint.get("/start")
def start() -> Any:
    """Send a person where they work: staff to their site, customers home."""
    if people.is_staff():
        return redirect("/admin/")
    if people.is_customer():
        return redirect(url_for("portal.home"))
    return abort(403) if current_user.is_authenticated else redirect(url_for("security.login"))


@blueprint.get("/registered")
def registered() -> Any:
    """Say what to do now; the same for a known and an unknown address."""
    return render_template("portal/registered.html")


@blueprint.get("/go/<table>/<int(max=2147483647):row_id>")
def go(table: str, row_id: int) -> Any:
    """Send the reader of a letter to their own page of a row; 404 for what they may not see."""
    if not current_user.is_authenticated:
        return people.log_in_first()
    if people.is_staff():
        return redirect(f"/admin/go/{table}/{row_id}")
    if table not in PAGES:
        abort(404)
    model, page = PAGES[table]
    return redirect(page(people.one_or_404(people.see(model).where(model.id == row_id))))


@blueprint.post("/language")
def language() -> Any:
    """Keep the chosen language: on the account, or in the session of a visitor."""
    chosen = request.form.get("language")
    if chosen not in {known.value for known in Language}:
        abort(400)
    session["language"] = chosen
    if current_user.is_authenticated and current_user.language.value != chosen:
        current_user.language = Language(chosen)
        db.session.commit()
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/") and "\\" not in back and validate_redirect_url(back) else "/")
