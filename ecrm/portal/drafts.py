"""What a person wrote is not lost when the session has ended: it travels, signed, through the login page."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, flash, g, make_response, render_template, request, url_for
from flask_babel import refresh
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from ecrm.i18n import gettext as _
from ecrm.models.account import RoleName
from ecrm.portal.account_forms import LoginForm

LIFE = 24 * 3600  # seconds
Draft = MultiDict[str, str]
PAGES: dict[str, Callable[..., Any]] = {}
PUBLIC: set[str] = set()  # of them those that need no login


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.after_request(_go_on)


def keeps(endpoint: str, public: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that shows the form of `endpoint` filled in: it takes the fields and the URL's values."""

    def register(page: Callable[..., Any]) -> Callable[..., Any]:
        PAGES[endpoint] = page
        PUBLIC.update({endpoint} if public else ())
        return page

    return register


def log_in_first() -> Any:
    """Answer a POST without a session: the login page, which carries what was written."""
    form = LoginForm(formdata=None)
    form.next.data = request.path if "GET" in methods() else url_for("portal.start")
    page = render_template("security/login_user.html", login_user_form=form, draft=_sign())
    return make_response(page, 401)


def show_again() -> Any:
    """Answer a POST whose anti-forgery token is stale: the same page, filled in, or the login page."""
    if not logged_in():
        return log_in_first()
    flash(_("This page had been open for a long time. What you wrote is still here: please send it again."), "warning")
    return PAGES[request.endpoint or ""](fields(), **(request.view_args or {}))


def logged_in() -> bool:
    """Return whether somebody is logged in, or need not be on this page."""
    return bool(current_user.is_authenticated) or request.endpoint in PUBLIC


def methods() -> set[str]:
    """Return the methods that this address takes."""
    return set(request.url_rule.methods or ()) if request.url_rule else set()


def fields() -> Draft:
    """Return what was written, as the form takes it."""
    return MultiDict((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="portal-draft")


def _sign() -> str:
    had_files = any(file.filename for file in request.files.values())
    return str(_signer().dumps([request.endpoint, request.view_args, list(fields().items(multi=True)), had_files]))


def _go_on(response: Response) -> Response:
    """After a login that carried a draft, show the page that the person was writing on, filled in."""
    if request.endpoint != "security.login" or response.status_code != 302 or not request.form.get("draft"):
        return response
    if not current_user.is_authenticated or RoleName.CUSTOMER not in current_user.role_names:
        return response
    try:
        endpoint, args, fields, had_files = _signer().loads(request.form["draft"], max_age=LIFE)
        refresh()  # the page is in the language of the account
        flash(_("Welcome back. What you wrote is still here: please check it and send it."), "success")
        g.had_files = had_files  # the form says so at its field
        return make_response(PAGES[endpoint](MultiDict(fields), **args))
    except (BadSignature, HTTPException):
        return response  # too old, not ours, or a page that this person may not see
