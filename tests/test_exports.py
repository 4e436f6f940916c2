"""Exports: exactly what the list shows, in the reader's language, harmless to spreadsheets, and never all in memory."""

import csv
import gc
import io
import random
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, time
from itertools import count, islice
from time import monotonic, sleep

import pytest
from openpyxl import load_workbook
from sqlalchemy import String, event, func, select
from sqlalchemy.exc import OperationalError

from ecrm import exports, policy, texts, xlsx
from ecrm.admin import exporting
from ecrm.extensions import PATIENCE, db
from ecrm.models import Branch, Complaint, Customer, Plan, Step, Subscription, User
from ecrm.models.account import Language
from ecrm.models.customer import CustomerStatus
from ecrm.policy import Right
from tests.sweep import BOTH, WIDEST, cell_of, cells
from tests.world import email, one

DANGER = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1+1")
MANY, WORDS = 3000, 300  # complaints, and characters of the description of each


def rows_of(answer):
    """Return the cells of a CSV or XLSX answer."""
    assert answer.status_code == 200
    if "csv" in answer.content_type:
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(answer.data)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@cells([cell for cell in BOTH if policy.may(*cell[1:], Right.EXPORT)])
def test_an_export_is_the_list(app, role, model):
    """Each role's export of each table holds the rows that its list shows, in the list's order, whatever is asked."""
    cell = cell_of(app, role, model)
    questions = ["view=all"]
    if (role, model) in WIDEST:
        questions += ["view=all&search=a", "view=all&search=KL-", "view=all&sort=0", "view=all&sort=0&desc=1"]
        for key in {"status", "state", "active", "published"} & set(cell.view._filter_args or {}):
            with app.test_request_context():
                questions += [f"flt0_{key}={value}" for value, _text in cell.view._filter_args[key][1].choices()[:1]]
    name = next((name for name, _label in cell.view._export_columns if _is_text(model, name) and name not in cell.view.column_formatters_export), None)
    for question in questions:
        shown = _listed(cell, f"{question}&page_size=100")
        found = rows_of(cell.person.get(f"{cell.base}export/csv/?{question}"))
        assert len(found) - 1 == len(shown), question
        if name and shown:
            with app.app_context():
                texts = dict(db.session.execute(db.select(model.id, getattr(model, name))).all())
            place = [key for key, _label in cell.view._export_columns].index(name)
            assert [row[place] for row in found[1:]] == [exports.harmless(texts[number] or "") for number in shown], question


def _is_text(model, name):
    column = model.__table__.columns.get(name)
    return column is not None and type(column.type) is String and not column.info.get("kind")


def _listed(cell, question):
    """Return the ids of the rows that a list shows, in its order."""
    text = cell.person.get(f"{cell.base}?{question}").get_data(as_text=True)
    body = text[text.index("<tbody"):] if "<tbody" in text else ""
    found = re.findall(rf"/{cell.model.__tablename__}/details/\?id=(\d+)", body)
    return list(map(int, dict.fromkeys(found)))


def test_formulas_do_no_harm(app):
    """No cell of any export begins like a formula, in neither format, in titles neither."""
    with app.app_context():
        branch = one(Branch, code="JKT")
        for number, text in enumerate(DANGER):
            db.session.add(Customer(number=f"X{number}", name=text, phone="+6281234567890", address=text, branch=branch,
                                    since=date(2026, 1, 1), status=CustomerStatus.ACTIVE, email=f"{text.strip()}@x.example"))
        db.session.commit()
    person = app.test_client().become("support")
    for kind in ("csv", "xlsx"):
        found = rows_of(person.get(f"/admin/support/customer/export/{kind}/?view=all"))
        assert sum(text.strip() in str(cell) for row in found for cell in row for text in DANGER) >= len(DANGER)
        for row in found:
            for cell in row:
                assert not str(cell or "").startswith(exports.DANGEROUS), f"{kind}: {cell!r}"
    assert exports.harmless("=1") == "'=1" and exports.harmless("a=1") == "a=1"


