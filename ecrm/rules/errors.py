"""What a rule may refuse; surfaces turn these into a flash, a field error or a 404."""

from typing import Any

from ecrm.i18n import gettext as _


class Refused(Exception):
    """A rule says no; str() is for the person, in their language."""


class NotNow(Refused):
    """The verb does not start from the row's status: somebody was faster, or the page is old."""

    def __init__(self, verb: Any, status: Any) -> None:
        """Keep the verb and the status that refused it."""
        super().__init__(verb, status)
        self.verb, self.status = verb, status

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("“%(verb)s” is not possible: the status is now “%(status)s”.", verb=self.verb.label, status=self.status.label)


class FactMissing(Refused):
    """A verb needs a fact that was not given; `name` is the field."""

    def __init__(self, name: str) -> None:
        """Keep the name of the field."""
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("This field is required.")


class Over(Refused):
    """The moment for a verb is over, so that nobody is offered it."""


class AlreadyThere(Over):
    """Somebody is at the visit already."""

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("The arrival is noted already.")


class TooLate(Over):
    """The window for a verb is over; `days` is its length."""

    def __init__(self, days: int) -> None:
        """Keep the length of the window."""
        super().__init__(days)
        self.days = days

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return _("This was possible for %(days)s days. Please enter a new complaint.", days=self.days)


class FieldRefused(Refused):
    """A rule refuses the value of one field; `name` is the field, `text` the lazy reason."""

    def __init__(self, name: str, text: Any) -> None:
        """Keep the field and the reason."""
        super().__init__(name, text)
        self.name, self.text = name, text

    def __str__(self) -> str:
        """Say it in the reader's language."""
        return str(self.text)
