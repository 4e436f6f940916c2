"""One complaint: its history and replies, and what the customer may do with it."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from ecrm import policy, rules, storage
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Attachment, Complaint, Reply
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.policy import Right
from ecrm.portal import drafts, people, story, uploads, visits, wording
from ecrm.portal.blueprint import blueprint
from ecrm.portal.complaint_forms import RatingForm, ReplyForm
from ecrm.rules.complaint import answer, rate
from ecrm.rules.errors import FactMissing, NotNow, Refused

RATEABLE = (ComplaintStatus.RESOLVED, ComplaintStatus.CLOSED)
ANSWERED_NO_MORE = (ComplaintStatus.CLOSED, ComplaintStatus.CANCELLED)


@blueprint.get("/complaints/<number>")
@people.customers_only
def complaint(number: str) -> Any:
    """Show one own complaint."""
    return page(fetch(number))


@blueprint.post("/complaints/<number>/reply")
@people.customers_only
def reply(number: str) -> Any:
    """Take the customer's message."""
    row, form = fetch(number), ReplyForm()
    if not policy.may(people.ROLE, Reply, Right.CREATE):
        abort(403)
    if not form.validate_on_submit():
        uploads.choose_again(form.files)
        return page(row, reply_form=form, status=422)
    received = uploads.receive(form.files)
    if received is None:
        return page(row, reply_form=form, status=422)
    try:
        _answer_once(fetch(number, lock=True), form.text.data or "", received)
    except (Refused, StaleDataError) as error:
        uploads.choose_again(form.files)
        return too_slow(number, error, reply_form=form)
    flash(_("Your message has been sent."), "success")
    return redirect(url_for("portal.complaint", number=number, _anchor="history"))


@blueprint.post("/complaints/<number>/<verb>")
@people.customers_only
def move(number: str, verb: str) -> Any:
    """Carry out a verb of the lifecycle."""
    row = fetch(number)
    if verb not in Complaint.__lifecycle__.by_name or not policy.may_move(people.ROLE, Complaint, verb):
        abort(404)
    facts = {name: request.form.get(name, "")[:500] for name in Complaint.__lifecycle__.by_name[verb].needs}
    try:
        rules.move(row, verb, current_user._get_current_object(), now(), **facts)
        db.session.commit()
    except FactMissing as error:
        db.session.rollback()
        return page(fetch(number), verb_errors={verb: str(error)}, facts={verb: facts}, status=422)
    except (Refused, StaleDataError) as error:
        return too_slow(number, error, facts={verb: facts})
    flash(_("Done: %(what)s.", what=wording.event(verb)), "success")
    return redirect(url_for("portal.complaint", number=number))


@blueprint.post("/complaints/<number>/rating")
@people.customers_only
def rating(number: str) -> Any:
    """Take the customer's rating."""
    row, form = fetch(number), RatingForm()
    if not form.validate_on_submit():
        return page(row, rating_form=form, status=422)
    try:
        rate(row, int(form.rating.data), form.remark.data)
        db.session.commit()
    except (Refused, StaleDataError) as error:
        return too_slow(number, error, rating_form=form)
    flash(_("Thank you for your rating."), "success")
    return redirect(url_for("portal.complaint", number=number))


@blueprint.get("/attachments/<int(max=2147483647):attachment_id>")
@people.customers_only
def attachment(attachment_id: int) -> Any:
    """Serve a file of an own complaint."""
    return storage.send(people.one_or_404(people.see(Attachment).where(Attachment.id == attachment_id)))


def fetch(number: str, lock: bool = False) -> Complaint:
    """Return the own complaint of this number, locked until the commit if asked, or answer 404."""
    query = people.see(Complaint).where(Complaint.number == number)
    return people.one_or_404(query.with_for_update() if lock else query)


def page(row: Complaint, status: int = 200, **forms: Any) -> Any:
    """Return the page of a complaint with the forms as they stand; `forms` override the empty ones."""
    shown = {
        "reply_form": ReplyForm(formdata=None), "verb_errors": {}, "facts": {},
        "rating_form": RatingForm(formdata=None, rating=str(row.rating or ""), remark=row.rating_remark),
    } | forms
    merged = people.rows(people.see(Complaint).where(Complaint.merged_into_id == row.id).order_by(Complaint.id))
    ids = [row.id, *(one.id for one in merged)]
    files = people.rows(people.see(Attachment).where(Attachment.complaint_id.in_(ids)).order_by(Attachment.id))
    return make_response(render_template(
        "portal/complaint.html", complaint=row, verbs=story.possible(row), history=story.history(row, files, ids), merged=merged,
        last_word=story.last_word(row), rateable=row.status in RATEABLE, answerable=row.status not in ANSWERED_NO_MORE,
        files=[file for file in files if file.reply_id is None], visits=visits.promised(row), **shown,
    ), status)


def too_slow(number: str, error: Exception, **forms: Any) -> Any:
    """Say that the complaint has changed meanwhile, and show it anew with what was typed."""
    db.session.rollback()
    if isinstance(error, (NotNow, StaleDataError)):
        flash(_("Somebody was faster: the complaint has changed meanwhile. Here is how it stands now."), "warning")
    if isinstance(error, Refused):
        flash(str(error), "warning")
    return page(fetch(number), status=409, **forms)


def _answer_once(row: Complaint, text: str, received: list[storage.Received]) -> None:
    """Add the reply, unless it is the same as the customer's last one: then the button was pressed twice."""
    replies = people.see(Reply).where(Reply.complaint_id == row.id).order_by(Reply.id.desc())
    last = db.session.scalars(replies.limit(1)).one_or_none()
    if last is not None and (last.author_id, last.text) == (current_user.id, text.strip()):
        return db.session.rollback()
    at, by = now(), current_user._get_current_object()
    written = answer(row, text, by, at)
    storage.attach(db.session, row, received, by, at, reply=written)
    db.session.commit()


@drafts.keeps("portal.reply")
def reply_filled(fields: drafts.Draft, number: str) -> Any:
    """Return the page with the message typed before."""
    form = ReplyForm(formdata=fields)
    uploads.choose_again(form.files)
    return page(fetch(number), reply_form=form)


@drafts.keeps("portal.move")
def move_filled(fields: drafts.Draft, number: str, verb: str) -> Any:
    """Return the page with the reason typed before."""
    return page(fetch(number), facts={verb: fields})


@drafts.keeps("portal.rating")
def rating_filled(fields: drafts.Draft, number: str) -> Any:
    """Return the page with the rating chosen before."""
    return page(fetch(number), rating_form=RatingForm(formdata=fields))
