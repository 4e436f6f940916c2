"""The front page of each staff role's site, and the addresses that lead people to it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Blueprint, Flask, abort, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Bootstrap4Theme
from flask_login import current_user
from sqlalchemy import select

from ecrm import policy, rows, search, storage
from ecrm.admin import kept_views, look, lookup, outages, pages, sidebar, tiles
from ecrm.admin.guard import Door
from ecrm.admin.jobs import Rounds
from ecrm.admin.recaps import Figures
from ecrm.extensions import db
from ecrm.i18n import TRANSLATIONS, gettext as _
from ecrm.models import TABLES, Complaint, Customer, Outage
from ecrm.models.account import STAFF, RoleName
from ecrm.models.base import now
from ecrm.models.complaint import UNSOLVED
from ecrm.policy import Right
from ecrm.reports import dashboard
from ecrm.rules import outage, queue

doors = Blueprint("staff", __name__, url_prefix="/admin", template_folder="templates")
UPLOADS = {  # endpoint → the role whose people may send files there
    f"{role.value}_{view}": role for role in STAFF for view in ("complaint.reply_view", "visit.photos_view", "promo.create_view", "promo.edit_view")
}
MEBIBYTE = 1024 * 1024
MOST_URGENT = 8  # complaints on the front page of those who work on all of them


@doors.record_once
def _looks(state: BlueprintSetupState) -> None:
    """Give the templates their helpers."""
    state.app.jinja_env.globals["look"] = look


@doors.app_url_value_preprocessor
def _take_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the upload views read more than the rest; this runs before the anti-forgery check reads the form."""
    if request.method == "POST" and endpoint in UPLOADS and UPLOADS[endpoint] in staff_roles():
        request.max_content_length = storage.MAX_FILES * storage.MAX_BYTES + MEBIBYTE


class Front(Figures, Door, AdminIndexView):
    """The page that a role's site opens on."""

    def __init__(self, role: RoleName) -> None:
        """Serve /admin/<role>/."""
        self.role = role
        super().__init__(name=role.label, endpoint=f"admin_{role.value}", url=f"/admin/{role.value}", template="admin/home.html")

    @expose()
    def index(self) -> ResponseReturnValue:
        """Show what waits: the counts of the role."""
        today = look.today()
        groups = [(group.title, [(tile, self.admin.screen(tile.model), tile.wanted(today)) for tile in group.tiles]) for group in tiles.GROUPS[self.role]]
        counts = iter(pages.counts([(screen, wanted) for _title, found in groups for _tile, screen, wanted in found]))
        counted = [(title, [{"tile": tile, "count": next(counts), "url": screen.list_address(wanted)} for tile, screen, wanted in found])
                   for title, found in groups]
        shown = [(title, [one for one in found if one["count"] or not one["tile"].rare]) for title, found in counted]
        grant = policy.grant(Complaint, self.role)
        lists = self._urgent() if grant and grant.verbs else []
        looks_on = grant is not None and Right.EXPORT in grant.may and not grant.verbs  # who works on nothing wants to know all
        board = dashboard.make(db.session, today, look.zone(), now()) if looks_on else None  # type: ignore[arg-type]
        return self.render(self._template, groups=shown, lists=lists, screen=self.admin.screen(Complaint), board=board,
                           views=kept_views.on_front(self.admin), suspicions=outages.offers(self.admin.screen(Outage)))

    @expose("/find")
    def find(self) -> ResponseReturnValue:
        """Lead from the search box in the head of every page to the row with that number, else to the list that finds it."""
        text = request.args.get("q", "").replace("\0", "").strip()[:100]
        screens = [screen for screen in map(self.admin.screen, (Customer, Complaint)) if screen is not None]
        if not screens:
            abort(404)
        numbered = [(screen, row) for screen in screens for row in search.numbered(db.session(), screen.model, text, self.role, current_user)]
        if len(numbered) == 1:
            screen, row = numbered[0]
            return redirect(screen.get_url(f"{screen.endpoint}.details_view", id=row))
        likely = sorted(screens, key=lambda screen: not text.upper().startswith(search.SERIES[screen.model]))  # what the number looks like
        screen = next((screen for screen, _row in numbered), None) or next((screen for screen in screens if screen.finds(text)), likely[0])
        return redirect(screen.get_url(f"{screen.endpoint}.index_view", search=text or None, view="all"))

    def _urgent(self) -> list[tuple[str, str, list[Complaint], str]]:
        """Return (key, title, complaints, address of all of them) of what a front page lists one by one."""
        screen = self.admin.screen(Complaint)
        return [
            ("urgent", _("Most urgent now"), self._unsolved(MOST_URGENT), screen.list_address({"status": "unsolved"})),
            ("quiet", _("Nobody has answered today"), self._unsolved(MOST_URGENT, queue.quiet_since(look.midnight())),
             screen.list_address({"quiet": "1"})),
        ]

    def _unsolved(self, most: int, *where: Any) -> list[Complaint]:
        """Return the person's most urgent unsolved complaints: their ids from the index alone, then only their rows."""
        query = policy.visible(Complaint, self.role, current_user).where(Complaint.status.in_(UNSOLVED), outage.apart(), *where)
        ids = list(db.session.scalars(query.with_only_columns(Complaint.id).order_by(*queue.order(now())).limit(most)))
        read = select(Complaint).where(Complaint.id.in_(ids)).options(*self.admin.screen(Complaint).loads(("customer", "technician")))
        return sorted(db.session.scalars(read), key=lambda row: ids.index(row.id))


class FieldFront(Rounds, Front):
    """The page that the site of those opens on who work outside, on jobs of their own."""


class Site(Admin):
    """One role's Flask-Admin site."""

    def __init__(self, app: Flask, role: RoleName, nonce: Any) -> None:
        """Serve /admin/<role>/."""
        self.role, self.in_field = role, role not in tiles.GROUPS
        self.sidebars: dict[tuple[str, date], Any] = {}  # what they have all day long, by language
        self.counting: dict[Any, Any] = {}  # statements that ask in the same words for every reader at any time
        front = (FieldFront if self.in_field else Front)(role)
        super().__init__(app, name=app.config["ECRM"]["COMPANY_NAME"], index_view=front, endpoint=f"admin_{role.value}",
                         url=f"/admin/{role.value}", theme=Bootstrap4Theme(base_template="admin/staff.html", fluid=True),
                         csp_nonce_generator=nonce, translations_path=TRANSLATIONS)

    def screen(self, model: Any) -> Any:
        """Return the role's screen of a table, None where it has none."""
        return next((view for view in self._views if model is not None and getattr(view, "model", None) is model), None)

    def sidebar(self, view: Any) -> Iterator[sidebar.Section]:
        """Yield what stands at the side of a page of `view`."""
        return sidebar.sections(self, view)

    def finds(self) -> bool:
        """Return whether the role looks for customers among all of them."""
        found = policy.grant(Customer, self.role)
        return found is not None and found.rows is rows.everything


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
