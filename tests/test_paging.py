"""Long lists: numbers for the first pages, then on from row to row, to the end and back, each row once, and every list by an index."""

import html
import random
import re
from datetime import timedelta
from functools import partialmethod
from uuid import uuid4

import pytest
from flask_babel import force_locale
from sqlalchemy import Enum, Integer, String, event, inspect, text
from sqlalchemy.orm import Load

from ecrm import LANGUAGES
from ecrm.admin import paging, stretches
from ecrm.admin.screens import SCREENS
from ecrm.admin.screens.complaint import DUE_FIRST
from ecrm.extensions import db
from ecrm.models import MODELS, Complaint, CoverageArea, Customer, Demand, Installation, Role
from ecrm.models.base import NEVER, now, present
from ecrm.models.branch import Coverage
from ecrm.rules import sla
from ecrm.texts import _parts
from tests.conftest import ONE_DATABASE
from tests.staff import Page
from tests.sweep import CELLS, EACH, cells
from tests.world import one

LIST = "/admin/manager/complaint/"
ROWS, FEW = 3000, 1000


@pytest.fixture
def many(app, request):
    """Three thousand complaints more, or as many as the test asks for, a tenth of them unsolved, some opened at the same moment."""
    rows = getattr(request, "param", ROWS)
    dice, at = random.Random(3), now().replace(microsecond=0)
    with app.app_context(), db.engine.begin() as connection:
        first = dict(connection.execute(Complaint.__table__.select().order_by(Complaint.id)).mappings().first())
        left = ("id", "number", "token")
        plain = {key: value for key, value in first.items() if key not in left}
        connection.execute(Complaint.__table__.insert(), [
            plain | {"number": f"M-{n:05d}", "opened_at": at - timedelta(minutes=dice.randrange(rows)), "priority": dice.randrange(1, 5), "branch_id": 1 + n % 2,
                     "status": "new" if n % 10 == 0 else "closed", "clock_due_at": at + timedelta(minutes=dice.randrange(200)) if n % 10 == 0 else NEVER,
                     "technician_id": None if n % 3 else first["technician_id"]} for n in range(rows)
        ])
        if db.engine.dialect.name == "mysql":
            connection.execute(text("ANALYZE TABLE complaint"))
    return app


def walk(person, url, rel="next", most=100):
    """Return the rows of a list from a page to the end of the way that `rel` leads, page by page."""
    pages = []
    while url and len(pages) < most:
        page = person.get(url).get_data(as_text=True)  # sought in, not taken apart: there are hundreds of these
        pages.append(re.findall(r'<tr[^>]* data-href="([^"&]+)', page))
        ways = [way for way in re.findall("<a [^>]*>", page) if f'rel="{rel}"' in way]
        url = html.unescape(re.search('href="([^"]+)"', ways[0])[1]) if ways else None
    return pages


@pytest.mark.parametrize("many", [FEW], indirect=True)
@pytest.mark.parametrize("order", ["", "&sort=0", "&sort=4&desc=1", "&sort=7", "&sort=5&desc=1"])
def test_each_row_stands_on_one_page(many, monkeypatch, order):
    """By numbers first, then from row to row; from the end back the same pages come in the other direction."""
    monkeypatch.setattr(paging, "MOST_COUNTED", 200)
    monkeypatch.setattr(stretches, "MOST_COUNTED", 200)
    monkeypatch.setattr("ecrm.admin.listing.MOST_COUNTED", 200)
    person = many.test_client().become("manager")
    forward = [row for page in walk(person, f"{LIST}?view=all&page_size=100{order}") for row in page]
    assert len(forward) == len(set(forward)) == FEW + 3
    ends = Page(person.get(f"{LIST}?view=all&page_size=100{order}")).all("a", rel="last")[0]["href"]
    back = [row for page in walk(person, ends, "prev") for row in reversed(page)]
    assert back == forward[::-1]


def test_a_long_list_says_so(many, monkeypatch):
    """It counts as far as pages have numbers, and no further page is asked for by number."""
    monkeypatch.setattr("ecrm.admin.listing.MOST_COUNTED", 200)
    person = many.test_client().become("manager")
    answer = person.get(f"{LIST}?view=all")
    page = Page(answer)
    assert page.count() == 200 and "lebih dari 200 baris" in page.text
    assert Page(person.get(f"{LIST}?view=all&page=99999")).rows() == Page(person.get(f"{LIST}?view=all&page=7")).rows()
    last = Page(person.get(page.all("a", rel="last")[0]["href"]))
    assert last.all("a", rel="prev") and not last.all("a", rel="next") and last.all("a", rel="first")
    assert Page(person.get(f"{LIST}?view=all&flt0_status=new")).count() == 200


def test_the_way_back_keeps_the_place(many):
    """A row's page leads back to the page that it was opened from."""
    person = many.test_client().become("manager")
    page = Page(person.get(f"{LIST}?before=end"))
    back = [own["href"] for own in Page(person.get(next(own["data-href"] for own in page.all("tr") if "data-href" in own))).all("a")]
    assert any("before=end" in url for url in back)


