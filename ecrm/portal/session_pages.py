"""Where a person is logged in: everybody sees their own sessions and can end them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user
from flask_security import logout_user
from sqlalchemy import Select, select

from ecrm import rows
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import UserSession
from ecrm.models.base import now
from ecrm.models.user_session import EndReason, device
from ecrm.portal import people, sessions as living
from ecrm.portal.blueprint import blueprint


def _own() -> Select[Any]:
    """Return the SELECT of the person's own sessions that have not been ended: the same for staff and customers."""
    return select(UserSession).where(rows.own_sessions(current_user), UserSession.ended_at.is_(None))


def _persons_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let everybody in who is logged in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if current_user.is_authenticated else people.log_in_first()

    return guarded


@blueprint.get("/sessions")
@_persons_only
def sessions() -> Any:
    """Show where the person is logged in, this browser first."""
    at, current = now(), living.this_one()
    found = [row for row in people.rows(_own().order_by(UserSession.seen_at.desc())) if row.alive(at)]
    found.sort(key=lambda row: row.id != current)
    return render_template("portal/sessions.html", sessions=found, this_one=current, device=device)


@blueprint.post("/sessions/<int(max=2147483647):session_id>/end")
@_persons_only
def end_session(session_id: int) -> Any:
    """End one of the person's sessions."""
    row = people.one_or_404(_own().where(UserSession.id == session_id))
    if row.id == living.this_one():
        abort(400)  # that is what “Log out” is for
    row.end(now(), EndReason.BY_HAND)
    db.session.commit()
    flash(_("That browser is logged out."), "success")
    return redirect(url_for("portal.sessions"))


@blueprint.post("/sessions/end")
@_persons_only
def end_sessions() -> Any:
    """Log the person out everywhere, here too."""
    living.end_all(db.session(), current_user._get_current_object(), now(), EndReason.BY_HAND)
    logout_user()
    db.session.commit()
    flash(_("You are logged out everywhere."), "success")
    return redirect(url_for("security.login"))
