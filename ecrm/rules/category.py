"""The targets of a complaint category."""

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import ComplaintCategory
from ecrm.rules.errors import FieldRefused


def check(category: ComplaintCategory) -> None:
    """Raise FieldRefused where a complaint would have to be resolved before it is answered."""
    if category.resolution_hours < category.response_hours:
        raise FieldRefused("resolution_hours", _l("Resolving cannot take less time than the first response."))
