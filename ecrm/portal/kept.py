"""What somebody wrote on a page that cannot be filled in again is shown to them, to be copied."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, make_response, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from ecrm.portal import drafts


def init_app(app: Flask) -> None:
    """Bind to the application."""
    app.before_request(_logged_out)


def page() -> Any:
    """Return the page with what was written, None where nothing was: 401 for who is logged out, else 400."""
    texts = _texts()
    if not texts:
        return None
    shown = render_template("errors/kept.html", texts=texts, back=back())
    return make_response(shown, 400 if drafts.logged_in() else 401)


def sent() -> dict[str, Any]:
    """Return what a page shows that cannot read the database: texts to copy, and the fields of a form that sends all again.

    There is no such form where files were chosen, which it would leave out, or where a password was typed.
    """
    if request.method != "POST":
        return {}
    try:
        texts, fields, files = _texts(), list(request.form.items(multi=True)), any(file.filename for file in request.files.values())
    except HTTPException:  # larger than any form, or no form at all
        return {}
    again = bool(fields) and not files and not any("password" in name for name, _text in fields)
    return {"texts": texts, "fields": fields if again else [], "files": files, "url": request.full_path.rstrip("?")}


def _logged_out() -> Any:
    """Stop a POST of staff whose session has ended; their site would send them to the login, without what they wrote."""
    if request.method == "POST" and request.path.startswith("/admin/") and not current_user.is_authenticated:
        return page()
    return None


def _texts() -> list[str]:
    """Return what was written in words: not what was chosen, and no password."""
    sent = request.form.items(multi=True)
    return [text.strip() for name, text in sent if "password" not in name and len(text.split()) > 1]


def back() -> str:
    """Return the address of the page on which it was written, the first page where it is not known or only takes POST."""
    came, known = urlsplit(request.referrer or ""), current_app.create_url_adapter(request)
    if came.netloc != request.host or known is None or not known.test(came.path, "GET"):
        return url_for("portal.start")
    return came.path + (f"?{came.query}" if came.query else "")
