"""Setting two-factor login up: a mistyped code does not cost the key that the phone has read already."""

from typing import Any

from flask import Flask, current_app, redirect, render_template, url_for
from flask_login import current_user
from flask_security.utils import check_and_get_token_status

from ecrm.portal.account_forms import CodeForm

LOGIN = "security.two_factor_token_validation"
ENDPOINT = "security.two_factor_setup_validate"


def init_app(app: Flask) -> None:
    """Put our page in the place of Flask-Security's way back to the beginning, after Flask-Security."""
    validate = app.view_functions[ENDPOINT]

    def once_more(token: str) -> Any:
        """Take the code; where it is wrong, show the same key again."""
        answer = validate(token)
        expired, invalid, state = check_and_get_token_status(token, "tf_setup", current_app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"])
        right = current_user.is_authenticated and state and current_user.tf_totp_secret == state["totp_secret"]
        if expired or invalid or right or not current_user.is_authenticated:
            return answer
        return _page(token, state["totp_secret"])

    log_in = app.view_functions[LOGIN]

    def not_twice() -> Any:
        """Take the code of a login; Flask-Security's own would log a person out who is in, at a link from anywhere."""
        return redirect(url_for("portal.start")) if current_user.is_authenticated else log_in()

    app.view_functions |= {ENDPOINT: once_more, LOGIN: not_twice}


def _page(token: str, secret: str) -> str:
    factory = current_app.extensions["security"].totp_factory
    shown = factory.fetch_setup_values(secret, current_user)
    return render_template(
        "security/two_factor_setup.html", chosen_method="authenticator", changing=True, state_token=token, choices=[],
        authr_qrcode=shown["image"], authr_key=shown["key"], two_factor_verify_code_form=CodeForm(formdata=None),
    )
