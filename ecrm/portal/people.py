"""Who is reading, and what exists for them: every fetch of the portal begins here."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import Select

from ecrm import policy
from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import Customer
from ecrm.models.account import STAFF, RoleName
from ecrm.portal import drafts

ROLE = RoleName.CUSTOMER


def is_customer() -> bool:
    """Return whether the reader is logged in as a customer."""
    return current_user.is_authenticated and ROLE in current_user.role_names


def is_staff() -> bool:
    """Return whether the reader is logged in and has a role of staff."""
    return current_user.is_authenticated and any(role in STAFF for role in current_user.role_names)


def see(model: type) -> Select[Any]:
    """Return the SELECT of the rows of `model` that exist for the reader as a customer."""
    return policy.visible(model, ROLE, current_user)


def rows(query: Select[Any]) -> list[Any]:
    """Return the rows of a query."""
    return list(db.session.scalars(query))


def one_or_404(query: Select[Any]) -> Any:
    """Return the only row of a query, or answer 404: what one may not see does not exist."""
    row = db.session.scalars(query).one_or_none()
    return row if row is not None else abort(404)


def own_customer() -> Customer | None:
    """Return the reader's customer, None for a visitor, for staff, and while support has linked none."""
    if not is_customer():
        return None
    if "portal_customer" not in g:
        g.portal_customer = db.session.scalars(see(Customer)).one_or_none()
    return g.portal_customer


def log_in_first() -> Any:
    """Send a visitor to the login, and from there back to the page."""
    flash(_("Please log in to go on."), "info")
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def customers_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let customers in; visitors log in first, without losing what they wrote, and staff go to their own site."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if is_customer():
            return view(*args, **kwargs)
        if current_user.is_authenticated:
            return redirect(url_for("portal.start"))
        return drafts.log_in_first() if request.method == "POST" else log_in_first()

    return guarded
