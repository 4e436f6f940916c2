"""Filters of visits: what no single column says."""

from typing import Any

from ecrm.admin.named_filters import Condition
from ecrm.admin.report_filters import Words
from ecrm.i18n import lazy_gettext as _l
from ecrm.models.base import now, present
from ecrm.rules import appointment


class NeedsAnother(Condition):
    """In vain, with nobody having planned another visit, or not."""

    name_in_address, title, reads = "needs_another", _l("Needs a new visit"), "outcome"
    condition, lasting = staticmethod(lambda: appointment.needs_another(present(appointment.SINCE))), True


class Promise(Words):
    """Whether somebody came within the window that was promised, of visits whose window is over."""

    name_in_address, title, reads, members = "promise", _l("Promise"), "window_from", appointment.Promise

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        """Narrow the query."""
        return query.filter(appointment.promises(value, now()))


class Due(Condition):
    """The promised time is over and the visit was not cancelled, or not."""

    name_in_address, title, reads = "due", _l("Promised time is over"), "window_from"
    condition = staticmethod(lambda: appointment.due(now()))


class Repeat(Condition):
    """Not the first visit for its complaint or application, or the first."""

    name_in_address, title, reads = "repeat", _l("Repeat visit"), "number"
    condition = staticmethod(appointment.repeats)
