"""Who may come in, and what the role may do there, whatever a template shows."""

import re
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ecrm.models.account import RoleName
from ecrm.policy import Grant, Right
from ecrm.web import PasswordAgain, is_fresh

LOCAL = re.compile(r"/(?!/)[^\\\x00-\x20]*")  # where "url" may send a person back to: this site
NEEDS = {  # what each of Flask-Admin's views needs; what is not here is refused
    "index_view": Right.READ, "details_view": Right.READ, "create_view": Right.CREATE, "edit_view": Right.EDIT,
    "delete_view": Right.DELETE, "export": Right.EXPORT, "action_view": Right.READ, "ajax_lookup": Right.CREATE | Right.EDIT,
    "move_view": Right.READ, "keep_view": Right.READ,
}


READS = {"index_view", "details_view", "export", "ajax_lookup"}  # what a screen that asks for the password again lets pass


class Door:
    """The part of every view of a role's site that asks who is there."""

    role: RoleName

    def is_accessible(self) -> bool:
        """Return whether the person at the keyboard has the role."""
        person = current_user._get_current_object()  # a sidebar asks this of every table, and the proxy looks the person up each time
        return bool(person.is_authenticated and self.role in person.role_names)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        """Send nobody to the login, and refuse everybody else."""
        if current_user.is_authenticated:
            abort(403)
        return redirect(url_for("security.login", next=request.full_path))


class Guarded(Door):
    """The part of a screen that holds its views to the policy."""

    grant: Grant
    extra_needs: dict[str, Right] = {}  # the same for a screen's own views
    asks_again = False  # whether writing takes a password given a short time ago
    can_create: bool
    can_edit: bool

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        """Refuse what the role has no right to."""
        refusal = super()._handle_view(name, **kwargs)  # type: ignore[misc]
        if refusal is not None:
            return refusal
        if not LOCAL.fullmatch(request.values.get("url") or "/"):
            abort(400)
        needed = (NEEDS | self.extra_needs).get(name)
        formless = (name == "create_view" and not self.can_create) or (name == "edit_view" and not self.can_edit)
        if needed is None or not needed & self.grant.may or formless:
            abort(403)
        if self.asks_again and name not in READS and not is_fresh():
            raise PasswordAgain
        return None

    def _run_view(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the view once; Flask-Admin's own catches TypeError and runs it again (design, trap 15)."""
        return fn(self, *args, **kwargs)
