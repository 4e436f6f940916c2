"""The form of what a verb asks for: a control for each fact, by the type of its column."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Date, Enum, Integer, inspect
from wtforms import DateField, DateTimeLocalField, IntegerField, SelectField, TextAreaField, validators
from wtforms.fields.choices import SelectChoice

from ecrm.admin import look, lookup
from ecrm.checks import LARGEST, REQUIRED
from ecrm.i18n import Form, gettext as _, lazy_gettext as _l
from ecrm.models import Role, User
from ecrm.models.account import RoleName
from ecrm.models.base import UtcDateTime
from ecrm.rules.lifecycle import Verb


def _within_a_year(time: str = "", last: str = "") -> dict[str, str]:
    """Return the bounds of an appointment: nobody goes to a visit of yesterday, or of the year 20266."""
    first = look.today()
    return {"min": f"{first}{time}", "max": f"{first + timedelta(days=366)}{last}"}


class Factual:
    """The part of a screen that asks for the facts of a verb."""

    model: Any
    role: RoleName

    def _facts_form(self, verb: Verb, row: Any, data: Any = None) -> Form:
        fields = {name: self._fact_field(name, name in verb.needs) for name in (*verb.needs, *verb.takes)}
        form = type("FactsForm", (Form,), fields)(data)
        for name, field in form._fields.items():
            known = getattr(row, name, None)
            if isinstance(field, SelectField):
                field.choices = [SelectChoice("", _("– please choose –")), *self._choices(name, row)]
                known = None if known is None else str(getattr(known, "id", None) or known.value)
            elif not isinstance(field, DateField) or isinstance(field, DateTimeLocalField):
                continue
            if data is None and known is not None:
                field.data = known
        return form

    def _fact_field(self, name: str, needed: bool) -> Any:
        checks = [validators.InputRequired(REQUIRED) if needed else validators.Optional()]
        if name == "reason":
            return TextAreaField(_l("Explanation"), [*checks, validators.Length(max=500)])
        item = getattr(self.model, name)
        if name in inspect(self.model).relationships or isinstance(item.type, Enum):
            return SelectField(item.info["label"], checks)
        if isinstance(item.type, UtcDateTime):
            return DateTimeLocalField(item.info["label"], checks, render_kw=_within_a_year("T00:00", "T23:59"))
        if isinstance(item.type, Date):
            return DateField(item.info["label"], checks, render_kw=_within_a_year())
        if isinstance(item.type, Integer):
            least = item.info.get("least", 0)
            bounds = validators.NumberRange(least, LARGEST, _l("Enter a whole number from %(min)s to %(max)s."))
            return IntegerField(item.info["label"], [*checks, bounds], render_kw={"inputmode": "numeric"})
        return TextAreaField(item.info["label"], [*checks, validators.Length(max=getattr(item.type, "length", None) or 5000)])

    def _choices(self, name: str, _row: Any) -> list[SelectChoice]:
        """Return the choices of a fact of `row`: people, or the members of an enum."""
        if name in inspect(self.model).relationships:
            return [SelectChoice(str(person.id), str(person)) for person in self._candidates(name)]
        return [SelectChoice(member.value, str(member)) for member in getattr(self.model, name).type.enum_class]

    def _candidates(self, name: str) -> Any:
        """Return the active people in scope who have the role that the relation is named after."""
        people = lookup.query(User, self.role).filter(User.active.is_(True), User.roles.any(Role.name == name))
        return people.order_by(None).order_by(User.name)

    def _facts(self, form: Form) -> dict[str, Any]:
        """Return the facts as move() takes them: people as rows, words as members, local times as moments."""
        return {name: self._fact(name, field.data) for name, field in form._fields.items()}

    def _fact(self, name: str, value: Any) -> Any:
        item = getattr(self.model, name, None)
        if name in inspect(self.model).relationships:
            return next((person for person in self._candidates(name) if str(person.id) == value), None)
        if item is not None and isinstance(getattr(item, "type", None), Enum):
            return next((member for member in item.type.enum_class if member.value == value), None)
        return value.replace(tzinfo=look.zone()) if isinstance(value, datetime) else value
