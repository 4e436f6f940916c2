"""Relation fields that offer, accept and find only rows that the role may see."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask import g, request
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from flask_login import current_user
from sqlalchemy import bindparam, inspect, select

from ecrm import policy, rows as scopes, search, standing
from ecrm.checks import whole
from ecrm.extensions import db
from ecrm.models import Complaint, Customer, Installation, Outage, Promo, Reply, Role, Subscription, User, Visit
from ecrm.models.account import STAFF, RoleName, roles_users

# Tables too large for a drop-down list, and the columns that people type to find a row.
LARGE: dict[type, tuple[str, ...]] = {
    Customer: ("number", "name", "phone"),
    Subscription: ("address",),
    Complaint: ("number", "subject", "description"),
    Installation: ("number", "applicant_name"),
    Promo: ("code", "title"),
    Visit: ("number",),
    Reply: ("text",),
    Outage: ("number", "message"),
    User: ("name", "email"),
}
NARROWED = {Subscription: "customer"}  # look-ups that another field of the same form narrows
MOST = 20  # rows that one look-up returns
MOST_CHOICES = 300  # in a drop-down list


def query(model: type, role: RoleName) -> Any:
    """Return the query of the rows that exist for the person at the keyboard, in the order of their ids."""
    return db.session.query(model).filter(policy.scope(model, role, current_user)).order_by(model.id)  # type: ignore[attr-defined]


def naming(model: Any) -> list[Any]:
    """Return the columns that name a table's rows, none where it does not say."""
    return [getattr(model, name) for name in model.__named_by__]


@cache
def named(model: Any) -> Any:
    """Return the SELECT of a table's first rows, of which only what names them where the table says what that is; for choices()."""
    return _columns(model).order_by(model.id).limit(MOST_CHOICES)


@cache
def people(key: str) -> Any:
    """Return the SELECT of those who may stand in a column, by name: a role's people where it is called so, else all staff; for choices()."""
    roles = [role.value for role in STAFF if key == role.value] or [role.value for role in STAFF]
    # Whoever has a role is asked first: there are a hundred times as many customers.
    theirs = select(roles_users.c.user_id).where(roles_users.c.role_id.in_(select(Role.id).where(Role.name.in_(roles))))
    return _columns(User).where(User.id.in_(theirs)).order_by(User.name).limit(MOST_CHOICES)


def _columns(model: Any) -> Any:
    names = naming(model)
    return select(*(model.id, *names) if names else [model])


def choices(statement: Any, model: Any, role: RoleName) -> list[tuple[str, str]]:
    """Return (id, text) of the rows of one of the two SELECTs above that exist for the person; to make objects of them takes longer than to read them."""
    rows = db.session.execute(_within(statement, model, role))
    return [(str(row.id), model.__str__(row)) for row in (rows if model.__named_by__ else rows.scalars())]


@cache
def _within(statement: Any, model: type, role: RoleName) -> Any:
    found = policy.grant(model, role)
    return statement if found is not None and found.rows is scopes.everything else statement.where(standing.scope(model, role))


@cache
def _inside(model: Any, role: RoleName) -> Any:
    """Return the SELECT of those of some `ids` that exist for the person at the keyboard when it runs."""
    return select(model.id).where(standing.scope(model, role), model.id.in_(bindparam("ids", expanding=True)))


def exists(row: Any, role: RoleName) -> bool:
    """Return whether a related row exists for the person at the keyboard."""
    found = policy.grant(type(row), role)
    if found is None or found.rows is scopes.everything:
        return found is not None
    known = g.setdefault("rows_seen", {})
    key = (role, type(row), row.id)
    if key not in known:
        known[key] = query(type(row), role).filter(type(row).id == row.id).count() > 0
    return known[key]


def remember(session: Any, role: RoleName, rows: Iterable[Any], paths: Iterable[str]) -> None:
    """Ask once for each table which of the rows that `rows` lead to by `paths` exist for the person; exists() then knows."""
    wanted: dict[type, set[int]] = {}
    for row in rows:
        for path in paths:
            for item in _along(row, path):
                wanted.setdefault(type(item), set()).add(item.id)
    known = g.rows_seen = {}  # of these rows only: an export goes through a million
    for model, ids in wanted.items():
        found = policy.grant(model, role)
        if found is not None and found.rows is not scopes.everything:
            inside = set(session.scalars(_inside(model, role), {"ids": list(ids)}))
            known.update({(role, model, number): number in inside for number in ids})


def _along(row: Any, path: str) -> list[Any]:
    """Return the related rows on a dotted path."""
    found: list[Any] = []
    for part in path.split("."):
        if row is None or part not in inspect(type(row)).relationships:
            break
        row = getattr(row, part)
        found += row if isinstance(row, list) else [row] if row is not None else []
        if isinstance(row, list):
            break
    return found


class Lookup(QueryAjaxModelLoader):
    """An ajax look-up within the scope of a role (design, trap 4)."""

    def __init__(self, name: str, model: type, role: RoleName) -> None:
        """Look `model` up for the relation `name`, by the columns that the role may read."""
        found = policy.grant(model, role)
        hidden = found.hidden if found else frozenset()
        self.columns = [column for column in LARGE[model] if column not in hidden]
        super().__init__(name, db, model, fields=self.columns)
        self.role = role

    def get_query(self) -> Any:
        """Return the rows in scope."""
        return query(self.model, self.role)

    def get_one(self, pk: Any) -> Any:
        """Return the row in scope with this id, None for any other: a forged id is no choice."""
        number = whole(pk)
        with db.session.no_autoflush:
            return None if number is None else self.get_query().filter(self.model.id == number).one_or_none()

    def get_list(self, term: str, offset: int = 0, limit: int = MOST) -> Any:
        """Return the first rows in scope that contain what was typed, those of one customer where the form has chosen one."""
        rows = self.get_query()
        if (term or "").strip():
            found = search.find(db.session(), self.model, term.replace("\0", "")[:200], self.columns, self.role, current_user)
            rows = rows.filter(found.condition).order_by(None).order_by(*([] if found.rank is None else [found.rank]), self.model.id)
        narrowing = NARROWED.get(self.model)
        if narrowing and narrowing in request.args:
            rows = rows.filter(getattr(self.model, f"{narrowing}_id") == (whole(request.args[narrowing]) or 0))
        return rows.offset(max(0, min(offset or 0, 1000))).limit(max(1, min(limit or MOST, MOST))).all()
