"""The forms of Flask-Security that ask for more, or say it in other words."""

from typing import Any

from flask import current_app
from flask_security import LoginForm as SecurityLoginForm, MfRecoveryForm, RegisterFormV2, TwoFactorVerifyCodeForm
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TelField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Branch
from ecrm.models.account import Language
from ecrm.models.customer import ContactChannel
from ecrm.rules.consent import WORDING
from ecrm.rules.phone import e164

REQUIRED = _l("This field is required.")
AGREE = _l("Yes, send me letters about promos.")  # another sentence is another WORDING in ecrm/rules/consent.py


def stripped(text: str | None) -> str | None:
    """Return the text without the spaces around it."""
    return text.strip() if isinstance(text, str) else text


def _closed_up(text: str | None) -> str | None:
    return "".join(text.split()) if isinstance(text, str) else text


def at_most(length: int) -> Length:
    """Return the validator of a text's length."""
    return Length(max=length, message=_l("At most %(max)s characters.", max=length))


class Phone:
    """A telephone number in any usual way of writing; the field's data become E.164."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError where it is none."""
        number = e164(field.data or "")
        if number is None:
            raise ValidationError(str(_l("This is not a telephone number. Write it like 0812 3456 7890.")))
        field.data = number


class OneOf:
    """A choice of the list; WTForms' own check has no message of ours."""

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError where the value is not offered."""
        if field.data not in {value for value, _label in field.choices}:
            raise ValidationError(str(_l("Choose one of the list.")))


class LoginForm(SecurityLoginForm):
    """The login; the link to the forgotten password stands in the template."""

    remember = BooleanField(_l("Stay logged in on this device"))


class RegisterForm(RegisterFormV2):
    """A new account of a customer: who they are, and the number that we know them by, if any."""

    name = StringField(_l("Name"), filters=[stripped], validators=[DataRequired(REQUIRED), at_most(100)],
                       render_kw={"autocomplete": "name"})
    phone = TelField(_l("Mobile phone"), filters=[stripped], validators=[DataRequired(REQUIRED), Phone()],
                     render_kw={"autocomplete": "tel"})
    branch_id = SelectField(_l("Branch"), validators=[DataRequired(REQUIRED), OneOf()], validate_choice=False)
    claimed_number = StringField(_l("Customer number"), filters=[stripped, lambda text: (text or "").upper() or None],
                                 validators=[Optional(), at_most(20)], render_kw={"autocomplete": "off"})

    promos = BooleanField(AGREE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the active branches."""
        super().__init__(*args, **kwargs)
        branches = db.session.scalars(select(Branch).where(Branch.active.is_(True)).order_by(Branch.city, Branch.name))
        self.branch_id.choices = [("", _l("Please choose")), *((str(branch.id), _place(branch)) for branch in branches)]

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        """Return the fields by name; those of the account as the account keeps them."""
        values = super().to_dict(only_user)
        values["branch_id"] = int(values["branch_id"])
        values["agreed_wording"] = WORDING if values.pop("promos", self.promos.data) else None
        return values


def _place(branch: Branch) -> str:
    return branch.name if branch.city in branch.name else f"{branch.city}, {branch.name}"


class CodeForm(TwoFactorVerifyCodeForm):
    """The six digits of the authenticator app, with or without spaces."""

    code = StringField(_l("Six digits"), filters=[_closed_up], validators=[DataRequired(REQUIRED)],
                       render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"})


class RecoveryForm(MfRecoveryForm):
    """One of the codes that were kept for the day when the phone is lost."""

    code = StringField(_l("Recovery code"), filters=[_closed_up], validators=[DataRequired(REQUIRED)],
                       render_kw={"autocomplete": "off"})


class ProfileForm(FlaskForm):
    """What a customer may change about themselves."""

    phone = TelField(_l("Mobile phone"), filters=[stripped], validators=[DataRequired(REQUIRED), Phone()],
                     render_kw={"autocomplete": "tel"})
    language = RadioField(_l("Language"), choices=[(language.value, language.label) for language in Language],
                          validators=[DataRequired(REQUIRED), OneOf()], validate_choice=False)
    channel = RadioField(_l("How shall we write to you?"), choices=[(channel.value, channel.label) for channel in ContactChannel],
                         validators=[DataRequired(REQUIRED), OneOf()], validate_choice=False)
    promos = BooleanField(AGREE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the way of writing only where there is more than one."""
        super().__init__(*args, **kwargs)
        if not current_app.config["ECRM"]["GATEWAY_URL"]:
            del self.channel
