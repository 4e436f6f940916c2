"""Form fields of our own: numbers, members of an enum, and rows that exist for the person."""

import re
from collections.abc import Iterator
from typing import Any

from flask_admin.contrib.sqla.fields import QuerySelectField, QuerySelectMultipleField
from flask_admin.form import Select2Field
from flask_admin.model.fields import AjaxSelectField
from wtforms import DateTimeLocalField, HiddenField, IntegerField, ValidationError
from wtforms.fields.choices import Choice

from ecrm import formats
from ecrm.i18n import gettext as _

GROUPED = re.compile(r"[0-9]{1,3}([., ])[0-9]{3}(\1[0-9]{3})*")
BLANK = ("", "__None")  # what Flask-Admin's controls send for "nothing chosen"


class VersionField(HiddenField):
    """The row version that the form was made from; never written to the row (design, trap 19)."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave the row alone: SQLAlchemy counts versions."""


class WholeField(IntegerField):
    """A whole number, with or without dots or blanks between the thousands."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number; what is none is left to the validators."""
        text = valuelist[0].strip() if valuelist else ""
        text = re.sub("[., ]", "", text) if GROUPED.fullmatch(text) else text
        if valuelist:
            self.data = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


class MomentField(DateTimeLocalField):
    """A day and a time on the reader's clock."""

    def process_data(self, value: Any) -> None:
        """Show a moment on the reader's clock."""
        self.data = value.astimezone(formats.zone()) if value is not None else None

    def process_formdata(self, valuelist: Any) -> None:
        """Read what was typed as a time of the reader's clock; what is none is left to the validators."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
        if self.data is not None:
            self.data = self.data.replace(tzinfo=formats.zone())


class MemberField(Select2Field):
    """A drop-down list of the members of an enum, with their labels in the reader's language."""

    def __init__(self, kind: type[Any], blank_when_new: bool = False, **options: Any) -> None:
        """Offer the members of `kind`; a row that has one keeps it unless `allow_blank`."""
        self.kind, self.blank_when_new = kind, blank_when_new
        super().__init__(coerce=self._member, **options)

    def _member(self, value: Any) -> Any:
        """Return the member of a stored word or number; raises ValueError."""
        for member in self.kind:
            if value in (member, str(member.value)):
                return member
        raise ValueError(_("Not a valid choice."))

    def _blank(self) -> bool:
        return self.allow_blank or (self.blank_when_new and self.object_data is None)

    def process_formdata(self, valuelist: Any) -> None:
        """Read the choice."""
        if valuelist and valuelist[0] in BLANK:
            self.data = None
        else:
            super().process_formdata(valuelist)

    def iter_choices(self) -> Iterator[Choice]:
        """Yield value, label and whether it is chosen."""
        if self._blank():
            yield Choice("__None", "", self.data is None, {})
        for member in self.kind:
            yield Choice(str(member.value), str(member.label), member == self.data, {})

    def pre_validate(self, form: Any) -> None:
        """Refuse a blank where the column needs a member."""
        if self.data is None and not self._blank():
            raise ValidationError(_("Not a valid choice."))


class _Row:
    """The part of a field of a related row that tells "nothing chosen" from an id that does not exist for the person."""

    allow_blank: bool
    data: Any
    raw_data: Any

    def pre_validate(self, form: Any) -> None:
        """Refuse a forged id also where the column may be blank."""
        asked = self.raw_data[0] if self.raw_data else None
        if self.data is None and asked not in (None, *BLANK):
            raise ValidationError(_("Not a valid choice."))
        if self.data is not None or self.allow_blank:
            return
        if asked is None:
            raise ValidationError(_("This field is required."))


class FoundRow(_Row, AjaxSelectField):
    """A row found by typing."""


class ListedRow(_Row, QuerySelectField):
    """A row chosen from a list."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the choice; an id is compared as the text that it is."""
        super().process_formdata(["__None"] if valuelist and valuelist[0] in BLANK and self.allow_blank else valuelist)


class ListedRows(QuerySelectMultipleField):
    """Several rows chosen from a list."""

    def pre_validate(self, form: Any) -> None:
        """Refuse forged ids; Flask-Admin's own knows of them only after the data were asked for."""
        _asked = self.data
        super().pre_validate(form)
