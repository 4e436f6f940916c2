"""Form fields made from what the models say of their columns."""

from datetime import date, timedelta
from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.model.form import converts
from flask_babel import lazy_gettext as _l
from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import RelationshipProperty
from wtforms import TimeField, ValidationError, validators

from ecrm import policy
from ecrm.admin import choices, lookup
from ecrm.admin.choices import MemberField
from ecrm.models.base import Priority, UtcDateTime, now
from ecrm.rules.phone import e164

LONGEST = 10_000  # characters of a text without a length of its own; 4 bytes each fit MariaDB's TEXT
LARGEST = 2**31 - 1
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)  # a year outside them is a slip of the finger
REQUIRED = _l("This field is required.")


class Converter(AdminModelConverter):
    """Flask-Admin's converter, with our enums, and with relations that refuse a forged id."""

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> MemberField:
        """Offer the members of the column's enum."""
        return MemberField(column.type.enum_class, allow_blank=column.nullable, **field_args)

    @converts("ecrm.models.base.PriorityType")
    def convert_priority(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> MemberField:
        """Offer the priorities; left blank in a new row it is the default, of a complaint that of its category."""
        field_args.pop("default", None)
        field_args["validators"] = [validators.Optional()]
        return MemberField(Priority, allow_blank=column.nullable, blank_when_new=True, **field_args)

    @converts("ecrm.models.base.UtcDateTime")
    def convert_moment(self, field_args: dict[str, Any], **_extra: Any) -> choices.MomentField:
        """Ask for a day and a time."""
        return choices.MomentField(**field_args | {"filters": ()})

    @converts("Time")
    def convert_time(self, field_args: dict[str, Any], **_extra: Any) -> TimeField:
        """Ask for hours and minutes; browsers leave the seconds out."""
        field_args |= {"validators": [validators.InputRequired(REQUIRED)], "filters": ()}
        return TimeField(format=["%H:%M", "%H:%M:%S"], **field_args)

    @converts("Integer")
    def handle_integer_types(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> choices.WholeField:
        """Ask for a whole number."""
        return choices.WholeField(**field_args)

    @classmethod
    def _string_common(cls, column: Any, field_args: dict[str, Any], **_extra: Any) -> None:
        """Store no blank text where there may be none; lengths are checked below, in the reader's language."""
        cls._nullable_common(column, field_args)

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        """Offer rows of another table: by a look-up where there are many, else from a list."""
        loader = getattr(self.view, "_form_ajax_refs", {}).get(prop.key)
        if multiple:
            return choices.ListedRows(**kwargs)
        return choices.FoundRow(loader, **kwargs) if loader else choices.ListedRow(**kwargs)


def strip(value: Any) -> Any:
    """Return text without the blanks around it, and without NUL, which no database agrees on."""
    return value.replace("\0", "").strip() if type(value) is str else value  # a member of an enum is text, too, and stays what it is


def to_phone(value: Any) -> Any:
    """Return a telephone number as E.164 where it is one, else what was typed, for the validator to refuse."""
    return (e164(value) or value) if isinstance(value, str) and value else value


def check_phone(_form: Any, field: Any) -> None:
    """Refuse what is no telephone number."""
    if field.data and e164(field.data) is None:
        raise ValidationError(_l("Enter a telephone number such as 0812 3456 7890."))


def check_day(_form: Any, field: Any) -> None:
    """Refuse a day that nobody means."""
    if field.data and not FIRST_DAY <= field.data <= LAST_DAY:
        raise ValidationError(_l("Enter a day in the years %(first)d to %(last)d.", first=FIRST_DAY.year, last=LAST_DAY.year))


def check_moment(form: Any, field: Any) -> None:
    """Refuse what is no day and time, or one that is more than a year away."""
    if field.data is None and field.raw_data and field.raw_data[0]:
        raise ValidationError(_l("Enter a day and a time."))
    if field.data is not None and abs(field.data - now()) > timedelta(days=366):
        raise ValidationError(_l("Enter a day within a year of today."))


def to_email(value: Any) -> Any:
    """Return an address in small letters: both databases then agree on what is the same."""
    return value.lower() if isinstance(value, str) else value


KINDS: dict[str, tuple[list[Any], list[Any]]] = {  # of column.info["kind"]: filters and validators
    "phone": ([to_phone], [check_phone]),
    "email": ([to_email], [validators.Email(_l("Enter an e-mail address such as name@example.com."))]),
    "nik": ([], [validators.Regexp(r"[0-9]{16}\Z", message=_l("A NIK has 16 digits."))]),
    "postcode": ([], [validators.Regexp(r"[0-9]{5}\Z", message=_l("A postcode has 5 digits."))]),
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
    relation = getattr(view.model, name).property
    remote = relation.mapper.class_
    needed = not relation.uselist and not relation.local_remote_pairs[0][0].nullable
    checks = {"validators": [validators.InputRequired(REQUIRED) if needed else validators.Optional()]}
    if remote in lookup.LARGE and not relation.uselist:
        return checks
    return checks | {"query_factory": lambda: lookup.query(remote, view.role)}


def _column(model: type, name: str) -> dict[str, Any]:
    column = getattr(model, name).property.columns[0]
    filters, checks = KINDS.get(column.info.get("kind", ""), ([], []))
    checks = list(checks)
    if isinstance(column.type, String) and column.type.python_type is str:
        longest = column.type.length or LONGEST
        checks.append(validators.Length(max=longest, message=_l("At most %(max)d characters.")))
        if not column.nullable:
            checks.insert(0, validators.DataRequired(REQUIRED))
        else:
            checks.insert(0, validators.Optional())
    elif isinstance(column.type, Integer):
        least, greatest = column.info.get("least", -LARGEST), column.info.get("greatest", LARGEST)
        checks.append(validators.Optional() if column.nullable else validators.InputRequired(REQUIRED))
        checks.append(validators.NumberRange(min=least, max=greatest, message=_l("Enter a whole number from %(min)s to %(max)s.")))
    elif isinstance(column.type, Date):
        checks.append(check_day)
    elif isinstance(column.type, UtcDateTime):
        checks += [check_moment] if column.nullable else [validators.InputRequired(REQUIRED), check_moment]
    return {"filters": [strip, *filters], "validators": checks}