def test_what_a_reader_meets(app):
    """CSV opens in Excel: BOM, local time, telephone numbers as people write them, labels in the reader's language."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        number, priority = row.number, row.priority
        one(User, email=email("manager")).language = Language.ENGLISH
        db.session.commit()
        with db.engine.begin() as connection:
            connection.execute(Complaint.__table__.update().where(Complaint.number == number)
                               .values(opened_at=datetime(2026, 1, 1, 20, 30, tzinfo=UTC)))
    found = {}
    for role in ("support", "manager"):
        answer = app.test_client().become(role).get(f"/admin/{role}/complaint/export/csv/?view=all&search={number}")
        assert answer.data.startswith("\ufeff".encode()) and answer.data.count("\ufeff".encode()) == 1
        assert "filename=complaint-" in answer.headers["Content-Disposition"]
        found[role] = rows_of(answer)
    assert found["manager"][1] != found["support"][1], "labels are in the reader's language"
    assert {"Number", "Status"} <= set(found["manager"][0]) and str(priority.value) not in found["manager"][1]
    for rows in found.values():
        assert "2026-01-02 03:30:00" in rows[1] and "0812-0000-001" in rows[1]


def test_xlsx_has_real_values(app):
    """Numbers are numbers, days are days, moments are local moments, and text is text."""
    with app.app_context():
        one(Plan, code="HOME20").name = "0012"
        db.session.commit()
    person = app.test_client().become("support")
    plan = next(row for row in rows_of(person.get("/admin/support/plan/export/xlsx/")) if row[0] == "HOME20")
    assert plan[:5] == ["HOME20", "0012", 20, 10, 250_000]
    customer = rows_of(person.get("/admin/support/customer/export/xlsx/?view=all&search=Budi"))[1]
    assert datetime(2023, 5, 1) in customer
    complaint = rows_of(person.get("/admin/support/complaint/export/xlsx/?view=all"))[1]
    assert sum(isinstance(value, datetime) for value in complaint) >= 3


def test_a_sheet_is_full(monkeypatch):
    """What does not fit on a sheet of Excel goes on the next, under the same titles."""
    monkeypatch.setattr(xlsx, "MOST_ROWS", 10)
    for number, sheets in ((0, 1), (9, 1), (10, 2), (18, 2), (19, 3)):
        book = load_workbook(io.BytesIO(b"".join(xlsx.pieces(["n"], ([n] for n in range(number)), "Data"))))
        values = [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
        assert (len(book.worksheets), values) == (sheets, list(range(number)))
        assert all(sheet["A1"].value == "n" for sheet in book)


def test_telephone_numbers():
    """A number is written as people write it; where it cannot be, it does no harm."""
    assert exports.telephone("+622150101234") == "(021) 50101234"
    assert exports.telephone("+6561234567") == "(+65) 61234567"
    assert exports.telephone("+6214045") == "14045"
    assert exports.telephone("+6200000000") == "0000000"  # no number of any network, so that no rule groups it
    assert exports.telephone("+6208123456789") == "0812-3456-789"  # a zero too many
    assert exports.telephone("+x") == "'+x"


def test_what_excel_would_take_for_something_else(app):
    """A text that looks like an escaped character stays what it is; an hour is written as people write it."""
    with zipfile.ZipFile(io.BytesIO(b"".join(xlsx.pieces(["n"], [["_x0041_"]], "Data")))) as book:
        assert "<t xml:space=\"preserve\">_x005F_x0041_</t>" in book.read("xl/worksheets/sheet1.xml").decode()
    with app.test_request_context():
        assert "".join(exports.csv_pieces(["n"], [[time(8, 5)]])).splitlines()[1:] == ["08:05"]


@pytest.mark.parametrize("mark", [texts.MARK, texts.BREAK])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_text_that_holds_what_stands_between_values(app, kind, mark):
    """Its row has as many cells as the others, and all of the text in one of them; no other cell, number or flag is another one."""
    with app.app_context():
        one(Complaint, subject="Lampu LOS merah").rating = 5
        db.session.commit()
    for role, model, name in (("manager", Complaint, "description"), ("support", Plan, "name")):
        person, url = app.test_client().become(role), f"/admin/{role}/{model.__tablename__}/export/{kind}/?view=all"
        before = rows_of(person.get(url))
        with app.app_context():
            row = db.session.scalars(select(model).order_by(model.id)).first()
            was = getattr(row, name)
            setattr(row, name, f"a{mark}b")
            db.session.commit()
        pairs = zip(before, rows_of(person.get(url)), strict=True)
        changed = [(cell, other) for row, again in pairs for cell, other in zip(row, again, strict=True) if cell != other]
        assert changed == [(was, f"a{mark}b" if kind == "csv" else "ab")]  # XML has no such character


@pytest.mark.only("mariadb")
def test_what_the_database_cuts_off_is_read_in_parts(app):
    """The text of many rows has a longest length; wherever it ends, in the last value of the last row too, nothing is missing."""
    person, url = app.test_client().become("manager"), "/admin/manager/reply/export/csv/?view=all"
    longest, asked = 16 * 1024 * 1024, []

    @event.listens_for(texts.Engine, "before_cursor_execute", retval=True)
    def shorten(_connection, _cursor, statement, parameters, *_more):
        """Let this one end after so many bytes."""
        if "group_concat(" in statement:
            asked.append((statement, parameters))
            statement = f"SET STATEMENT group_concat_max_len={longest} FOR {statement}"
        return statement, parameters

    try:
        whole = rows_of(person.get(url))
        with app.app_context():
            count, text = db.session.connection().exec_driver_sql(*asked[0]).one()
        assert count == len(whole) - 1 > 2
        length = len(text.encode())
        for longest in (*range(4, length, 97), *range(length - 20, length + 1)):
            assert rows_of(person.get(url)) == whole, longest
    finally:
        event.remove(texts.Engine, "before_cursor_execute", shorten)


def test_names_of_more_rows_than_are_remembered(app, monkeypatch):
    """They are made anew, and are the same."""
    url, person = "/admin/manager/complaint/export/csv/?view=all", app.test_client().become("manager")
    before = rows_of(person.get(url))
    monkeypatch.setattr(texts._Shown, "MOST", 1)
    assert rows_of(person.get(url)) == before and any("PLG-000002 Siti Aminah" in row for row in before)


# Flat memory, few queries, early bytes, and a reader who goes away


@pytest.fixture
def many(app):
    """Two hundred customers more, and three thousand complaints of theirs."""
    with app.app_context(), db.engine.begin() as connection:
        row = _first(connection, Customer, "user_id")
        connection.execute(Customer.__table__.insert(), [row | {"number": f"M-{n:05d}"} for n in range(200)])
        ids = connection.scalars(db.select(Customer.id).where(Customer.number.startswith("M-"))).all()
        row = _first(connection, Subscription)
        connection.execute(Subscription.__table__.insert(), [row | {"customer_id": number} for number in ids])
        subscriptions = dict(connection.execute(db.select(Subscription.customer_id, Subscription.id)).all())
        row = _first(connection, Complaint)
        dice = random.Random(1)  # texts that a packer cannot fold into nothing
        connection.execute(Complaint.__table__.insert(), [
            row | {"number": f"M-{n:05d}", "description": dice.randbytes(WORDS // 2).hex(), "customer_id": ids[n % 200],
                   "subscription_id": subscriptions[ids[n % 200]]} for n in range(MANY)
        ])
    return app


def _first(connection, model, *without):
    """Return the values of the first row of a table, without what is unique."""
    left = {"id", "number", "token", *without}
    return {key: value for key, value in connection.execute(model.__table__.select()).mappings().first().items() if key not in left}


class Watch:
    """Counts statements, the most rows that live at a time, and the connections in use."""

    def __init__(self, app):
        """Watch the application's engine."""
        self.app, self.statements, self.alive = app, 0, 0

    def __enter__(self):
        with self.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_error):
        event.remove(self.engine, "before_cursor_execute", self._count)

    def _count(self, *_arguments):
        self.statements += 1

    def look(self):
        """Note how many complaints are objects now."""
        self.alive = max(self.alive, sum(isinstance(thing, Complaint) for thing in gc.get_objects()))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_stays_flat(many, monkeypatch, kind):
    """At no time are more than a chunk's rows objects; it has one connection at most, and none while its reader takes their time."""
    monkeypatch.setattr(xlsx, "PIECE", 4096)
    plain, calls = exports.Cells.plain, count()

    def spy(cells, value):
        if next(calls) % 5000 == 0:
            watch.look()
        return plain(cells, value)

    monkeypatch.setattr(exports.Cells, "plain", spy)
    person = many.test_client().become("manager")
    gc.collect()
    with Watch(many) as watch:
        answer, pieces = person.get(f"/admin/manager/complaint/export/{kind}/?view=all", buffered=False), 0
        for _piece in answer.response:
            pieces += 1
            assert watch.engine.pool.checkedout() <= 1
            until = monotonic() + 30
            while watch.engine.pool.checkedout() and monotonic() < until:
                sleep(0.001)
            assert watch.engine.pool.checkedout() == 0
        answer.close()
    assert pieces > 3 and watch.alive <= 2 * exporting.CHUNK


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_texts_stay_few(many, monkeypatch, kind):
    """Rows that the database writes as one text each: what is held meanwhile is a part of the file, not all of it."""
    monkeypatch.setattr(exporting, "CHUNK", 30)  # Python keeps thousands of tuples that are shorter for use again
    monkeypatch.setattr(xlsx, "PIECE", 8192)
    monkeypatch.setattr(exports, "PIECE", 8192)
    person, url = many.test_client().become("manager"), f"/admin/manager/complaint/export/{kind}/?view=all"
    tracemalloc.start()
    try:
        assert person.get(url).status_code == 200  # what is loaded, compiled and remembered once
        answer = person.get(url, buffered=False)
        sent = sum(len(piece) for piece in islice(answer.response, 3))
        gc.collect()  # to make the statement leaves circles behind, now or later
        tracemalloc.reset_peak()
        held = []
        for piece in answer.response:
            sent += len(piece)
            held.append(tracemalloc.get_traced_memory()[0])
        most = tracemalloc.get_traced_memory()[1] - min(held[:-1])
        answer.close()
    finally:
        tracemalloc.stop()
    assert sent > 600_000 and most < MANY * WORDS / 2, (sent, most)  # half of what the descriptions alone take