@pytest.mark.parametrize("place", ["after=0", "after=99999999", "after=x", "after=-1", "after=" + "9" * 30, "before=x", "before=", "after=end", "after=1&before=2"])
def test_a_place_that_is_none(app, place):
    """What no row stands at is the beginning, never an error; a row out of scope is no place either."""
    for role in ("support", "technician", "manager"):
        assert app.test_client().become(role).get(f"/admin/{role}/complaint/?view=all&{place}").status_code == 200


def test_rows_without_a_value_have_their_place(app):
    """An application without a visit comes before those with one, and last the other way round; the list goes on behind each."""
    with app.app_context():
        empty, full = db.session.scalars(db.select(Installation.id).order_by(Installation.id)).all()
        db.session.execute(Installation.__table__.update().where(Installation.__table__.c.id == empty).values(visit_at=None))
        db.session.commit()
    person = app.test_client().become("support")
    for order, place, wanted in (("", empty, [full]), ("", full, []), ("&desc=1", full, [empty]), ("&desc=1", empty, [])):
        rows = Page(person.get(f"/admin/support/installation/?view=all&sort=7{order}&after={place}")).rows()
        assert [int(row.partition("id=")[2]) for row in rows] == wanted, (order, place)


# Plans

def captured(app, person, url):
    """Return the SELECTs of a page with their parameters."""
    found = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, parameters, *_rest):
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert person.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in found if statement.startswith("SELECT")]


def plans(app, statements, table="complaint"):
    """Yield (statement, whether it reads the whole table, whether it sorts it, the plan) of each statement on a table."""
    with app.app_context(), db.engine.connect() as connection:
        for statement, parameters in statements:
            if not re.search(rf"FROM {table}\b", statement):
                continue
            if db.engine.dialect.name == "sqlite":
                lines = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
                yield statement, f"SCAN {table}" in lines, any("TEMP B-TREE FOR ORDER BY" in line for line in lines), lines
            else:
                rows = [row for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).mappings() if row["table"] == table]
                yield statement, any(row["type"] == "ALL" for row in rows), any("filesort" in (row["Extra"] or "") for row in rows), rows


@pytest.mark.parametrize("question", ["", "?view=all", "?flt0_status=closed", "?flt0_technician={technician}", "?flt0_branch=1", "?sort=0&desc=1", "?sort=4",
                                      "?sort=5", "?sort=7&desc=1", "?before=end", "?after=1500"])
def test_no_list_reads_the_table_or_sorts_it(many, question):
    """Each question of a list goes by an index; only unsolved ones are sorted: in the order of the queue, and those of the last hour by area."""
    with many.app_context():
        technician = db.session.scalar(db.select(Complaint.technician_id).where(Complaint.technician_id.is_not(None)).limit(1))
    for role in ("manager",) if "sort" in question or "flt" in question else ("support", "technician", "manager"):  # own jobs are few
        person, base = many.test_client().become(role), f"/admin/{role}/complaint/"
        asked = captured(many, person, base + question.format(technician=technician))
        found = list(plans(many, asked))
        assert found
        for statement, reads_all, sorts, plan in found:
            assert not reads_all and (not sorts or "CASE" in statement or "GROUP BY coalesce(customer.area_id" in statement), (role, question, statement, plan)


GROWING = {"complaint", "reply", "attachment", "customer", "subscription", "installation", "bandwidth_grant", "letter", "step", "user", "visit", "promo_request",
           "promo_seen", "demand", "incoming_message", "provision_call", "call_note", "risk_score", "access_event", "escalation", "consent", "outage_follower"}


@pytest.mark.parametrize("screen", [screen for screen in SCREENS if screen.model.__tablename__ in GROWING], ids=lambda screen: screen.__name__)
def test_every_order_has_an_index(app, screen):
    """A column by which a long list can be sorted leads an index."""
    table = screen.model.__tablename__
    with app.app_context():
        looker = inspect(db.engine)
        leads = {tuple(index["column_names"])[0] for index in looker.get_indexes(table)} | {"id"}
        leads |= {tuple(one["column_names"])[0] for one in looker.get_unique_constraints(table)}
    assert set(screen.sortable) <= leads, f"{table}: add Index(None, …) in ecrm/models/ and a migration for {sorted(set(screen.sortable) - leads)}"


@pytest.mark.only("mariadb")
@pytest.mark.parametrize("name", sorted(GROWING - {"complaint", "user"}))
def test_no_other_list_reads_its_table_or_sorts_it(app, name):
    """With two thousand rows more the list of each role goes by an index."""
    flood(app, db.metadata.tables[name], 2000)
    roles = [role for role, model in CELLS if model.__tablename__ == name]
    assert roles
    for role in roles:
        person = app.test_client().become(role.value)
        for statement, reads_all, sorts, plan in plans(app, captured(app, person, f"/admin/{role.value}/{name}/"), name):
            few = all(int(row["rows"]) < 100 for row in plan)  # such as the jobs of one technician
            assert few or "GROUP BY" in statement or not reads_all and not sorts, (role, statement, plan)


