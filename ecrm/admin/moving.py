"""The verbs of a lifecycle as buttons: drawn from the lifecycle table and the policy, carried out by move()."""

from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from ecrm import policy
from ecrm.admin import conflict, lookup, sending
from ecrm.admin.deeds import Deed
from ecrm.admin.factual import Factual
from ecrm.extensions import db
from ecrm.i18n import Form, gettext as _, ngettext
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.errors import FactMissing, FieldRefused, Refused
from ecrm.rules.lifecycle import Verb

class Moving(Factual):
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
        if self._came_before(row, verb, form):
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
            except (Refused, StaleDataError) as refused:
                db.session.rollback()
                flash(conflict.reason(refused), "error")
                return self.move_again(row, verb, form)
            else:
                flash(_("Done: %(verb)s.", verb=verb.label), "success")
                return sending.done(page)
        return self.move_again(row, verb, form)

    def _came_before(self, row: Any, verb: Any, form: Form) -> bool:
        """Return whether a script sends what was carried out already; what means no row was not."""
        if not sending.by_script() or not isinstance(verb, Verb):
            return False
        try:
            return sending.moved_before(row, verb, self._facts(form))
        except FieldRefused:
            return False

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
