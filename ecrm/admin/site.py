"""The front page of each staff role's site, and the addresses that lead people to it."""

from typing import Any

from flask import Blueprint, Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user

from ecrm import policy
from ecrm.admin import lookup
from ecrm.extensions import db
from ecrm.models import MODELS
from ecrm.models.account import STAFF, RoleName

doors = Blueprint("staff", __name__, url_prefix="/admin", template_folder="templates")
TABLES = {model.__tablename__: model for model in MODELS}


class Front(AdminIndexView):
    """The page that a role's site opens on."""

    def __init__(self, role: RoleName) -> None:
        """Serve /admin/<role>/."""
        self.role = role
        super().__init__(name=role.label, endpoint=f"admin_{role.value}", url=f"/admin/{role.value}", template="admin/home.html")

    def is_accessible(self) -> bool:
        """Return whether the person at the keyboard has the role."""
        return bool(current_user.is_authenticated and self.role in current_user.role_names)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        """Send nobody to the login, and refuse everybody else."""
        if current_user.is_authenticated:
            abort(403)
        return redirect(url_for("security.login", next=request.full_path))

    @expose()
    def index(self) -> ResponseReturnValue:
        """Show the front page."""
        return self.render(self._template)


class Site(Admin):
    """One role's Flask-Admin site."""

    def __init__(self, app: Flask, role: RoleName, nonce: Any) -> None:
        """Serve /admin/<role>/."""
        self.role = role
        super().__init__(app, name=app.config["ECRM"]["COMPANY_NAME"], index_view=Front(role), endpoint=f"admin_{role.value}",
                         url=f"/admin/{role.value}", theme=Bootstrap4Theme(base_template="admin/staff.html", fluid=True),
                         csp_nonce_generator=nonce)


def staff_roles() -> list[RoleName]:
    """Return the staff roles of the person at the keyboard."""
    return [role for role in current_user.role_names if role in STAFF] if current_user.is_authenticated else []


@doors.get("/")
def index() -> ResponseReturnValue:
    """Send a person to their own site."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.path))
    roles = staff_roles()
    return redirect(url_for(f"admin_{roles[0].value}.index")) if roles else abort(403)


@doors.get("/go/<table>/<id>")
def go(table: str, id: str) -> ResponseReturnValue:
    """Send a reader of a letter to the row's page on the first of their sites where the row exists for them."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.path))
    model, number = TABLES.get(table), lookup.whole(id)
    for role in staff_roles() if model and number else ():
        row = db.session.scalars(policy.visible(model, role, current_user).where(model.id == number)).one_or_none()
        if row is not None:
            return redirect(url_for(f"{role.value}_{table}.details_view", id=number))
    abort(404)
