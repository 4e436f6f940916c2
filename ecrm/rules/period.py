"""A time with a first and a last day."""

from typing import Any

from ecrm.i18n import lazy_gettext as _l
from ecrm.rules.errors import FieldRefused


def check(row: Any) -> None:
    """Raise FieldRefused where `valid_until` of a row is not after its `valid_from`; a row without an end has none."""
    if row.valid_from and row.valid_until and row.valid_until <= row.valid_from:
        raise FieldRefused("valid_until", _l("The last day must be after the first."))
