"""The verbs of a lifecycle as buttons: drawn from the lifecycle table and the policy, carried out by move()."""

from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from flask_login import current_user
from sqlalchemy import inspect
from sqlalchemy.orm.exc import StaleDataError
from wtforms import DateTimeLocalField, SelectField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice

from ecrm import policy
from ecrm.admin import conflict, look, lookup, sending
from ecrm.admin.deeds import Deed
from ecrm.extensions import db
from ecrm.i18n import Form
from ecrm.models import Role, User
from ecrm.models.account import RoleName
from ecrm.models.base import UtcDateTime, now
from ecrm.rules import move
from ecrm.rules.errors import FactMissing, FieldRefused, Refused
from ecrm.rules.lifecycle import Verb

REQUIRED = _l("This field is required.")


def _within_a_year() -> dict[str, str]:
    """Return the bounds of an appointment: nobody goes to a visit of yesterday, or of the year 20266."""
    first = look.today()
    return {"min": f"{first}T00:00", "max": f"{first + timedelta(days=366)}T23:59"}


class Moving:
    """The part of a screen that moves rows along their lifecycle."""

    model: Any
    role: RoleName
    deeds: tuple[Deed, ...] = ()
    move_template = "admin/move.html"

    def verbs(self, row: Any) -> list[Verb]:
        """Return the verbs that the role may carry out on `row` now, in the order of the buttons."""
        lifecycle = getattr(self.model, "__lifecycle__", None)
        found = list(lifecycle.possible(row, now()) if lifecycle else ())
        mine = [verb for verb in (*found, *self.deeds) if policy.may_move(self.role, self.model, verb.name)]
        return [verb for verb in mine if not isinstance(verb, Deed) or verb.ready(row)]

    def verb_forms(self, row: Any) -> list[tuple[Verb, Form]]:
        """Return the verbs of `row`, each with the form of the facts that it asks for."""
        return [(verb, self._facts_form(verb, row)) for verb in self.verbs(row)]

    @expose("/move/", methods=("POST",))
    def move_view(self) -> ResponseReturnValue:
        """Carry out one verb on one row, or show its form again with what is wrong."""
        row = self.get_one(request.args.get("id"))  # type: ignore[attr-defined]
        verb = self._verb(request.args.get("verb", ""))
        form = self._facts_form(verb, row, request.form)
        page = self.get_url(".details_view", id=row.id, url=request.args.get("url"))  # type: ignore[attr-defined]
        if sending.by_script() and isinstance(verb, Verb) and sending.moved_before(row, verb, self._facts(form)):
            return sending.done(page)
        if self._overtaken(verb, row):
            return self.move_again(row, verb, form)
        if form.validate():
            try:
                self._carry_out(verb, row, **self._facts(form))
            except (FieldRefused, FactMissing) as refused:
                db.session.rollback()
                if refused.name not in form._fields:
                    flash(str(refused), "error")
                    return self.move_again(row, verb, form)
                form[refused.name].errors = [str(refused)]
            except Refused as refused:
                db.session.rollback()
                flash(str(refused), "error")
                return self.move_again(row, verb, form)
            except StaleDataError:
                db.session.rollback()
                flash(_("Somebody else was faster. Please look again."), "error")
                return self.move_again(row, verb, form)
            else:
                flash(_("Done: %(verb)s.", verb=verb.label), "success")
                return sending.done(page)
        return self.move_again(row, verb, form)

    def _overtaken(self, verb: Any, row: Any) -> bool:
        """Say so where somebody changed the row since the page was opened on which these facts were chosen.

        A verb that asks for nothing needs no such check: it is right wherever the status still allows it.
        """
        version = request.form.get("row_version")
        if not version or not getattr(verb, "needs", ()) or version == str(getattr(row, "version", version)):
            return False
        conflict.tell(self, row, version)
        return True

    def move_again(self, row: Any, verb: Verb, form: Form) -> ResponseReturnValue:
        """Show what was typed again; back to the row's page where nothing was."""
        page = self.get_url(".details_view", id=row.id, url=request.args.get("url"))  # type: ignore[attr-defined]
        if sending.by_script():
            return sending.refused(form), 422 if form.errors else 409
        if not form.errors and not any(field.data for field in form):
            return redirect(page)
        shown = self.render(self.move_template, model=row, verb=verb, form=form, return_url=page)  # type: ignore[attr-defined]
        return shown, 422 if form.errors else 409

    def all_verbs(self) -> dict[str, Any]:
        """Return the verbs of the table's lifecycle and the screen's own deeds by name, whoever may carry them out."""
        lifecycle = getattr(self.model, "__lifecycle__", None)
        return (lifecycle.by_name if lifecycle else {}) | {deed.name: deed for deed in self.deeds}

    def _verb(self, name: str) -> Any:
        found = self.all_verbs()
        if name not in found:
            abort(404)
        if not policy.may_move(self.role, self.model, name):
            abort(403)
        return found[name]

    def _carry_out(self, verb: Any, row: Any, **facts: Any) -> None:
        """Carry out a verb or a deed and commit; raises Refused or StaleDataError."""
        by = current_user._get_current_object()
        if isinstance(verb, Deed):
            verb.carry_out(row, by, now())
        else:
            move(row, verb.name, by, now(), **facts)
        db.session.commit()

    # The form of a verb's facts

    def _facts_form(self, verb: Verb, row: Any, data: Any = None) -> Form:
        fields = {name: self._fact_field(name, name in verb.needs) for name in (*verb.needs, *verb.takes)}
        form = type("FactsForm", (Form,), fields)(data)
        for name, field in form._fields.items():
            if isinstance(field, SelectField):
                field.choices = [SelectChoice("", _("– please choose –")), *self._choices(name, row)]
                if data is None and getattr(row, name, None) is not None:
                    field.data = str(getattr(row, name).id)
        return form

    def _fact_field(self, name: str, needed: bool) -> Any:
        checks = [validators.InputRequired(REQUIRED) if needed else validators.Optional()]
        if name == "reason":
            return TextAreaField(_l("Explanation"), [*checks, validators.Length(max=500)])
        item = getattr(self.model, name)
        if name in inspect(self.model).relationships:
            return SelectField(item.info["label"], checks)
        if isinstance(item.type, UtcDateTime):
            return DateTimeLocalField(item.info["label"], checks, render_kw=_within_a_year())
        return TextAreaField(item.info["label"], [*checks, validators.Length(max=getattr(item.type, "length", None) or 5000)])

    def _choices(self, name: str, _row: Any) -> list[SelectChoice]:
        """Return the choices of a fact of `row`."""
        return [SelectChoice(str(person.id), str(person)) for person in self._candidates(name)]

    def _candidates(self, name: str) -> Any:
        """Return the active people in scope who have the role that the relation is named after."""
        people = lookup.query(User, self.role).filter(User.active.is_(True), User.roles.any(Role.name == name))
        return people.order_by(None).order_by(User.name)

    def _facts(self, form: Form) -> dict[str, Any]:
        """Return the facts as move() takes them: people as rows, local times as moments."""
        facts = {}
        for name, field in form._fields.items():
            value = field.data
            if isinstance(field, SelectField):
                value = next((person for person in self._candidates(name) if str(person.id) == value), None)
            elif isinstance(value, datetime):
                value = value.replace(tzinfo=look.zone())
            facts[name] = value
        return facts

    # Bulk actions: the verbs that ask for nothing

    def init_actions(self) -> None:
        """Offer the role's verbs without facts for many rows at once; nothing else is a bulk action (design, trap 3)."""
        self._actions, self._actions_data = [], {}
        for verb in self.all_verbs().values():
            if not verb.needs and policy.may_move(self.role, self.model, verb.name):
                self._actions.append((verb.name, verb.label))
                self._actions_data[verb.name] = (self._bulk(verb), verb.label, None)

    def is_action_allowed(self, name: str) -> bool:
        """Return whether `name` is one of this role's bulk verbs."""
        return name in self._actions_data and policy.may_move(self.role, self.model, name)

    @expose("/action/", methods=("POST",))
    def action_view(self) -> ResponseReturnValue:
        """Carry out a bulk verb; any other is refused, not passed over in silence."""
        if not self.is_action_allowed(request.form.get("action", "")):
            abort(403)
        return self.handle_action()  # type: ignore[attr-defined]

    def _bulk(self, verb: Verb) -> Any:
        def carry_out(ids: list[str]) -> None:
            numbers = [number for number in map(lookup.whole, ids[:500]) if number is not None]
            rows = self.get_query().filter(self.model.id.in_(numbers)).all()  # type: ignore[attr-defined]
            done, refusals = 0, []
            for row in rows:
                try:
                    self._carry_out(verb, row)
                    done += 1
                except (Refused, StaleDataError) as refused:
                    name = str(row)
                    db.session.rollback()
                    refusals.append(f"{name}: {refused}" if isinstance(refused, Refused) else name)
            flash(ngettext("%(num)s row: %(verb)s.", "%(num)s rows: %(verb)s.", done, verb=verb.label), "success")
            for refusal in refusals[:10]:
                flash(refusal, "error")

        return carry_out
