"""Forgotten password, and the letter that verifies an e-mail once more: pages that do the same for every address."""

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, render_template
from flask_login import current_user
from flask_security.forms import EmailValidation, email_required
from flask_wtf import FlaskForm
from wtforms import EmailField

from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.letters import asked
from ecrm.models.base import now
from ecrm.portal.account_words import CHECK_MAIL


class AskForm(FlaskForm):
    """An e-mail address; whether we know it is the worker's business."""

    email = EmailField(render_kw={"autocomplete": "email"}, validators=[email_required, EmailValidation(verify=False)])


PAGES = {  # endpoint of Flask-Security → what is asked for, template, the form's name there
    "security.forgot_password": (asked.RESET, "security/forgot_password.html", "forgot_password_form"),
    "security.send_confirmation": (asked.CONFIRM, "security/send_confirmation.html", "send_confirmation_form"),
}


def init_app(app: Flask) -> None:
    """Put our pages in the place of Flask-Security's, which look the person up while the browser waits."""
    app.view_functions.update({endpoint: _page(*page) for endpoint, page in PAGES.items()})


def _page(wish: str, template: str, name: str) -> Callable[[], Any]:
    def ask() -> Any:
        """Take the address down and answer."""
        form = AskForm()
        if form.validate_on_submit():
            asked.ask(db.session(), wish, form.email.data or "", now())
            db.session.commit()
            flash(_(CHECK_MAIL, email=form.email.data), "info")
        elif current_user.is_authenticated and not form.is_submitted():
            form.email.data = current_user.email
        return render_template(template, **{name: form})

    ask.__name__ = f"ask_{name}"  # Flask-Limiter tells views apart by their names
    return ask