def test_a_long_export_is_not_cut(many):
    """On MariaDB a page's statements end after some seconds; that which finds the rows of an export may take longer, and says how long."""
    statements = []
    with many.app_context():
        event.listen(db.engine, "before_cursor_execute", note := lambda _c, _cur, statement, *_rest: statements.append(statement))
    try:
        assert len(rows_of(many.test_client().become("manager").get("/admin/manager/complaint/export/csv/?view=all"))) > MANY
    finally:
        with many.app_context():
            event.remove(db.engine, "before_cursor_execute", note)
    with many.test_request_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert not any("max_statement_time" in statement for statement in statements)
            return
        assert sum(f"max_statement_time={exporting.LONGEST} " in statement for statement in statements) >= 1
        connection.exec_driver_sql("SET SESSION max_statement_time=0.1")
        slow = select(func.sleep(0.3))
        assert connection.execute(slow.execution_options(**{PATIENCE: 5})).scalar() == 0
        with pytest.raises(OperationalError):
            connection.execute(slow).scalar()
        connection.invalidate()


def test_statements_grow_with_chunks_only(many):
    """A row costs no statement of its own, whatever its columns name."""
    for role, table in (("manager", "complaint"), ("support", "bandwidth_grant"), ("manager", "user"), ("manager", "step"), ("support", "promo")):
        person, counts = many.test_client().become(role), []
        for _twice in range(2):
            with Watch(many) as watch:
                assert len(rows_of(person.get(f"/admin/{role}/{table}/export/csv/?view=all"))) > 1
            counts.append(watch.statements)
        assert max(counts) <= 12 + 8 * (3010 // exporting.CHUNK + 1) if table == "complaint" else max(counts) <= 20, (table, counts)


def test_lists_cost_no_statement_per_row(many):
    """A page of 100 rows asks as often as a page of 25; the trail once more for each table that only the longer page names."""
    for role, table in (("manager", "complaint"), ("support", "complaint"), ("manager", "step")):
        person, counts = many.test_client().become(role), []
        for size in (25, 100):
            with Watch(many) as watch:
                assert person.get(f"/admin/{role}/{table}/?view=all&page_size={size}").status_code == 200
            counts.append(watch.statements)
        more = len(tables(many, 100) - tables(many, 25)) if table == "step" else 0
        assert counts[1] <= counts[0] + 1 + more, (role, table, counts, more)


def tables(app, most):
    """Return the tables that the newest steps are about."""
    with app.app_context():
        return set(db.session.scalars(select(Step.table).order_by(Step.at.desc(), Step.id.desc()).limit(most)))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_first_piece_comes_early(many, monkeypatch, kind):
    """The first bytes leave before the last row is read; a reader who goes away ends the reading."""
    monkeypatch.setattr(xlsx, "PIECE", 4096)
    with Watch(many) as watch:
        answer = many.test_client().become("manager").get(f"/admin/manager/complaint/export/{kind}/?view=all", buffered=False)
        pieces = iter(answer.response)
        assert next(pieces)
        early = watch.statements
        answer.close()
        assert watch.statements == early and watch.engine.pool.checkedout() == 0
        whole = many.test_client().become("manager").get(f"/admin/manager/complaint/export/{kind}/?view=all")
        assert len(rows_of(whole)) == 3004 and watch.statements - early > early


def test_an_error_before_the_first_byte_is_a_page(many, monkeypatch):
    """What breaks at once is an error page, not half a file."""
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(exports, "harmless", broken)
    many.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        for kind in ("csv", "xlsx"):
            answer = many.test_client().become("manager").get(f"/admin/manager/complaint/export/{kind}/?view=all")
            assert answer.status_code == 500 and "attachment" not in answer.headers.get("Content-Disposition", "")
    finally:
        many.config["PROPAGATE_EXCEPTIONS"] = None


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
@pytest.mark.parametrize("wrong", ("flt0_opened_at=2026-02-31", "flt0_status=apa", "flt0_branch=99999", "flt0_status=new&flt1_opened_at=2026-02-02..2026-01-01"))
def test_a_filter_that_is_none_makes_no_file(app, kind, wrong):
    """A file with rows that nobody asked for would say nothing: the list says what is wrong."""
    person = app.test_client().become("manager")
    answer = person.get(f"/admin/manager/complaint/export/{kind}/?{wrong}")
    assert answer.status_code == 302 and answer.location.startswith("/admin/manager/complaint/?")
    assert 'alert-danger' in person.get(answer.location).text
