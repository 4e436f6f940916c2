"""Registration, login and what belongs to accounts, by Flask-Security; what follows when an e-mail is verified."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, after_this_request, current_app, flash, request
from flask_babel import get_locale
from flask_security import Security, SQLAlchemyUserDatastore, user_confirmed, user_registered
from flask_security.signals import change_email_confirmed
from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.letters.security import OutboxMailUtil
from ecrm.models import Branch, Consent, Customer, Role, User
from ecrm.models.account import Language, RoleName
from ecrm.models.base import now
from ecrm.portal import account_words
from ecrm.portal.account_forms import CodeForm, LoginForm, RecoveryForm, RegisterForm
from ecrm.portal.passwords import Passwords
from ecrm.rules.customer import admit


class AccountMail(OutboxMailUtil):
    """Letters by the outbox, and e-mail addresses in lower case, so that one person has one account."""

    def normalize(self, email: str) -> str:
        """Return the address as we compare it."""
        return super().normalize(email.strip()).lower()

    def validate(self, email: str) -> str:
        """Return the address as we keep it."""
        return super().validate(email.strip()).lower()

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """Queue the letter, and commit when the answer is ready: some of Flask-Security's views do not."""
        super().send_mail(*args, **kwargs)
        after_this_request(_commit)


def init_app(app: Flask) -> None:
    """Bind Flask-Security to the application."""
    account_words.configure(app)
    app.config["SECURITY_POST_REGISTER_VIEW"] = "/registered"
    Security(mail_util_cls=AccountMail, password_util_cls=Passwords).init_app(
        app, SQLAlchemyUserDatastore(db, User, Role), datetime_factory=now, login_form=LoginForm, register_form=RegisterForm,
        two_factor_verify_code_form=CodeForm, mf_recovery_form=RecoveryForm,
    )
    app.login_manager.request_loader(lambda _request: None)  # Flask-Security's looks for tokens, which we give nobody, and reads any JSON to its end
    app.before_request(_readable_next)
    user_registered.connect(_registered, app)
    user_confirmed.connect(_confirmed, app)
    change_email_confirmed.connect(_moved, app)


def _readable_next() -> None:
    """Refuse a way back that is no address at all, at which Flask-Security breaks."""
    if request.blueprint == "security":
        for way in request.values.getlist("next"):
            try:
                urlsplit(way)
            except ValueError:
                abort(400)


def _commit(answer: Response) -> Response:
    db.session.commit()
    return answer


def _registered(_app: Flask, user: User, **_more: Any) -> None:
    """Keep the language that the person registered in; a customer is made when the e-mail is verified, not before."""
    user.language = Language(str(get_locale()))


def _confirmed(_app: Flask, user: User, **_more: Any) -> None:
    """Make the account a customer's: the one that we know by number and e-mail, or a new prospect."""
    if user.roles:
        return  # staff, whom the administrator invited
    user.roles.append(db.session.scalars(select(Role).where(Role.name == RoleName.CUSTOMER.value)).one())
    known = _claimed(user)
    if known is not None:
        known.user = user
    else:
        known = admit(db.session, Customer(name=user.name, phone=user.phone or "", email=user.email, address="", branch_id=user.branch_id,
                                   since=_today(user), user=user))
        if user.claimed_number:
            flash(_("We could not match your customer number yet. Our support will link it to your account."), "info")
    if user.agreed_wording:
        db.session.add(Consent(customer=known, given=True, wording=user.agreed_wording, at=user.created_at))


def _today(user: User) -> date:
    """Return the day at the branch of a person who has just become a customer."""
    branch = db.session.get(Branch, user.branch_id)
    zone = branch.time_zone.value if branch is not None else current_app.config["ECRM"]["TIME_ZONE"]
    return now().astimezone(ZoneInfo(zone)).date()


def _claimed(user: User) -> Customer | None:
    """Return the customer without an account whose number and e-mail are the ones that the person gave."""
    if not user.claimed_number:
        return None
    same = Customer.number == user.claimed_number, func.lower(Customer.email) == user.email.lower(), Customer.user_id.is_(None)
    return db.session.scalars(select(Customer).where(*same).with_for_update()).one_or_none()


def _moved(_app: Flask, user: User, **_more: Any) -> None:
    """Write a changed e-mail address on the customer too."""
    customer = db.session.scalars(select(Customer).where(Customer.user_id == user.id)).one_or_none()
    if customer is not None:
        customer.email = user.email
