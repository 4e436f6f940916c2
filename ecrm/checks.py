"""What a value of a column must be, for every form and for the API: WTForms' filters and validators, made from what the models say."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, String
from wtforms import ValidationError, validators

from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import UtcDateTime, now
from ecrm.rules.phone import e164

LONGEST = 10_000  # characters of a text without a length of its own; 4 bytes each fit MariaDB's TEXT
LARGEST = 2**31 - 1
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)  # a year outside them is a slip of the finger
REQUIRED = _l("This field is required.")


def whole(text: Any) -> int | None:
    """Return the row id in an address or form, None for what is no id that a table can hold (design, trap 20)."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 10 and int(digits) <= LARGEST else None


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


def of_column(model: type, name: str) -> dict[str, Any]:
    """Return the filters and validators of a column."""
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
