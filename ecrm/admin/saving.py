"""Saving forms: one transaction, errors beside their field, and nobody's work overwritten unseen."""

from typing import Any

from flask import abort, flash, redirect
from flask_login import current_user
from sqlalchemy import UniqueConstraint, and_, select
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from ecrm import retries
from ecrm.admin import conflict
from ecrm.admin.choices import VersionField
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models.base import now
from ecrm.rules import period
from ecrm.rules.errors import Refused

CHECK_FAILED = 4025  # MariaDB's number for a CHECK constraint; PyMySQL reports it as an OperationalError


class Saving:
    """The part of a screen that writes rows."""

    model: Any
    born: Any = None
    checks: tuple[Any, ...] = ()

    def changeable(self, row: Any) -> bool:
        """Return whether a row may still be edited: its lifecycle fixes some."""
        lifecycle = getattr(self.model, "__lifecycle__", None)
        return lifecycle is None or row.status not in lifecycle.fixed

    def create_model(self, form: Any) -> Any:
        """Write a new row; return it, or False with the errors in the form."""
        return self._write(form, self.build_new_instance(), created=True)  # type: ignore[attr-defined]

    def update_model(self, form: Any, model: Any) -> bool:
        """Write the changes, unless somebody was faster since the form was opened (design, trap 19)."""
        version = form._fields.get("row_version")
        if version is not None and version.data != str(model.version):
            self._tell_conflict(form, model)
            return False
        return bool(self._write(form, model, created=False))

    def _tell_conflict(self, form: Any, row: Any) -> None:
        """Say who was faster; the form then carries the new version, so that a second save goes through."""
        version = form.row_version
        conflict.tell(self, row, version.data)
        version.data = str(row.version)
        version.raw_data = [version.data]

    def delete_model(self, model: Any) -> bool:
        """Delete a row that nothing points to."""
        name = str(model)
        try:
            db.session.delete(model)
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            flash(_("“%(row)s” is still used elsewhere and cannot be deleted.", row=name), "error")
            return False
        except StaleDataError:
            db.session.rollback()
            flash(_("Somebody else was faster. Please look again."), "error")
            return False
        return True

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form, with the version of the row that it shows; a row that is fixed has none."""
        if not self.changeable(obj):
            flash(_("This cannot be changed any more: the status is “%(status)s”.", status=obj.status.label), "error")
            abort(redirect(self.get_url(".details_view", id=obj.id)))  # type: ignore[attr-defined]
        form = super().edit_form(obj)  # type: ignore[misc]
        version = form._fields.get("row_version")
        if version is not None and version.raw_data is None:
            version.data = str(obj.version)
        return form

    def get_edit_form(self) -> Any:
        """Return the form class, with the hidden row version where the table has one."""
        form = super().get_edit_form()  # type: ignore[misc]
        return type(form.__name__, (form,), {"row_version": VersionField()}) if hasattr(self.model, "version") else form

    def _write(self, form: Any, row: Any, created: bool) -> Any:
        try:
            with db.session.no_autoflush:
                form.populate_obj(row)
                for check in self.checks if not hasattr(row, "valid_until") else (period.check, *self.checks):
                    check(row)
                if created:
                    self._add(row)
            db.session.commit()
        except (Refused, IntegrityError, DataError, OperationalError) as error:
            db.session.rollback()
            name, text = self._reason(form, row if not created else None, error)
            self._refuse(form, name, text)
        except StaleDataError:
            db.session.rollback()
            self._tell_conflict(form, row)
        else:
            if created:
                self.entered(row)
            return row
        return False

    def entered(self, row: Any) -> None:
        """Say what follows from a new row that is saved; screens say what."""

    def _add(self, row: Any) -> None:
        if self.born:
            self.born(db.session, row, now(), current_user._get_current_object())
        db.session.add(row)

    def _reason(self, form: Any, row: Any, error: Exception) -> tuple[str | None, str]:
        """Return the field and the text that tell a person why nothing was saved; raises what is nobody's fault here."""
        if isinstance(error, Refused):
            return getattr(error, "name", None), str(error)
        if isinstance(error, OperationalError):
            number = retries.number(error)
            if number in retries.BUSY and not retries.exhausted():
                raise error
            if number in retries.BUSY or "database is locked" in str(error.orig):
                return None, _("This was not saved: the database is busy. What you typed is still here: save again.")
            if number != CHECK_FAILED:
                raise error
        taken = self._taken(form, row) if isinstance(error, IntegrityError) else None
        if taken:
            return taken, _("This exists already.")
        return None, _("This was not saved: the values do not fit together.")

    def _taken(self, form: Any, row: Any) -> str | None:
        """Return the field whose value, perhaps together with others, another row has already."""
        relations = {pair[0].key: key for key, relation in self.model.__mapper__.relationships.items()
                     if not relation.uselist for pair in relation.local_remote_pairs}
        for constraint in self.model.__table__.constraints:
            names = [relations.get(column.key, column.key) for column in getattr(constraint, "columns", ())]
            if isinstance(constraint, UniqueConstraint) and set(names) <= set(form._fields):
                same = and_(*(getattr(self.model, name) == form._fields[name].data for name in names))
                found = db.session.scalars(select(self.model).where(same)).first()
                if found is not None and found is not row:
                    return names[-1]
        return None

    def _refuse(self, form: Any, name: str | None, text: str) -> None:
        """Put the error beside its field, or above the form."""
        field = form._fields.get(name) if name else None
        if field is None:
            flash(text, "error")
        else:
            field.errors = [*field.errors, text]
