"""`flask import customers`: what a list makes and changes, that it can be loaded again, and what is said of bad rows."""

import csv
import time
from datetime import date, datetime
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from sqlalchemy import event, func, select

from ecrm.extensions import db
from ecrm.models import Customer, Step, Subscription
from ecrm.models.base import now
from ecrm.models.customer import CustomerStatus, SubscriptionStatus
from ecrm.models.step import Via

HEADER = ["number", "name", "identity_number", "phone", "email", "address", "branch", "area", "since", "plan", "status"]
RINA = ["A-1", "Rina Hartati", "3172014504900001", "0812 3456 7890", "Rina@Mail.example", "Jl. Pluit 1", "JKT", "Kapuk Muara", "2024-03-01", "HOME20", ""]
TONO = ["", "Tono", "", "+62 813-1111-2222", "", "Jl. Nagoya 3", "btm", "", "17/08/2023", "", "prospect"]


@pytest.fixture
def sheet(tmp_path):
    """Return a function that writes a list and returns its path."""

    def write(*rows, header=HEADER, name="pelanggan.csv", delimiter=",", encoding="utf-8"):
        path = tmp_path / name
        with open(path, "w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([header, *rows])
        return path

    return write


def run(app, path, *options):
    """Run `flask import customers`; no failure is a traceback."""
    result = app.test_cli_runner().invoke(args=["import", "customers", str(path), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def everything():
    """Return all rows of all tables."""
    return {table.name: [tuple(row) for row in db.session.execute(table.select())] for table in db.metadata.sorted_tables}


def customer(**columns):
    """Return the customer with these values."""
    return db.session.scalars(select(Customer).filter_by(**columns)).one()


def test_a_list_comes_in(app, sheet):
    """Local telephone numbers, names of branches and areas, dates of both kinds, and a subscription for a plan."""
    result = run(app, sheet(RINA, TONO))
    assert result.exit_code == 0 and "2 new, 0 changed, 0 unchanged, 0 error" in result.output
    with app.app_context():
        rina, tono = customer(number="A-1"), customer(name="Tono")
        assert (rina.phone, rina.email, rina.area.name, rina.status) == ("+6281234567890", "rina@mail.example", "Kapuk Muara", CustomerStatus.ACTIVE)
        assert [(row.plan.code, row.status, row.valid_from) for row in rina.subscriptions] == [("HOME20", SubscriptionStatus.ACTIVE, rina.since)]
        assert (tono.phone, tono.branch.code, str(tono.since), tono.status) == ("+6281311112222", "BTM", "2023-08-17", CustomerStatus.PROSPECT)
        assert tono.number.startswith("PLG-") and not tono.subscriptions
        step = db.session.scalars(select(Step).filter_by(table="customer", row_id=rina.id)).one()
        assert (step.action, step.via, step.to_status) == ("create", Via.CLI, "active")


def test_a_second_load_changes_nothing(app, sheet):
    """By the number a row is known; no row, no version, no step comes to it."""
    path = sheet(RINA, ["A-2", *TONO[1:]])
    run(app, path)
    with app.app_context():
        before = everything()
    result = run(app, path)
    assert result.exit_code == 0 and "0 new, 0 changed, 2 unchanged, 0 error" in result.output
    with app.app_context():
        assert everything() == before


def test_a_row_is_updated_by_its_number(app, sheet):
    """What differs is written, an empty cell leaves what is there, and the trail names the columns."""
    run(app, sheet(RINA))
    changed = ["a-1", "Rina Hartati", "", "0812 9999 0000", "", "Jl. Pluit 1", "JKT", "", "", "", "suspended"]
    result = run(app, sheet(changed))
    assert "0 new, 1 changed" in result.output
    with app.app_context():
        rina = customer(number="A-1")
        assert (rina.phone, rina.email, rina.identity_number, rina.status) == (
            "+6281299990000", "rina@mail.example", "3172014504900001", CustomerStatus.SUSPENDED)
        step = db.session.scalars(select(Step).filter_by(table="customer", row_id=rina.id).order_by(Step.id.desc())).first()
        assert (step.action, step.from_status, step.to_status) == ("suspend", "active", "suspended")
        assert step.before["phone"] == "+6281234567890" and step.reason


def test_a_customer_gets_a_plan_in_another_branch(app, sheet):
    """Who had no subscription has one from today on; the area of the branch before does not stay."""
    run(app, sheet([*RINA[:9], "", ""]))
    assert "0 new, 1 changed" in run(app, sheet([*RINA[:6], "BTM", "", "", "HOME50", ""])).output
    with app.app_context():
        rina = customer(number="A-1")
        assert (rina.branch.code, rina.area, rina.status) == ("BTM", None, CustomerStatus.ACTIVE)
        assert [(row.plan.code, row.valid_from) for row in rina.subscriptions] == [("HOME50", now().date())]


@pytest.mark.only("mariadb")
@pytest.mark.parametrize("statement", ["INSERT INTO customer ", "UPDATE customer "])
def test_somebody_is_faster(app, sheet, statement):
    """Who enters or changes the same customer between our look and our writing wins: nothing of the list is loaded, and that is said."""
    agus = ["PLG-000003", "Agus Wijaya", "", "0812 9999 0000", "", "Jl. Kapuk 3", "JKT", "", "", "", ""]
    table, done = Customer.__table__, []

    def meanwhile(_connection, _cursor, text, *_rest):
        if text.startswith(statement) and not done:
            done.append(text)
            with db.engine.begin() as other:
                other.execute(table.update().where(table.c.number == "PLG-000003").values(version=9, address="Jl. Lain") if "UPDATE" in statement else table.insert().values(
                    number="A-1", name="Lain", phone="+62811", address="-", branch_id=1, since=now().date(), status=CustomerStatus.ACTIVE, version=1))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", meanwhile)
    try:
        result = run(app, sheet(agus if "UPDATE" in statement else RINA, TONO))
    finally:
        event.remove(engine, "before_cursor_execute", meanwhile)
    assert done and result.exit_code == 1 and "Somebody changed these customers meanwhile; nothing was loaded" in result.output
    with app.app_context():
        assert customer(number="PLG-000003").phone == "+628120000003" and not db.session.query(Customer).filter_by(name="Tono").count()
        assert db.session.query(Customer).filter_by(name="Rina Hartati").count() == 0


def test_the_errors_do_not_go_anywhere(app, sheet, tmp_path):
    """Neither over the list itself nor where there is no folder; nothing is loaded then."""
    path = sheet(RINA, [*TONO[:3], "12", *TONO[4:]])
    before = path.read_bytes()
    said = run(app, path, "--errors", str(tmp_path / "." / path.name))
    assert said.exit_code == 1 and "another file" in said.output and path.read_bytes() == before
    said = run(app, path, "--partial", "--errors", str(tmp_path / "none" / "x.csv"))
    assert said.exit_code == 1 and str(tmp_path / "none" / "x.csv") in said.output
    with app.app_context():
        assert db.session.query(Customer).filter_by(number="A-1").count() == 0


def test_a_dry_run_shows_and_changes_nothing(app, sheet):
    """Counts and the first rows, the error file, and the database as it was."""
    with app.app_context():
        before = everything()
    path = sheet(RINA, [*TONO[:6], "SBY", *TONO[7:]])
    result = run(app, path, "--dry-run")
    assert result.exit_code == 1 and "1 new, 0 changed, 0 unchanged, 1 error" in result.output and "line 2: new A-1" in result.output
    assert run(app, sheet(RINA, name="gut.csv"), "--dry-run").exit_code == 0
    with app.app_context():
        assert everything() == before


def test_all_or_nothing_unless_partial(app, sheet):
    """One wrong row keeps the others out; --partial lets them in; the corrected error file brings the rest."""
    path = sheet(RINA, [*TONO[:3], "12", *TONO[4:]], delimiter=";")
    with app.app_context():
        before = everything()
    assert run(app, path).exit_code == 1
    with app.app_context():
        assert everything() == before
    assert run(app, path, "--partial").exit_code == 0
    errors = path.with_suffix(".errors.csv")
    lines = errors.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2 and lines[0] == ";".join([*HEADER, "error"]) and "phone: " in lines[1]
    errors.write_text("\n".join(lines).replace(";12;", ";0813 1111 2222;"), encoding="utf-8")
    result = run(app, errors)
    assert result.exit_code == 0 and "1 new" in result.output
    with app.app_context():
        assert customer(name="Tono").phone == "+6281311112222"
        assert db.session.scalar(select(func.count()).select_from(Customer).where(Customer.name == "Rina Hartati")) == 1


ERRORS = {
    "no name": ({"name": ""}, "name: "), "no branch": ({"branch": ""}, "branch: "), "unknown branch": ({"branch": "SBY"}, "branch: “SBY”"),
    "unknown area": ({"area": "Nagoya"}, "area: “Nagoya”"), "unknown plan": ({"plan": "X"}, "plan: “X”"), "bad phone": ({"phone": "telepon"}, "phone: "),
    "half a phone": ({"phone": "0812 1"}, "phone: "),
    "bad mail": ({"email": "rina@"}, "email: “rina@”"), "short NIK": ({"identity_number": "317201"}, "identity_number: "),
    "NIK from a spreadsheet": ({"identity_number": "3,17201E+15"}, "identity_number: "), "future": ({"since": "2099-01-01"}, "since: "),
    "no day": ({"since": "31/02/2024"}, "since: “31/02/2024”"), "status": ({"status": "lunas"}, "status: “lunas”"),
    "long name": ({"name": "x" * 101}, "name: "), "long number": ({"number": "9" * 21}, "number: "), "ended with plan": ({"status": "ended"}, "plan: "),
    "taken": ({"number": "", "name": "budi santoso", "phone": "08120000001"}, "PLG-000001"),
    "no way back": ({"number": "PLG-000001", "status": "prospect", "plan": ""}, "status: "),
    "a plan before a connection": ({"number": "PLG-000004", "area": "", "branch": "BTM"}, "plan: "),
    "another plan": ({"number": "PLG-000001", "plan": "HOME50"}, "plan: "),
}


@pytest.mark.parametrize("fault", ERRORS)
def test_a_wrong_row_says_why(app, sheet, fault):
    """The reason stands in the error file beside the row as it was, and nothing is loaded."""
    change, reason = ERRORS[fault]
    row = list((dict(zip(HEADER, RINA)) | change).values())
    path = sheet(row)
    with app.app_context():
        before = everything()
    result = run(app, path)
    assert result.exit_code == 1 and "1 error" in result.output
    with open(path.with_suffix(".errors.csv"), encoding="utf-8-sig", newline="") as file:
        wrong = list(csv.DictReader(file))
    assert reason in wrong[0].pop("error") and list(wrong[0].values()) == row
    with app.app_context():
        assert everything() == before


def test_a_row_with_more_cells_than_the_header(app, sheet):
    """Nobody knows what the last one means: the row is wrong."""
    path = sheet([*RINA, "lagi"])
    assert "0 new, 0 changed, 0 unchanged, 1 error" in run(app, path).output
    with open(path.with_suffix(".errors.csv"), encoding="utf-8-sig", newline="") as file:
        assert "sel" in next(csv.DictReader(file))["error"]


@pytest.mark.parametrize("second", [["a-1", *TONO[1:]], ["", *RINA[1:]]], ids=["number", "person"])
def test_a_customer_twice_in_the_list(app, sheet, second):
    """The second row of the same number, or of the same name and telephone, is wrong."""
    first = RINA if second[0] else ["", *RINA[1:]]
    assert "1 new, 0 changed, 0 unchanged, 1 error" in run(app, sheet(first, second)).output


@pytest.mark.parametrize("delimiter,encoding", [(",", "utf-8"), (";", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-8-sig")])
def test_indonesian_headings_in_any_order(app, sheet, delimiter, encoding):
    """As an office keeps it; a column that nobody knows is named, not silently dropped."""
    header = ["Status", "No. HP", "Nama Pelanggan", "Alamat", "Cabang", "No. KTP", "Nomor Pelanggan", "Sejak", "Paket", "Catatan"]
    row = ["Aktif", "0812-3456-7890", "Rína; “Hartati”", "Jl. Pluit 1, RT 1", "Pantai Indah Kapuk", "3172.0145.0490.0001", "X9", "01-03-2024", "Home 20", "VIP"]
    result = run(app, sheet(row, header=header, delimiter=delimiter, encoding=encoding))
    assert result.exit_code == 0 and "Catatan" in result.output
    with app.app_context():
        row = customer(number="X9")
        assert (row.name, row.identity_number, row.branch.code, row.subscriptions[0].plan.code) == ("Rína; “Hartati”", "3172014504900001", "JKT", "HOME20")


def test_xlsx(app, tmp_path):
    """Cells that are dates and numbers are taken as what one sees; a NIK kept as a number has lost digits."""
    book = Workbook()
    book.active.append(HEADER)
    book.active.append([77, "Rina", "3172014504900001", 81234567890, None, "Jl. 1", "JKT", None, datetime(2024, 3, 1), "HOME20", None])
    book.active.append([])
    book.active.append([78, "Tono", 3172014504900002, "0813 1111 2222", None, "Jl. 2", "JKT", None, None, None, None])
    path = tmp_path / "pelanggan.xlsx"
    book.save(path)
    assert run(app, path, "--partial").exit_code == 0
    with app.app_context():
        assert (customer(number="77").phone, str(customer(number="77").since)) == ("+6281234567890", "2024-03-01")
    assert "identity_number: " in (tmp_path / "pelanggan.errors.csv").read_text(encoding="utf-8-sig")


def test_what_else_a_cell_of_xlsx_holds(app, tmp_path):
    """Numbers in the short form, yes and no, and days as newer programs write them are taken as what one sees."""
    book = Workbook()
    book.iso_dates = True
    book.active.append(HEADER)
    book.active.append([79, True, None, 81234567890, None, "Jl. 1", "JKT", None, date(2024, 3, 1), None, None])
    book.save(tmp_path / "kasar.xlsx")
    with ZipFile(tmp_path / "kasar.xlsx") as old, ZipFile(tmp_path / "pelanggan.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>79</v>", b"<v>7.9E1</v>").replace(b"<v>81234567890</v>", b"<v>8.123456789E10</v>"))
    assert "1 new" in run(app, tmp_path / "pelanggan.xlsx").output
    with app.app_context():
        row = customer(number="79")
        assert (row.name, row.phone, row.since) == ("yes", "+6281234567890", date(2024, 3, 1))


def test_our_own_export_comes_back(app, browser, tmp_path):
    """The list that support exports, loaded as it is, changes nothing."""
    answer = browser("support").get("/admin/support/customer/export/csv/")
    path = tmp_path / "export.csv"
    path.write_bytes(answer.data)
    with app.app_context():
        customers = db.session.scalar(select(func.count()).select_from(Customer))
    result = run(app, path)
    assert result.exit_code == 0 and f"0 new, 0 changed, {customers} unchanged, 0 error" in result.output, result.output


@pytest.mark.parametrize("name,content", [
    ("leer.csv", b""), ("kopf.csv", ",".join(HEADER).encode()), ("latin.csv", ",".join(HEADER).encode() + "\n1,Renée".encode("latin-1")),
    ("ohne.csv", b"name,phone\nA,0812"), ("doppelt.csv", b"name,nama,phone,address,branch\nA,B,C,D,E"), ("alt.xls", b"x"), ("kaputt.xlsx", b"PK\3\4"),
    ("utf16.csv", "name,phone".encode("utf-16")), ("null.csv", b"\0\0\0"), ("quote.csv", b'name,phone,address,branch\n"A'),
])
def test_a_file_that_is_no_list_is_one_line(app, tmp_path, name, content):
    """The name of the file and the reason, exit code 1, no traceback."""
    path = tmp_path / name
    path.write_bytes(content)
    result = run(app, path)
    assert result.exit_code == 1 and name in result.output and len(result.output.strip().splitlines()) == 1


def test_a_file_that_is_not_there(app, tmp_path):
    """A mistyped name is named."""
    result = run(app, tmp_path / "nowhere.csv")
    assert result.exit_code == 1 and "nowhere.csv" in result.output


def test_formulas_in_the_error_file_are_harmless_and_come_back(app, sheet):
    """What a spreadsheet would run is quoted, and the quote does not become part of the name."""
    path = sheet([*RINA[:1], "=1+1", *RINA[2:3], "x", *RINA[4:]])
    run(app, path)
    errors = path.with_suffix(".errors.csv")
    text = errors.read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    errors.write_text(text.replace(",x,", ",0812 3456 7890,"), encoding="utf-8")
    assert run(app, errors).exit_code == 0
    with app.app_context():
        assert customer(number="A-1").name == "=1+1"


def test_new_numbers_pass_over_imported_ones(app, sheet):
    """A list from the old system may use our own form of number; the next new customer gets a free one."""
    taken = [[f"PLG-{n:06d}", f"Lama {n}", "", f"0812 7777 11{n}", "", "Jl. 1", "JKT", "", "", "", ""] for n in range(10, 14)]
    assert run(app, sheet(*taken)).exit_code == 0
    new = [["", f"Baru {n}", "", f"0812 7777 22{n}", "", "Jl. 1", "JKT", "", "", "", ""] for n in range(10, 24)]
    assert "14 new" in run(app, sheet(*new)).output
    with app.app_context():
        assert len({customer(name=f"Baru {n}").number for n in range(10, 24)}) == 14


def test_a_long_list_is_quick(app, sheet):
    """Three thousand rows, more than a chunk, in seconds; the second load finds nothing to do."""
    rows = [[f"L-{n}", f"Pelanggan {n}", "", f"0812{n:08d}", "", f"Jl. {n}", "JKT", "", "2024-01-01", "HOME20", ""] for n in range(3000)]
    path, begun = sheet(*rows), time.monotonic()
    assert "3000 new" in run(app, path).output
    assert "3000 unchanged" in run(app, path).output
    assert time.monotonic() - begun < 60
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Subscription)) >= 3000
