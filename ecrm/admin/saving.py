"""Saving forms: one transaction, errors beside their field, and nobody's work overwritten unseen."""

from typing import Any

from flask import flash
from flask_babel import format_datetime, gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from ecrm.admin.fields import VersionField
from ecrm.extensions import db
from ecrm.models import Step
from ecrm.models.base import now
from ecrm.rules.errors import FactMissing, FieldRefused, Refused

CHECK_FAILED = 4025  # MariaDB's number for a CHECK constraint; PyMySQL reports it as an OperationalError


class Saving:
    """The part of a screen that writes rows."""

    model: Any
    born: Any = None
    checks: tuple[Any, ...] = ()

    def create_model(self, form: Any) -> Any:
        """Write a new row; return it, or False with the errors in the form."""
        return self._write(form, self.build_new_instance(), created=True)  # type: ignore[attr-defined]

    def update_model(self, form: Any, model: Any) -> bool:
        """Write the changes, unless somebody was faster since the form was opened."""
        version = getattr(form, "row_version", None)
        if version is not None and version.data != str(model.version):
            self._tell_conflict(form, model)
            return False
        return bool(self._write(form, model, created=False))

    def delete_model(self, model: Any) -> bool:
        """Delete a row that nothing points to."""
        try:
            db.session.delete(model)
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            flash(_("“%(row)s” is still used elsewhere and cannot be deleted.", row=str(model)), "error")
            return False
        except StaleDataError:
            db.session.rollback()
            flash(_("Somebody else was faster. Please look again."), "error")
            return False
        return True

    def edit_form(self, obj: Any = None) -> Any:
        """Return the form, with the version of the row that it shows."""
        form = super().edit_form(obj)  # type: ignore[misc]
        version = getattr(form, "row_version", None)
        if version is not None and version.data in (None, ""):
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
                for check in self.checks:
                    check(row)
                if created:
                    self._add(row)
            db.session.commit()
        except (FieldRefused, FactMissing) as refused:
            self._refuse(form, refused.name, str(refused))
        except Refused as refused:
            self._refuse(form, None, str(refused))
        except StaleDataError:
            db.session.rollback()
            self._tell_conflict(form, row)
        except IntegrityError:
            self._refuse(form, None, _("This was not saved: the number or code exists already, or the values do not fit together."))
        except OperationalError as error:
            if getattr(error.orig, "args", [0])[0] != CHECK_FAILED:
                raise
            self._refuse(form, None, _("This was not saved: the values do not fit together."))
        else:
            return row
        return False

    def _add(self, row: Any) -> None:
        if self.born:
            self.born(db.session, row, now(), current_user)
        db.session.add(row)

    def _refuse(self, form: Any, name: str | None, text: str) -> None:
        """Undo, and put the error beside its field, or above the form."""
        db.session.rollback()
        field = form._fields.get(name) if name else None
        if field is None:
            flash(text, "error")
        else:
            field.errors = [*field.errors, text]

    def _tell_conflict(self, form: Any, row: Any) -> None:
        """Say who was faster and what they changed; what was typed stays, and a second save goes through."""
        db.session.refresh(row)
        step = db.session.scalars(
            select(Step).where(Step.table == row.__tablename__, Step.row_id == row.id).order_by(Step.id.desc()).limit(1)
        ).first()
        who = str(step.actor) if step and step.actor else _("somebody")
        when = format_datetime(step.at, "HH:mm:ss") if step else ""
        changes = "; ".join(f"{self._label_of(key)}: {step.before.get(key, '–')} → {value}" for key, value in step.after.items()) if step else ""
        flash(_("%(who)s was faster and saved at %(when)s (%(changes)s). What you typed is still here: compare, then save again.",
                who=who, when=when, changes=changes), "error")
        form.row_version.data = str(row.version)
        form.row_version.raw_data = [str(row.version)]

    def _label_of(self, key: str) -> str:
        column = self.model.__table__.columns.get(key)
        return str(column.info.get("label", key)) if column is not None else key
