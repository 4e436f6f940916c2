"""Outages as customers know them: told before they write, followed instead of written about."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError

from ecrm import policy
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Complaint, Outage, OutageFollower
from ecrm.models.base import now
from ecrm.policy import Right
from ecrm.portal import drafts, people
from ecrm.portal.blueprint import blueprint
from ecrm.rules import outage

MOST = 5  # outages on a page of something else


@blueprint.get("/outages/<number>")
@people.customers_only
def outage_page(number: str) -> Any:
    """One outage that concerns the customer, and their complaints about it."""
    row = fetch(number)
    mine = people.rows(people.see(Complaint).where(Complaint.outage_id == row.id).order_by(Complaint.id.desc()))
    return render_template("portal/outage.html", outage=row, followed=followed(), complaints=mine)


@blueprint.post("/outages/<number>/follow")
@people.customers_only
def follow(number: str) -> Any:
    """Let the customer be told of each word about an outage; pressed twice it is one."""
    row, customer = fetch(number), people.own_customer()
    if customer is None or not policy.may(people.ROLE, OutageFollower, Right.CREATE):
        abort(403)
    try:
        outage.follow(db.session(), row, customer, now())
        db.session.commit()
    except IntegrityError:  # the same button pressed twice at once
        db.session.rollback()
    flash(_("We will write to you as soon as there is news, and when it works again."), "success")
    return redirect(url_for("portal.outage_page", number=number))


@blueprint.post("/outages/<number>/unfollow")
@people.customers_only
def unfollow(number: str) -> Any:
    """Tell the customer no more of an outage."""
    row = fetch(number)
    for one in people.rows(people.see(OutageFollower).where(OutageFollower.outage_id == row.id)):
        db.session.delete(one)
    db.session.commit()
    flash(_("You do not follow this outage any more."), "info")
    return redirect(url_for("portal.outage_page", number=number))


def fetch(number: str) -> Outage:
    """Return the outage of this number if the reader may know of it, or answer 404."""
    row: Outage = people.one_or_404(people.see(Outage).where(Outage.number == number))
    return row


def running() -> list[Outage]:
    """Return the outages that run and concern the reader, the newest first."""
    return people.rows(people.see(Outage).where(outage.is_running()).order_by(Outage.started_at.desc(), Outage.id).limit(MOST))


def followed() -> set[int]:
    """Return the ids of the outages that the reader follows."""
    return {row.outage_id for row in people.rows(people.see(OutageFollower))} if people.is_customer() else set()


@drafts.keeps("portal.follow")
def follow_filled(_fields: drafts.Draft, number: str) -> Any:
    """Return the page of the outage."""
    return outage_page(number)


@drafts.keeps("portal.unfollow")
def unfollow_filled(_fields: drafts.Draft, number: str) -> Any:
    """Return the page of the outage."""
    return outage_page(number)
