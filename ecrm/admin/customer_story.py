"""Everything that happened with one customer, in one line of time: what the role may see of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from flask_login import current_user
from jinja2 import TemplateError
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from ecrm import policy
from ecrm.admin import look, story
from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.letters import naming
from ecrm.letters.rendering import render
from ecrm.models import BandwidthGrant, CallNote, Complaint, Customer, Installation, Letter, PromoRequest, Step, Subscription, Visit

MOST = 500  # events of each kind on the whole timeline


@dataclass(frozen=True)
class Event:
    """One event: what happened, more about it, the row's page; `day` where no hour is known, and its kind."""

    at: datetime
    title: str
    detail: str = ""
    url: str | None = None
    day: bool = False
    kind: "Kind | None" = None


@dataclass(frozen=True)
class Kind:
    """A kind of events: its name in addresses, its label, and the function that finds them."""

    name: str
    label: Any
    find: Callable[[Customer, Any, int], Iterator[Event]]


def of(customer: Customer, view: Any, most: int = MOST, only: str | None = None) -> list[Event]:
    """Return the newest events of a customer for the role of `view`, newest first; of one kind if `only` names it."""
    kinds = [kind for kind in KINDS if only in (None, kind.name)]
    found = (replace(event, kind=kind) for kind in kinds for event in kind.find(customer, view, most))
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _rows(view: Any, model: Any, where: Any, most: int, *relations: Any) -> list[tuple[Any, str]]:
    """Return the newest rows that the role sees, each with the address of its page; none where it has no such table."""
    screen = view.sibling(model)
    if screen is None:
        return []
    query = policy.visible(model, view.role, current_user).where(where).options(*map(joinedload, relations))
    rows = db.session.scalars(query.order_by(model.id.desc()).limit(most)).unique()
    return [(row, screen.get_url(f"{screen.endpoint}.details_view", id=row.id)) for row in rows]


def _steps(view: Any, model: Any, ids: Any, most: int, *actions: str) -> list[Step]:
    """Return the newest moves of rows of a table."""
    where = [Step.table == model.__tablename__, Step.row_id.in_(ids), Step.to_status.is_not(None), Step.action != "create"]
    where += [Step.action.in_(actions)] if actions else []
    return [step for step, _url in _rows(view, Step, and_(*where), most, Step.actor)]


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), look.zone())


def _subscriptions(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    for row, url in _rows(view, Subscription, Subscription.customer_id == customer.id, most):
        yield Event(_day(row.valid_from), _("Subscription begins: %(plan)s", plan=row.plan.name), row.address, url, day=True)
        if row.valid_until:
            yield Event(_day(row.valid_until), _("Subscription ends: %(plan)s", plan=row.plan.name), row.address, url, day=True)
    for step in _steps(view, Customer, [customer.id], most):
        yield Event(step.at, story.action(Customer, step.action), step.reason or "")


def _installations(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    found = {row.id: (row, url) for row, url in _rows(view, Installation, Installation.customer_id == customer.id, most, Installation.plan)}
    for row, url in found.values():
        yield Event(row.registered_at, _("Application %(number)s: %(plan)s", number=row.number, plan=row.plan), row.address, url)
    steps = _steps(view, Installation, list(found), most)
    for step in steps:
        row, url = found[step.row_id]
        detail = {"survey": row.survey_result, "install": row.report}.get(step.action) or step.reason or ""
        yield Event(step.at, f"{row.number}: {story.action(Installation, step.action)}", detail, url)
    for row, url in found.values() if not steps else ():
        if row.activated_at:
            yield Event(row.activated_at, f"{row.number}: {_('Activated')}", "", url)


def _complaints(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    for row, url in _rows(view, Complaint, Complaint.customer_id == customer.id, most, Complaint.category):
        yield Event(row.opened_at, f"{row.number}: {row.subject}", f"{row.category} · {row.status.label}", url)
        if row.resolved_at:
            rated = _("Rating: %(stars)s of 5", stars=row.rating) if row.rating else ""
            yield Event(row.resolved_at, _("%(number)s resolved", number=row.number), rated, url)


def _visits(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    mine = or_(Complaint.customer_id == customer.id, Installation.customer_id == customer.id)
    ids = select(Visit.id).outerjoin(Visit.complaint).outerjoin(Visit.installation).where(mine)
    for row, url in _rows(view, Visit, Visit.id.in_(ids), most, Visit.technician, Visit.complaint, Visit.installation):
        thing = row.complaint or row.installation
        detail = " · ".join(str(part) for part in (row.technician, row.outcome or row.status, row.note) if part)
        yield Event(row.window_from, _("Visit for %(number)s", number=thing.number), detail, url)
    ids = select(Complaint.id).where(Complaint.customer_id == customer.id)
    screen = view.sibling(Complaint)
    for step in _steps(view, Complaint, ids, most, "start") if screen else ():
        url = screen.get_url(f"{screen.endpoint}.details_view", id=step.row_id)
        yield Event(step.at, _("Work on a complaint begun"), str(step.actor or ""), url)


def _promos(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    for row, url in _rows(view, PromoRequest, PromoRequest.customer_id == customer.id, most, PromoRequest.promo):
        yield Event(row.requested_at, _("Asked for “%(promo)s”", promo=row.promo), row.remark or "", url)
        if row.answered_at:
            yield Event(row.answered_at, f"{row.promo}: {row.status.label}", "", url)


def _grants(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    own = BandwidthGrant.subscription_id.in_(select(Subscription.id).where(Subscription.customer_id == customer.id))
    for row, url in _rows(view, BandwidthGrant, own, most):
        title = _("+%(mbps)s Mbps until %(day)s", mbps=row.extra_mbps, day=look.day(row.valid_until))
        yield Event(_day(row.valid_from), title, f"{row.reason.label} · {row.status.label}", url, day=True)


def _calls(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    for row, url in _rows(view, CallNote, CallNote.customer_id == customer.id, most, CallNote.by):
        yield Event(row.at, _("Call: %(who)s", who=row.by or ""), row.text, url)


def _letters(customer: Customer, view: Any, most: int) -> Iterator[Event]:
    for row, url in _rows(view, Letter, Letter.customer_id == customer.id, most, Letter.customer):
        yield Event(row.sent_at or row.queued_at, subject(row), f"{row.to_email} · {row.state.label}", url)


def subject(letter: Letter) -> str:
    """Return the subject of a letter in its own language, what such letters are called where its facts are forgotten, as they are once it is sent."""
    try:
        return render(letter).subject
    except TemplateError:
        return naming.name(letter.template)


KINDS = (
    Kind("complaint", _l("Complaints"), _complaints), Kind("visit", _l("Visits"), _visits),
    Kind("installation", _l("Survey and installation"), _installations), Kind("subscription", _l("Subscriptions"), _subscriptions),
    Kind("grant", _l("Bandwidth additions"), _grants), Kind("promo", _l("Promos"), _promos), Kind("call", _l("Call notes"), _calls), Kind("letter", _l("Letters"), _letters),
)
