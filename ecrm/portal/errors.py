"""Pages for what went wrong, in the reader's language, with the company's telephone number."""

import errno
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import force_locale, format_timedelta
from flask_wtf.csrf import CSRFError
from flask_login import user_logged_in
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError, SQLAlchemyError, TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, TooManyRequests

from ecrm.extensions import db
from ecrm.i18n import gettext as _, lazy_gettext as _l
from ecrm.models.account import Language
from ecrm.models.access_event import AccessKind
from ecrm.portal import asking, drafts, kept, refusals, throttle
from ecrm.portal.account_forms import LoginForm, RegisterForm
from ecrm.web import PasswordAgain


AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeout)
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


class Said(NamedTuple):
    """What a page says about an error."""

    title: Any
    text: Any


FORMS = {  # pages that come back filled in: endpoint → template, the form's name there, its class
    "security.login": ("security/login_user.html", "login_user_form", LoginForm),
    "security.register": ("security/register_user.html", "register_user_form", RegisterForm),
    **{endpoint: (template, name, asking.AskForm) for endpoint, (_wish, template, name) in asking.PAGES.items()},
}
PAGES = {
    400: Said(_l("That did not work"), _l("Something in the address or the form was not right. Please go back and try again.")),
    403: Said(_l("You may not see this page"), _l("Your account has no right to this page.")),
    404: Said(_l("This page does not exist"), _l("The address may be wrong, or the page is not yours.")),
    405: Said(_l("That did not work"), _l("Please go back and try again.")),
    429: Said(_l("Too many tries"), _l("Please wait a little, then go back and try again.")),
    409: Said(
        _l("Somebody was faster"),
        _l("What you were changing has changed meanwhile. Please go back, load the page again and check."),
    ),
    413: Said(_l("The files are too large"), _l("Please go back, choose fewer or smaller files, and send it again.")),
    500: Said(
        _l("Something broke on our side"), _l("It is not your fault. Please try again in a minute. If it goes on, call us.")
    ),
    503: Said(_l("We are not available right now"), _l("Please try again in a minute. If it is urgent, call us.")),
}


def init_app(app: Flask) -> None:
    """Bind to the application: these pages are for all sites."""
    for code in PAGES:
        app.register_error_handler(code, _page)
    app.register_error_handler(CSRFError, _stale_token)
    app.register_error_handler(TooManyRequests, _too_often)
    app.register_error_handler(PasswordAgain, _password_again)
    app.register_error_handler(StaleDataError, _too_slow)
    app.register_error_handler(IntegrityError, _too_slow)
    for away in AWAY:
        app.register_error_handler(away, _no_database)
    app.register_error_handler(OSError, _no_space)
    user_logged_in.connect(_know_language, app)


def _page(error: Exception) -> Any:
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, AWAY):  # what commits after the view, as the account pages do, gets here past the other handlers
        return _no_database(cause)
    code = (error.code if isinstance(error, HTTPException) else None) or 500
    return _show(code, plain=code in (500, 503))


def _show(code: int, plain: bool = False) -> Any:
    """Return the page; a plain one touches neither the database nor the account, as they may be what broke."""
    said, settings = PAGES[code], current_app.config["ECRM"]
    names = {
        "code": code, "said": said, "company": settings["COMPANY_NAME"], "company_phone": settings["COMPANY_PHONE"], "back": "/"
    }
    if not plain:
        return make_response(render_template("errors/page.html", **names), code)
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # templates ask for the account
    with force_locale(_guess()):
        answer = make_response(render_template("errors/plain.html", language=_guess(), **names, **kept.sent()), code)
    if code == 503:
        answer.headers["Retry-After"] = "60"
    return answer


def _guess() -> str:
    """Return the reader's language as far as the session and the browser tell."""
    known = [language.value for language in Language]
    chosen = session.get("language") if session else None
    return chosen or request.accept_languages.best_match(known, current_app.config["BABEL_DEFAULT_LOCALE"]) or known[0]


def _stale_token(error: CSRFError) -> Any:
    """Keep what was written on our own pages; elsewhere ask to send again."""
    refusals.note(AccessKind.CSRF)
    if request.endpoint in drafts.PAGES:
        try:
            return make_response(drafts.show_again(), 401 if not drafts.logged_in() else 400)
        except HTTPException as refused:  # a page that is not this person's; nobody handles what a handler raises
            return _page(refused)
    if request.endpoint == "security.register":
        flash(_("This page had been open for a long time. What you wrote is still here: please send it again."), "warning")
        return make_response(render_template("security/register_user.html", register_user_form=RegisterForm(formdata=request.form)), 400)
    if request.endpoint and request.endpoint.startswith("security.") and "GET" in drafts.methods():
        flash(_("This page had been open for a long time. Please try again."), "warning")
        return redirect(request.full_path.rstrip("?"))
    return kept.page() or _show(400)


def _too_often(_error: TooManyRequests) -> Any:
    """Say when to try again, on the page that was sent, filled in."""
    seconds = throttle.wait()
    time = format_timedelta(timedelta(seconds=seconds), granularity="minute", add_direction=True, threshold=1)
    comes_back = request.endpoint in drafts.PAGES or request.endpoint in FORMS
    flash(_("Too many tries. What you wrote is still here: please send it again %(time)s.", time=time) if comes_back
          else _("Too many tries. Please try again %(time)s.", time=time), "warning")
    if request.endpoint in drafts.PAGES:
        shown = drafts.PAGES[request.endpoint](drafts.fields(), **(request.view_args or {}))
    elif request.endpoint in FORMS:
        template, name, form = FORMS[request.endpoint]
        shown = render_template(template, **{name: form(formdata=request.form)})
    else:
        shown = _show(429)
    answer = make_response(shown, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _password_again(_error: PasswordAgain) -> Any:
    """Ask for the password, and lead back to the page from which it came."""
    flash(_("Please enter your password again: this keeps your account safe."), "info")
    there = kept.back() if request.method == "POST" else request.full_path.rstrip("?")
    return redirect(url_for("security.verify", next=there))


def _too_slow(error: Exception) -> Any:
    """Two people at once, seen by the database; the statement stays in the log."""
    db.session.rollback()
    current_app.logger.warning("refused by the database: %s", type(error).__name__, exc_info=error)
    return _show(409)


def _no_database(error: SQLAlchemyError) -> Any:
    current_app.logger.error("the database does not answer", exc_info=error)
    db.session.rollback()
    session.pop("_flashes", None)  # the account pages say that it is done before it is written
    return _show(503, plain=True)


def _no_space(error: OSError) -> Any:
    """The disk is full or broken: what was sent is not kept here, and the person hears it."""
    db.session.rollback()
    if error.errno not in NO_SPACE:
        raise error
    current_app.logger.error("files cannot be written", exc_info=error)
    return _show(503, plain=True)


def _know_language(_app: Flask, user: Any, **_more: Any) -> None:
    """Keep the account's language at hand for pages that cannot ask the account."""
    session["language"] = user.language.value
