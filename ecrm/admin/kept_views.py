"""Views of a list that people keep: made of what the list shows, offered above it and on the front page."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, StringField, validators

from ecrm import policy, standing
from ecrm.admin import lookup
from ecrm.extensions import db
from ecrm.i18n import Form, gettext as _, lazy_gettext as _l
from ecrm.models import TABLES, SavedView, User
from ecrm.models.account import RoleName
from ecrm.policy import Right

LONGEST = SavedView.__table__.c.query.type.length
MOST = 50  # views that a person has of one list


class ViewForm(Form):
    """The name under which a view is kept; `replace` is offered where the name is taken."""

    name = StringField(_l("Name"), [validators.DataRequired(_l("This field is required.")), validators.Length(max=60)],
                       filters=[lambda text: text and " ".join(text.split())])
    shared = BooleanField(_l("Share it with my role"))
    replace = BooleanField(_l("Replace the view of this name"))


@dataclass(frozen=True)
class Offered:
    """A view as a list or the front page offers it: its address, and whether the list shows it now."""

    row: SavedView
    url: str
    list_name: str
    shown: bool = False

    @property
    def mine(self) -> bool:
        """Return whether it is the reader's own."""
        return bool(self.row.owner_id == current_user.id)


class KeptViews:
    """The part of a screen that keeps the filters, the search and the order of its list under a name."""

    model: Any
    role: Any
    admin: Any
    get_url: Any
    index_view: Any
    sortable: tuple[str, ...]

    @expose("/keep_view/", methods=("POST",))
    def keep_view(self) -> ResponseReturnValue:
        """Keep what the address says of the list; the list again, with the reason, where that cannot be."""
        if not self.may_keep():
            abort(403)
        form, query = ViewForm(request.form), urlencode(self._query_now())
        if not form.validate() or not self._keep(form, query):
            self._template_args["view_form"] = form  # type: ignore[attr-defined]
            return self.index_view(), 422
        flash(_("The view “%(name)s” is saved.", name=form.name.data), "success")
        return redirect(self.view_address(query))

    def may_keep(self) -> bool:
        """Return whether the role may keep views."""
        return self.model is not SavedView and policy.may(self.role, SavedView, Right.CREATE)

    def view_form(self) -> ViewForm:
        """Return the empty form."""
        return ViewForm()

    def keep_url(self) -> str:
        """Return the address that keeps what the list shows now."""
        given = self._get_list_extra_args()  # type: ignore[attr-defined]
        shown = self._get_filters(given.filters) | {"search": given.search, "sort": given.sort, "desc": given.sort_desc}  # type: ignore[attr-defined]
        return self.get_url(".keep_view", **shown)

    def kept_views(self) -> list[Offered]:
        """Return the views of this list that the person sees, the own ones first."""
        if not self.may_keep():
            return []
        now = self._query_now()
        return [Offered(row, self.view_address(row.query), str(self.model.__labels__), dict(parse_qsl(row.query)) == now)
                for row in offered(self.role) if row.table == self.model.__tablename__]

    def view_address(self, query: str) -> str:
        """Return the address of the list as a kept view has it; a column to sort by is kept by its name."""
        wanted: dict[str, Any] = {name: value for name, value in parse_qsl(query) if name.startswith("flt") or name in ("search", "desc")}
        order = dict(parse_qsl(query)).get("sort")
        names = [name for name, _label in self._list_columns]  # type: ignore[attr-defined]
        wanted["sort"] = names.index(order) if order in names else None
        return self.get_url(f"{self.endpoint}.index_view", **wanted, view="all")  # type: ignore[attr-defined]

    def view_texts(self, query: str) -> list[str]:
        """Return what a kept view narrows its list to, such as “Status: new”, in the reader's language."""
        known = {name: self._filter_args[name.partition("_")[2]][1] for name, _value in parse_qsl(query)  # type: ignore[attr-defined]
                 if name.partition("_")[2] in self._filter_args}  # type: ignore[attr-defined]
        texts = [f"{known[name].name}: {known[name].shown(value)}" for name, value in parse_qsl(query)
                 if name in known and known[name].validate(value)]
        search = dict(parse_qsl(query)).get("search")
        return texts + ([f"{_('Search')}: {search}"] if search else [])

    def _query_now(self) -> dict[str, str]:
        """Return what the address says of the list, as a kept view has it."""
        given = self._get_list_extra_args()  # type: ignore[attr-defined]
        column = self._get_column_by_idx(given.sort)  # type: ignore[attr-defined]
        found = self._get_filters(given.filters) | {"search": given.search, "sort": column and column[0], "desc": given.sort_desc}  # type: ignore[attr-defined]
        return {name: str(value) for name, value in found.items() if value}

    def _keep(self, form: ViewForm, query: str) -> bool:
        """Write the view and return whether that went; the form says why not."""
        own = select(SavedView).filter_by(owner_id=current_user.id, role=self.role, table=self.model.__tablename__)
        mine = list(db.session.scalars(own))
        known = next((row for row in mine if row.name.casefold() == form.name.data.casefold()), None)
        if len(query) > LONGEST:
            form.name.errors = [_("These filters are too long to be kept.")]
        elif known is not None and not form.replace.data:
            form.name.errors = [_("You have a view of this name already.")]
        elif known is None and len(mine) >= MOST:
            form.name.errors = [_("You have %(count)s views of this list. Please delete one first.", count=len(mine))]
        if form.name.errors:
            return False
        row = known or SavedView(owner_id=current_user.id, role=self.role, table=self.model.__tablename__)
        row.name, row.query, row.shared = form.name.data, query, form.shared.data
        db.session.add(row)
        db.session.commit()
        return True


@cache
def _visible(role: RoleName) -> Any:
    """Return the SELECT of the views that the person at the keyboard sees in a role when it runs, by name; every list asks it."""
    owner = joinedload(SavedView.owner).load_only(*lookup.naming(User)).lazyload(User.roles)  # their name is shown
    return select(SavedView).where(standing.scope(SavedView, role)).options(owner).order_by(SavedView.name, SavedView.id)


def offered(role: RoleName) -> list[SavedView]:
    """Return the views that the person at the keyboard sees in a role: the own ones first, then by name."""
    me = current_user.id
    return sorted(db.session.scalars(_visible(role)), key=lambda row: row.owner_id != me)


def on_front(site: Any) -> list[Offered]:
    """Return the views for the front page of a role's site, without those of lists that it has no more."""
    found = [(row, site.screen(TABLES.get(row.table))) for row in offered(site.role)]
    return [Offered(row, screen.view_address(row.query), str(screen.model.__labels__)) for row, screen in found if screen is not None]