def flood(app, table, times):
    """Copy a row of a table without regard for what it refers to, each value that must be its own counted on."""
    with app.app_context(), db.engine.begin() as connection:
        row = connection.execute(table.select().order_by(table.c.id.desc())).mappings().first()
        own = {column.name for column in table.columns if column.unique}
        own |= {column.name for one in table.constraints if type(one).__name__ == "UniqueConstraint" for column in one.columns}
        numbers = {name for name in own if isinstance(table.c[name].type, Integer)}
        texts = {name for name in own if isinstance(table.c[name].type, String) and not isinstance(table.c[name].type, Enum) and row[name] is not None}
        plain = {key: value for key, value in row.items() if key != "id"}
        connection.execute(text("SET foreign_key_checks = 0"))
        connection.execute(table.insert(), [
            plain | dict.fromkeys(numbers, 10_000 + n) | {name: uuid4().hex[:min(table.c[name].type.length, 13)] for name in texts} for n in range(times)
        ])
        connection.execute(text("SET foreign_key_checks = 1"))
        connection.execute(text(f"ANALYZE TABLE `{table.name}`"))


# Statements

LISTS = [cell for cell in EACH if cell[2] is not Role]  # roles are six


def multiply(app, table, times):
    """Copy the last row of a table, where it can be copied; return whether it could."""
    with app.app_context(), db.engine.begin() as connection:
        row = connection.execute(table.select().order_by(table.c.id.desc())).mappings().first()
        unique = {column.name for column in table.columns if column.unique} | {"id"}
        compound = any(len(one.columns) > 1 for one in table.constraints if type(one).__name__ == "UniqueConstraint")
        held = {name for name in unique - {"id"} if row is not None and row[name] is not None}
        texts = {name for name in held if isinstance(table.c[name].type, String) and not isinstance(table.c[name].type, Enum)}
        if row is None or compound or held != texts:
            return False
        plain = {key: value for key, value in row.items() if key not in unique or (key != "id" and row[key] is None)}
        connection.execute(table.insert(), [plain | {name: uuid4().hex[:min(table.c[name].type.length, 13)] for name in texts} for _ in range(times)])
    return True


@pytest.fixture
def sparing(app, monkeypatch):
    """To read a column of a related row that a list did not bring along is an error, and not one more statement for each row."""
    def forget():
        for site in app.extensions["admin"]:
            for view in site._views:
                view.__dict__.pop("_reading", None)

    forget()
    monkeypatch.setattr(Load, "load_only", partialmethod(Load.load_only, raiseload=True))
    yield
    forget()


@cells(LISTS)
def test_a_row_more_costs_no_statement(app, sparing, role, model):
    """Each list asks as often with twenty rows more, and reads of related rows what it brought along."""
    person, base = app.test_client().become(role.value), f"/admin/{role.value}/{model.__tablename__}/"
    person.get(f"{base}?view=all")
    before = len(captured(app, person, f"{base}?view=all"))
    if not multiply(app, model.__table__, 20):
        return
    after = captured(app, person, f"{base}?view=all")
    assert len(after) <= before + 2, [statement[:200] for statement, _parameters in after]


def test_a_wish_without_an_address_is_marked_by_what_its_list_brought_along(app, sparing):
    """Somebody has to call where the area is covered."""
    with app.app_context():
        db.session.add(Demand(name="Eko", phone="+6281234567890", area=one(CoverageArea, coverage=Coverage.COVERED, name="Kapuk Muara"), asked_at=now()))
        db.session.commit()
    assert "is-late" in app.test_client().become("sales").get("/admin/sales/demand/?search=Eko").text


@ONE_DATABASE
@pytest.mark.parametrize("model", [model for model in MODELS if model.__named_by__])
def test_a_row_is_named_by_what_its_table_says(app, model):
    """Nothing else is loaded of it where it stands in a list of others."""
    with app.app_context():
        for language in LANGUAGES:
            with force_locale(language):
                assert {name for (name,) in _parts(model)} <= set(model.__named_by__)


def test_a_moment_that_is_asked_for_meets_none_that_was_given(app):
    """The pages of all complaints and those of the late ones count by the same words: who comes first must not decide what the other finds."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        row.clock_due_at = now() - timedelta(hours=1)
        db.session.commit()
        for _again in range(2):
            assert stretches.counted(db.session.query(Complaint).filter(DUE_FIRST[0].where), 75) >= 1
            assert stretches.counted(db.session.query(Complaint).filter(sla.are_late(present())), 75) == stretches.counted(
                db.session.query(Complaint).filter(sla.are_late(now())), 75) >= 1


def test_a_rows_page_asks_as_often_with_more_of_everything(app):
    """Complaints and customers with many replies, subscriptions and complaints."""
    for role in ("support", "manager"):
        person = app.test_client().become(role)
        for model in (Complaint, Customer):
            url = f"/admin/{role}/{model.__tablename__}/details/?id=1"
            person.get(url)
            counts = [len(captured(app, person, url))]
            for table in ("reply", "subscription", "complaint"):
                multiply(app, db.metadata.tables[table], 20)
            counts.append(len(captured(app, person, url)))
            assert counts[1] <= counts[0] + 2, (role, url, counts)
