"""The picture of a promo: uploaded with its form, checked and kept by the storage, shown on its page."""

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from wtforms import FileField, ValidationError

from ecrm import storage
from ecrm.i18n import lazy_gettext as _l
from ecrm.policy import Right


class PictureField(FileField):
    """A picture; left blank, the row keeps the one that it has."""

    received: storage.Received | None = None

    def pre_validate(self, form: Any) -> None:
        """Take the picture in, or refuse it."""
        if self.data and getattr(self.data, "filename", ""):
            try:
                self.received = storage.receive_picture(self.data)
            except storage.FileRefused as refused:
                raise ValidationError(str(refused)) from refused

    def populate_obj(self, obj: Any, name: str) -> None:
        """Give the row the key of a new picture."""
        if self.received is not None:
            obj.picture_key = self.received.key


class Pictured:
    """The part of a screen whose rows have a picture."""

    extra_needs = {"picture_view": Right.READ}

    def get_create_form(self) -> Any:
        """Return the form of a new row, with the picture."""
        return _with_picture(super().get_create_form())  # type: ignore[misc]

    def get_edit_form(self) -> Any:
        """Return the form of changes, with the picture."""
        return _with_picture(super().get_edit_form())  # type: ignore[misc]

    @expose("/picture/")
    def picture_view(self) -> ResponseReturnValue:
        """Send the picture."""
        key = self.get_one(request.args.get("id")).picture_key  # type: ignore[attr-defined]
        return storage.send_picture(key) if key else abort(404)

    def picture(self, row: Any) -> str | None:
        """Return the address of a row's picture, None where it has none."""
        return self.get_url(".picture_view", id=row.id) if row.picture_key else None  # type: ignore[attr-defined]


def _with_picture(form: Any) -> Any:
    return type(form.__name__, (form,), {"picture": PictureField(_l("Picture"))})
