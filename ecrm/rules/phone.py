"""Telephone numbers as people write them, kept as E.164."""

import phonenumbers

HOME = "ID"


def e164(text: str) -> str | None:
    """Return +62812… for any usual way to write an Indonesian or international number, None where it is none."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None  # also where it could be dialled within one town only
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
