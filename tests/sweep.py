"""What the sweeps share: every (staff role, table), fingerprints of all tables, and forms as a browser would send them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from werkzeug.test import TestResponse

from ecrm import policy
from ecrm.admin.screens import SCREENS
from ecrm.extensions import db
from ecrm.models import MODELS, ApiToken, BandwidthGrant, Complaint, User, Visit
from ecrm.models.account import STAFF, RoleName
from tests.world import Browser, email, one


def _breadth(cell: tuple[RoleName, Any]) -> tuple[int, int]:
    grant = policy.grant(cell[1], cell[0])
    return grant.may.value.bit_count() + len(grant.verbs), -len(grant.hidden)


CELLS = [(role, model) for role in STAFF for model in MODELS if policy.grant(model, role)]
# One cell of each table, that of the role that may do most with it: the others have the same screen, or less of it.
WIDEST = [max((cell for cell in CELLS if cell[1] is model), key=_breadth) for model in dict.fromkeys(model for _role, model in CELLS)]
# Where the databases might differ: every cell on SQLite and each table on MariaDB; or every cell, or each table, on one of the two, in turn.
BOTH = [("sqlite", *cell) for cell in CELLS] + [("mariadb", *cell) for cell in WIDEST]
EACH = [(("sqlite", "mariadb")[place % 2], *cell) for place, cell in enumerate(CELLS)]
IN_TURN = [(("sqlite", "mariadb")[place % 2], *cell) for place, cell in enumerate(WIDEST)]
SCREEN_OF = {screen.model: screen for screen in SCREENS}
NOBODY = 999_999  # an id that no row has


def name_of(cell: Any) -> str:
    """Return a part of a test's name."""
    return getattr(cell, "value", None) or cell.__name__


def cells(chosen: list[Any]) -> Any:
    """Return the mark that runs a test for each of (database, role, table); tests/conftest.py leaves the others out."""
    pairs = list(dict.fromkeys(cell[1:] for cell in chosen))
    run = pytest.mark.parametrize(("role", "model"), pairs, ids=name_of)
    return lambda test: pytest.mark.chosen(frozenset(chosen))(run(test))


@dataclass
class Cell:
    """One staff role on one table: its address, its view, its person's browser, and rows in and out of its scope."""

    app: Flask
    role: RoleName
    model: Any
    person: Browser

    def __post_init__(self) -> None:
        """Look up the rows."""
        self.base = f"/admin/{self.role.value}/{self.model.__tablename__}/"
        self.grant = policy.grant(self.model, self.role)
        with self.app.app_context():
            user = one(User, email=email(self.role.value))
            visible = policy.visible(self.model, self.role, user).with_only_columns(self.model.id)
            self.inside = list(db.session.scalars(visible.order_by(self.model.id)))
            self.outside = [number for number in db.session.scalars(db.select(self.model.id)) if number not in self.inside]

    @property
    def view(self) -> Any:
        """Return the Flask-Admin view."""
        name = f"{self.role.value}_{self.model.__tablename__}"
        return next(view for admin in self.app.extensions["admin"] for view in admin._views if view.endpoint == name)

    def may(self, right: policy.Right) -> bool:
        """Return whether the policy says so."""
        return right in self.grant.may


def few(rows: list[int]) -> list[int]:
    """Return the first and the last rows, where one is refused for the same reason as all."""
    return rows if len(rows) <= 4 else rows[:2] + rows[-2:]


def cell_of(app: Flask, role: RoleName, model: Any) -> Cell:
    """Return a cell with a fresh browser of the role's person."""
    return Cell(app, role, model, app.test_client().become(role.value))


def fingerprint(app: Flask) -> dict[str, Any]:
    """Return what changes when any row of any table changes; the last one where no statement has written since."""
    writes = app.extensions["writes"]
    if writes.fingerprint[0] != writes.count:
        writes.fingerprint = writes.count, _fingerprint(app)
    return writes.fingerprint[1]


