"""Telephone numbers: kept as E.164, however people write them, and shown as people read them."""

import phonenumbers

HOME, HOME_CODE = "ID", 62


def e164(text: str) -> str | None:
    """Return +62812… for any usual way to write an Indonesian or international number, None where it is none."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None  # also where it could be dialled within one town only
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def readable(number: str) -> str:
    """Return a number as people read it: (021) 5010 1234 at home, +65 6123 4567 abroad; what is none stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    style = phonenumbers.PhoneNumberFormat.NATIONAL if parsed.country_code == HOME_CODE else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
