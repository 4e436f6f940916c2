"""Form fields made from what the models say of their columns."""

from collections.abc import Iterator
from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.form import Select2Field
from flask_admin.model.form import converts
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import RelationshipProperty
from wtforms import HiddenField, ValidationError, validators
from wtforms.fields.choices import Choice

from ecrm import policy
from ecrm.admin import lookup
from ecrm.models.base import Priority
from ecrm.rules.phone import e164


class VersionField(HiddenField):
    """The row version that the form was made from; never written to the row (design, trap 19)."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave the row alone: SQLAlchemy counts versions."""


class MemberField(Select2Field):
    """A drop-down list of the members of an enum, with their labels in the reader's language."""

    def __init__(self, kind: type[Any], **options: Any) -> None:
        """Offer the members of `kind`."""
        self.kind = kind
        super().__init__(coerce=self._member, **options)

    def _member(self, value: Any) -> Any:
        """Return the member of a stored word or number; raises ValueError."""
        return next((member for member in self.kind if value in (member, str(member.value))), None) or self._refuse()

    def _refuse(self) -> None:
        raise ValueError(self.gettext("Not a valid choice."))

    def iter_choices(self) -> Iterator[Choice]:
        """Yield value, label and whether it is chosen."""
        if self.allow_blank:
            yield Choice("__None", "", self.data is None, {})
        for member in self.kind:
            yield Choice(str(member.value), str(member.label), member == self.data, {})

    def pre_validate(self, form: Any) -> None:
        """Refuse a blank where the column needs a member."""
        if self.data is None and not self.allow_blank:
            raise ValidationError(self.gettext("Not a valid choice."))


class Converter(AdminModelConverter):
    """Flask-Admin's converter, with our enums."""

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> MemberField:
        """Offer the members of the column's enum."""
        return MemberField(column.type.enum_class, allow_blank=column.nullable, **field_args)

    @converts("ecrm.models.base.PriorityType")
    def convert_priority(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> MemberField:
        """Offer the priorities; left blank on a complaint it is the category's."""
        field_args.pop("default", None)
        field_args["validators"] = [validators.Optional()]
        return MemberField(Priority, allow_blank=True, **field_args)


def strip(value: Any) -> Any:
    """Return text without the blanks around it."""
    return value.strip() if isinstance(value, str) else value


def to_phone(value: Any) -> Any:
    """Return a telephone number as E.164 where it is one, else what was typed, for the validator to refuse."""
    return (e164(value) or value) if isinstance(value, str) and value.strip() else value


def check_phone(_form: Any, field: Any) -> None:
    """Refuse what is no telephone number."""
    if field.data and e164(field.data) is None:
        raise ValidationError(_l("Enter a telephone number such as 0812 3456 7890."))


def to_email(value: Any) -> Any:
    """Return an address in small letters: both databases then agree on what is the same."""
    return value.strip().lower() if isinstance(value, str) else value


SPECIAL: dict[str, dict[str, list[Any]]] = {
    "phone": {"filters": [to_phone], "validators": [check_phone]},
    "applicant_phone": {"filters": [to_phone], "validators": [check_phone]},
    "email": {"filters": [to_email], "validators": [validators.Email(_l("Enter an e-mail address such as name@example.com."))]},
    "applicant_email": {"filters": [to_email], "validators": [validators.Email(_l("Enter an e-mail address such as name@example.com."))]},
    "identity_number": {"filters": [], "validators": [validators.Regexp(r"\d{16}$", message=_l("A NIK has 16 digits."))]},
    "postcode": {"filters": [], "validators": [validators.Regexp(r"\d{5}$", message=_l("A postcode has 5 digits."))]},
}


def args(view: Any, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return Flask-Admin's form_args for the columns and relations of a view's form."""
    return {name: _relation(view, name) if _is_relation(view.model, name) else _column(view.model, name) for name in names}


def lookups(view: Any, names: tuple[str, ...]) -> dict[str, lookup.Lookup]:
    """Return Flask-Admin's form_ajax_refs: the relations of a form that lead to a large table."""
    found = {}
    for name in names:
        if _is_relation(view.model, name):
            remote = getattr(view.model, name).property.mapper.class_
            if remote in lookup.LARGE and policy.may(view.role, remote, policy.Right.READ):
                found[name] = lookup.Lookup(name, remote, view.role)
    return found


def _is_relation(model: type, name: str) -> bool:
    return isinstance(getattr(model, name).property, RelationshipProperty)


def _relation(view: Any, name: str) -> dict[str, Any]:
    remote = getattr(view.model, name).property.mapper.class_
    if remote in lookup.LARGE:
        return {}
    return {"query_factory": lambda: lookup.query(remote, view.role)}


def _column(model: type, name: str) -> dict[str, Any]:
    column = getattr(model, name).property.columns[0]
    special = SPECIAL.get(name, {"filters": [], "validators": []})
    checks = list(special["validators"])
    if column.type.python_type is int and "least" in column.info:
        least = column.info["least"]
        checks.append(validators.NumberRange(min=least, max=2**31 - 1, message=_l("Enter a whole number of at least %(min)s.")))
    return {"filters": [strip, *special["filters"]], "validators": checks}