def _fingerprint(app: Flask) -> dict[str, Any]:
    with app.app_context(), db.engine.connect() as connection:
        # Sessions are noted as used, refusals are written down, and the tests' browsers log in and out as they like.
        tables = [table.name for table in db.metadata.sorted_tables if table.name not in ("user_session", "access_event")]
        if connection.dialect.name == "mysql":
            names = ", ".join(f"`{name}`" for name in tables)
            return {row[0].split(".")[1]: row[1] for row in connection.execute(text(f"CHECKSUM TABLE {names}"))}
        return {name: hash(tuple(map(tuple, connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1'))))) for name in tables}


@contextmanager
def nothing_written(app: Flask, doing: str) -> Iterator[None]:
    """Fail where the block changes a row, and name the table."""
    before = fingerprint(app)
    yield
    after = fingerprint(app)
    changed = [name for name in before if before[name] != after.get(name)]
    assert not changed, f"{doing} wrote to {', '.join(changed)}"


def refused(app: Flask, answer: TestResponse, doing: str, *statuses: int) -> None:
    """Fail where a request was not refused with one of `statuses`."""
    assert answer.status_code in (statuses or (403, 404)), f"{doing}: {answer.status_code}, expected {statuses or (403, 404)}"


def _moment(hours: int) -> str:
    """Return a moment as a browser sends it, so many hours from now."""
    return f"{datetime.now(ZoneInfo('Asia/Jakarta')) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


class _Fields(HTMLParser):
    """The fields of the forms of a page, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = self.area = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        own = dict(attrs)
        name = own.get("name")
        if tag == "input" and name and (own.get("type") not in ("checkbox", "radio", "submit", "file") or "checked" in own):
            self.found[name] = own.get("value") or ""
        elif tag == "select" and name and "multiple" not in own:
            self.select = name
            self.found.setdefault(name, "")
        elif tag == "option" and self.select and ("selected" in own or not self.found[self.select]):
            self.found[self.select] = own.get("value") or ""
        elif tag == "textarea" and name:
            self.area = name
            self.found[name] = ""

    def handle_endtag(self, tag: str) -> None:
        self.select = None if tag == "select" else self.select
        self.area = None if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data


def fields_of(answer: TestResponse) -> dict[str, str]:
    """Return {name: value} of all fields of a page."""
    parser = _Fields()
    parser.feed(answer.get_data(as_text=True))
    return {name: value.removeprefix("\n").removeprefix("\r\n") for name, value in parser.found.items()}


def _fitting(app: Flask, cell: Cell) -> dict[str, str]:
    """Return the fields that have to fit each other: a token's person and role, a visit's complaint, technician and half day."""
    with app.app_context():
        if cell.model is ApiToken:
            person = one(User, email=email(cell.role.value))
            return {"user": str(person.id), "role": cell.role.value, "expires_at": _moment(30 * 24)}
        if cell.model is Visit:
            job = one(Complaint, subject="Internet putus-putus")
            return {"complaint": str(job.id), "installation": "", "kind": "check", "technician": str(one(User, email=email("technician")).id),
                    "day": _moment(9 * 24)[:10], "half": "afternoon"}
    return {}


def valid(app: Flask, cell: Cell, typed: dict[str, str]) -> dict[str, str]:
    """Return the fields of a form with all that it needs filled in, so that only what a test adds can be the reason for a refusal."""
    plain = {"email": "baru@test.example", "phone": "081234567890", "applicant_phone": "081234567890", "applicant_email": "a@test.example",
             "identity_number": "3171010101900009", "visit_times": "week_morning", "postcode": "12345",
             "valid_from": f"{date.today() + timedelta(days=700)}", "valid_until": f"{date.today() + timedelta(days=1000)}", "started_at": _moment(-1), "expected_at": _moment(3), "since": "2026-01-01", "day": "2026-05-02", "opens": "05:00", "closes": "06:00"}
    if cell.model is BandwidthGrant and not typed.get("subscription"):  # a second addition of a line has days of its own
        typed |= {"valid_from": plain["valid_from"], "valid_until": plain["valid_until"]}
    special = _fitting(app, cell)
    for name in cell.view._form_names("create") + cell.view._form_names("edit"):
        relation = inspect(cell.model).relationships.get(name)
        if name in special:
            typed[name] = special[name]
        elif relation is not None:
            rows = cell_of(app, cell.role, relation.mapper.class_).inside
            typed[name] = typed.get(name) or str(rows[0] if rows else "")
        elif not typed.get(name):
            typed[name] = plain.get(name, "7")
    return typed
