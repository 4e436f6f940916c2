"""The complaint's own page: everything about it in one place, the verbs, and the form of an answer."""

from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.helpers import get_redirect_target
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from wtforms import MultipleFileField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice

from ecrm import policy, storage
from ecrm.admin import conflict, outages, reply_templates, sending, story
from ecrm.extensions import db
from ecrm.i18n import Form, gettext as _, lazy_gettext as _l
from ecrm.models import Attachment, Complaint, Customer, Outage, Reply, User, Visit
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.policy import Right
from ecrm.rules import duplicates, load
from ecrm.rules.complaint import answer
from ecrm.rules.errors import FieldRefused, Refused

OTHERS = 5  # the customer's other complaints on the page
ANSWERED_NO_MORE = (ComplaintStatus.CLOSED, ComplaintStatus.CANCELLED)
CONTACT = ("number", "name", "phone", "email", "address", "area", "since", "status")


class AnswerForm(Form):
    """A reply to the customer or an internal note; the button pressed says which."""

    text = TextAreaField(_l("Message"), [validators.Length(max=5000)])
    files = MultipleFileField(_l("Photos or PDF files"))


class ComplaintPage:
    """The part of the complaints' screen that shows one complaint and takes answers."""

    # What the screen brings.
    model: Any
    role: Any
    get_one: Any
    get_url: Any
    render: Any
    verbs: Any
    sibling: Any
    form_edit: Any
    extra_needs = {"reply_view": Right.READ}

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        """Show the complaint."""
        return self.page(self.get_one(request.args.get("id")))

    @expose("/reply/", methods=("POST",))
    def reply_view(self) -> ResponseReturnValue:
        """Take an answer with its files: a reply that the customer sees, or an internal note."""
        row = self.get_one(request.args.get("id"))
        if not self.may_answer(row):
            abort(403)
        form = AnswerForm(request.form)
        if "template" in request.form:
            form.text.data = reply_templates.chosen(row, self.role, request.form["template"], form.text.data or "")
            return self.page(row, form)
        public = request.form.get("public") == "1"
        page = self.get_url(".details_view", id=row.id, url=request.args.get("url"), _anchor="conversation")
        if sending.came_before(row):
            return sending.done(page)
        files = self._received(form) if form.validate() else None
        if files is None:
            return self.page(self._again(), form), 422
        try:
            self._answer_once(self._again(lock=True), form.text.data or "", public, files)
        except FieldRefused as refused:
            db.session.rollback()
            form.text.errors = [str(refused)]
            return self.page(self._again(), form), 422
        except (Refused, StaleDataError) as refused:
            db.session.rollback()
            flash(conflict.reason(refused), "error")
            return self.page(self._again(), form), 409
        flash(_("The reply is on its way to the customer.") if public else _("The internal note is saved."), "success")
        return sending.done(page)

    def move_again(self, row: Any, verb: Any, form: Form) -> ResponseReturnValue:
        """Show the complaint with what was typed for a verb, in its form or, where the verb went, as a message to send."""
        typed = any(field.data for field in form)
        page = self.get_url(".details_view", id=row.id, url=request.args.get("url"))
        if sending.by_script():
            return sending.refused(form), 422 if form.errors else 409
        if not form.errors and not typed:
            return redirect(page)
        message = None
        if verb not in self.verbs(row) and typed and "reason" in form._fields:
            message = AnswerForm(data={"text": form["reason"].data})
            flash(_("What you typed stands below, as a message that is not sent yet."), "info")
        return self.page(row, message, verb, form), 422 if form.errors else 409

    def page(
        self, row: Complaint, answer_form: Form | None = None, tried: Any = None, tried_form: Form | None = None,
    ) -> ResponseReturnValue:
        """Return the page, with what was typed in a form that was refused; to a script the reason alone."""
        if answer_form is not None and sending.by_script():
            return sending.refused(answer_form)
        merged = self._rows(Complaint, Complaint.merged_into_id == row.id, Complaint.id)
        ids = [row.id, *db.session.scalars(select(Complaint.id).where(Complaint.merged_into_id == row.id))]
        files = self._rows(Attachment, Attachment.complaint_id.in_(ids), Attachment.id)
        others = policy.visible(Complaint, self.role, current_user).where(
            Complaint.customer_id == row.customer_id, Complaint.id != row.id)
        shown: str = self.render(
            "admin/complaint.html", model=row, return_url=get_redirect_target() or self.get_url(".index_view"),
            merged=merged, replies=self._rows(Reply, Reply.complaint_id.in_(ids), Reply.id, joinedload(Reply.author)),
            files=[file for file in files if file.reply_id is None and file.visit_id is None],
            files_of={reply: [file for file in files if file.reply_id == reply] for reply in {file.reply_id for file in files}},
            events=story.of(row, self, self.form_edit),
            others=list(db.session.scalars(others.order_by(Complaint.opened_at.desc()).limit(OTHERS))),
            templates=reply_templates.offered(row, self.role) if self.may_answer(row) else [],
            visits=self._rows(Visit, Visit.complaint_id == row.id, Visit.window_from.desc(), joinedload(Visit.technician)),
            offers=self._outage_offers(row), contact=self._contact(row), may_answer=self.may_answer(row), answerable=row.status not in ANSWERED_NO_MORE,
            answer_form=answer_form or AnswerForm(), tried=tried, tried_form=tried_form,
        )
        return shown

    def _outage_offers(self, row: Complaint) -> list[outages.Offer]:
        """Return the offer to declare an outage of the customer's area, where many complain at once."""
        area = row.customer.area_id
        return outages.offers(self.sibling(Outage), area) if area and row.unsolved and row.outage_id is None else []

    def may_answer(self, row: Complaint) -> bool:
        """Return whether the role may write replies."""
        return policy.may(self.role, Reply, Right.CREATE)

    def may_attach(self) -> bool:
        """Return whether the role may add files."""
        return policy.may(self.role, Attachment, Right.CREATE)

    def _again(self, lock: bool = False) -> Complaint:
        """Return the complaint as it stands now, locked until the commit if asked."""
        query = policy.visible(Complaint, self.role, current_user).where(Complaint.id == int(request.args["id"]))
        return db.session.scalars(query.with_for_update() if lock else query).one_or_none() or abort(404)

    def _received(self, form: AnswerForm) -> list[storage.Received] | None:
        """Return the files as the storage took them; None where one was refused, with the reason at the field."""
        chosen = [file for file in request.files.getlist("files") if file.filename] if self.may_attach() else []
        refused, received = [], []
        if len(chosen) > storage.MAX_FILES:
            refused = [str(storage.FileRefused(storage.Refusal.TOO_MANY))]
        db.session.rollback()  # nothing is written yet, and pictures take time: let go of the database's lock
        for file in chosen if not refused else ():
            try:
                received.append(storage.receive(file))
            except storage.FileRefused as reason:
                refused.append(f"{file.filename}: {reason}")
        form.files.errors = refused
        return None if refused else received

    def _answer_once(self, row: Complaint, text: str, public: bool, files: list[storage.Received]) -> None:
        """Add the answer, unless it has come before, or is the same as the person's last one: the button was pressed twice."""
        if sending.came_before(row):
            return db.session.rollback()
        last = db.session.scalars(select(Reply).where(Reply.complaint_id == row.id).order_by(Reply.id.desc()).limit(1)).first()
        if last is not None and not files and (last.author_id, last.text, last.public) == (current_user.id, text.strip(), public):
            return db.session.rollback()
        at, by = now(), current_user._get_current_object()
        reply = answer(row, text, by, at, public=public, key=sending.key())
        storage.attach(db.session, row, files, by, at, reply=reply)
        return db.session.commit()

    def _rows(self, model: Any, condition: Any, order: Any, *options: Any) -> list[Any]:
        query = policy.visible(model, self.role, current_user).where(condition).order_by(order).options(*options)
        return list(db.session.scalars(query))

    def _contact(self, row: Complaint) -> dict[str, Any]:
        """Return the columns of the customer that the role may see."""
        screen = self.sibling(Customer)
        return {name: getattr(row.customer, name) for name in screen.allowed(CONTACT)} if screen else {}

    def verb_forms(self, row: Complaint) -> list[tuple[Any, Form]]:
        """Return the verbs with their forms, that of merging only where there is another complaint to merge into."""
        found = super().verb_forms(row)  # type: ignore[misc]
        return [(verb, form) for verb, form in found if verb.name != "merge" or len(form["merged_into"].choices) > 1]

    def _candidates(self, name: str) -> Any:
        """Return the people for a fact, or the complaints that the one of this page may be merged into."""
        if name != "merged_into":
            return super()._candidates(name)  # type: ignore[misc]
        found = duplicates.mergeable(int(request.args["id"])).where(policy.scope(Complaint, self.role, current_user))
        return list(db.session.scalars(found))

    def _choices(self, name: str, row: Any) -> list[SelectChoice]:
        """Return the choices of a fact; technicians with what they have in hand, in the order in which to think of them."""
        if name != "technician":
            return super()._choices(name, row)  # type: ignore[misc]
        people = self._candidates(name).options(joinedload(User.branch)).all()
        loads = load.of(db.session, people)
        away = {person.id: person.branch_id not in (None, row.branch_id) for person in people}
        people.sort(key=lambda person: (away[person.id], loads[person.id].full))
        places = {person.id: f" ({person.branch.name})" if away[person.id] else "" for person in people}
        return [SelectChoice(str(person.id), f"{person}{places[person.id]} – {loads[person.id]}") for person in people]

    def _carry_out(self, verb: Any, row: Any, **facts: Any) -> None:
        """Carry out a verb, and say so where the technician has too much in hand now."""
        super()._carry_out(verb, row, **facts)  # type: ignore[misc]
        if facts.get("technician") is not None:
            held = load.of(db.session, [row.technician])[row.technician_id]
            if held.over:
                flash(_("%(name)s now has %(load)s.", name=row.technician, load=held), "warning")
