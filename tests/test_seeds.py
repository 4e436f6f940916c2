"""`flask seed`: what the operator's files make, that a second load changes nothing, and what is refused in which words."""

import csv
import shutil

import pytest
from sqlalchemy import func, select

from ecrm.cli.data import seed_folder
from ecrm.extensions import db
from ecrm.models import Branch, ComplaintCategory, CoverageArea, Holiday, Plan, Promo, Role, ServiceStandard, Step, WorkingHours
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.business_time import Weekday
from ecrm.models.recap import Measure
from ecrm.seeds import is_empty
from tests.conftest import BACKENDS


@pytest.fixture(scope="module", params=BACKENDS)
def empty(request, make_app):
    """A migrated application without rows."""
    return make_app(request.param, LANGUAGE="en")


@pytest.fixture
def seeded(empty, tmp_path):
    """An application with the project's own seeds, and a copy of the files to edit."""
    with empty.app_context():
        folder = tmp_path / "seeds"
        shutil.copytree(seed_folder(), folder)
    assert run(empty, folder).exit_code == 0
    yield empty, folder
    with empty.app_context(), db.engine.begin() as connection:
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete())


def run(app, *arguments):
    """Run `flask seed`."""
    return app.test_cli_runner().invoke(args=["seed", *map(str, arguments)])


def edit(path, old, new):
    """Replace a text in a file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def count(model):
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_projects_own_files(seeded):
    """Four branches, their areas, plans, categories, promos, and the six roles."""
    app, _ = seeded
    with app.app_context():
        assert not is_empty(db.session())
        assert set(db.session.scalars(select(Branch.code))) == {"JKT", "BDG", "BTM", "MDN"}
        assert set(db.session.scalars(select(Role.name))) == {role.value for role in RoleName}
        assert count(CoverageArea) >= 40 and count(Plan) >= 7 and count(ComplaintCategory) >= 8 and count(Promo) >= 5
        promo = db.session.scalars(select(Promo).filter_by(code="BISNISAMAN")).one()
        assert {plan.code for plan in promo.plans} == {"BISNIS50", "BISNIS100"}
        assert db.session.scalars(select(Branch).filter_by(code="BTM")).one().phone == "+627784501234"


def test_a_second_load_changes_nothing(seeded):
    """No row, no version, no step of the trail."""
    app, folder = seeded
    with app.app_context():
        before = {table.name: list(db.session.execute(table.select())) for table in db.metadata.sorted_tables}
    result = run(app, folder)
    assert result.exit_code == 0 and result.output.count("0 new, 0 changed") == 8
    with app.app_context():
        assert before == {table.name: list(db.session.execute(table.select())) for table in db.metadata.sorted_tables}


def test_a_row_is_updated_by_its_code(seeded):
    """The price changes, the trail says from what to what, and the other rows stay."""
    app, folder = seeded
    edit(folder / "plans.csv", "HOME20,Rumah 20,20,10,225000", "HOME20,Rumah 20,20,10,235.000")
    result = run(app, folder)
    assert "plans.csv: 0 new, 1 changed" in result.output
    with app.app_context():
        step = db.session.scalars(select(Step).order_by(Step.id.desc())).first()
        assert (step.table, step.action, step.before, step.after) == (
            "plan", "update", {"monthly_price": 225_000}, {"monthly_price": 235_000})


def test_the_plans_of_a_promo_change(seeded):
    """A relation is a value too."""
    app, folder = seeded
    edit(folder / "promos.csv", "BISNIS50 BISNIS100,yes\nBISNISAMAN", "BISNIS50,yes\nBISNISAMAN")
    assert "promos.csv: 0 new, 1 changed" in run(app, folder).output
    assert "promos.csv: 0 new, 0 changed" in run(app, folder).output
    edit(folder / "promos.csv", "HOME20 HOME30 HOME50,yes", "HOME20 home20 HOME30; HOME50 HOME20,yes")  # a plan is named once, however often
    assert "promos.csv: 0 new, 0 changed" in run(app, folder).output


def test_a_spreadsheets_own_csv(seeded):
    """Semicolons, a BOM, and dates as a spreadsheet in Indonesia writes them are the same rows."""
    app, folder = seeded
    path = folder / "promos.csv"
    with open(path, encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        for line in lines:
            csv.writer(file, delimiter=";").writerow(
                ["/".join(reversed(cell.split("-"))) if len(cell) == 10 and cell.count("-") == 2 else cell for cell in line])
    assert "promos.csv: 0 new, 0 changed" in run(app, folder).output


FAULTS = {
    "unknown column": ("plans.csv", "on_sale", "dijual", ["plans.csv, line 1, column dijual: ", "plans.csv, line 1, column on_sale: "]),
    "missing column": ("plans.csv", ",monthly_price", "", ["plans.csv, line 1, column monthly_price: "]),
    "duplicate code": ("plans.csv", "HOME30,", "home20,", ["plans.csv, line 4, column code: “home20” stands in line 3"]),
    "unknown branch": ("areas.csv", "JKT,Pluit", "SBY,Pluit", ["areas.csv, line 4, column branch: “SBY”"]),
    "unknown plan": ("promos.csv", "HOME20 HOME30 HOME50,yes", "HOME20 HOME31,yes", ["promos.csv, line 4, column plans: “HOME31”"]),
    "bad number": ("plans.csv", "350000", "350ribu", ["plans.csv, line 5, column monthly_price: “350ribu”"]),
    "no speed": ("plans.csv", "HOME50,Rumah 50,50", "HOME50,Rumah 50,0", ["plans.csv, line 5, column down_mbps: 0 "]),
    "huge number": ("plans.csv", "350000", "99999999999", ["plans.csv, line 5, column monthly_price: 99999999999 "]),
    "bad date": ("promos.csv", "2026-06-01", "2026-06-31", ["promos.csv, line 4, column valid_from: “2026-06-31”"]),
    "ends before it begins": ("promos.csv", "2026-06-01", "2027-06-30", ["promos.csv, line 4, column valid_until: "]),
    "bad word": ("areas.csv", "14460,covered", "14460,tercakup", ["areas.csv, line 2, column coverage: “tercakup” is not one of covered"]),
    "bad priority": ("categories.csv", "urgent", "gawat", ["categories.csv, line 2, column priority: “gawat”"]),
    "due in the wrong order": ("categories.csv", "2,24", "25,24", ["categories.csv, line 2, column resolution_hours: "]),
    "too long": ("branches.csv", "JKT,", "JAKARTA-PUSAT,", ["branches.csv, line 2, column code: The text has 13 characters; 10 fit."]),
    "blank": ("branches.csv", "Bandung,Bandung", ",Bandung", ["branches.csv, line 3, column name: "]),
    "bad phone": ("branches.csv", "021 5010 1234", "12", ["branches.csv, line 2, column phone: “12”"]),
    "bad postcode": ("areas.csv", "14460", "1446", ["areas.csv, line 2, column postcode: "]),
    "neither yes nor no": ("plans.csv", "825000,yes", "825000,mungkin", ["plans.csv, line 7, column on_sale: “mungkin” is neither yes nor no."]),
    "shortened phone": ("branches.csv", "021 5010 1234", "6.2215E+11", ["branches.csv, line 2, column phone: The spreadsheet has shortened this number"]),
    "long ago": ("promos.csv", "2026-06-01", "1826-06-01", ["promos.csv, line 4, column valid_from: “1826-06-01” is not a date"]),
    "too many cells": ("plans.csv", "825000,yes", "825000,yes,yes", ["plans.csv, line 7: "]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_row_is_refused(seeded, fault):
    """File, line, column and reason; exit code 1; nothing of that file is loaded, not even its good rows."""
    app, folder = seeded
    name, old, new, expected = FAULTS[fault]
    path = folder / name
    with app.app_context():
        before = {table.name: list(db.session.execute(table.select())) for table in db.metadata.sorted_tables}
    edit(path, old, new)
    with open(path, "a", encoding="utf-8") as file:
        file.write({"plans.csv": "BARU,Paket Baru,5,5,100000,yes\n"}.get(name, ""))
    result = run(app, folder)
    assert result.exit_code == 1
    for text in expected:
        assert text in result.output
    with app.app_context():
        assert before == {table.name: list(db.session.execute(table.select())) for table in db.metadata.sorted_tables}


def test_all_problems_are_listed_and_the_other_files_are_loaded(seeded):
    """Two faults of one file are two lines; a change in another file is made."""
    app, folder = seeded
    edit(folder / "areas.csv", "14460,covered", "14460,tercakup")
    edit(folder / "areas.csv", "14470", "x")
    edit(folder / "plans.csv", "Gamer 200", "Gamer 200 Plus")
    result = run(app, folder)
    assert result.exit_code == 1
    assert "areas.csv, line 2, column coverage" in result.output and "areas.csv, line 3, column postcode" in result.output
    assert "plans.csv: 0 new, 1 changed" in result.output


@pytest.mark.parametrize("content", [b"", b"\n\n", "kode,näma".encode("latin-1"), b'code,name,down_mbps,up_mbps,monthly_price,on_sale\n"open'], ids=["empty", "blank", "latin-1", "quote"])
def test_an_unreadable_file_is_one_line(seeded, content):
    """No traceback for a file that is not a table."""
    app, folder = seeded
    (folder / "plans.csv").write_bytes(content)
    result = run(app, folder)
    assert result.exit_code == 1 and "plans.csv: " in result.output and "Traceback" not in result.output


def test_a_folder_without_files_is_named(empty, tmp_path):
    """A wrong path does not look like success."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        result = run(empty, folder)
        assert result.exit_code == 1 and str(folder) in result.output


def test_a_mistyped_file_name_is_named(seeded):
    """A file that would be left out silently is a problem."""
    app, folder = seeded
    (folder / "plans.csv").rename(folder / "plan.csv")
    result = run(app, folder)
    assert result.exit_code == 1 and "plan.csv: " in result.output and "areas.csv: 0 new" in result.output


def test_working_hours_standards_and_holidays_come_along(seeded):
    """The hours of the file, with the noon prayer on Fridays; the public holidays; the standards say where they come from."""
    app, _folder = seeded
    with app.app_context():
        jakarta = db.session.scalars(select(Branch).filter_by(code="JKT")).one()
        friday = db.session.scalars(select(WorkingHours).filter_by(branch_id=jakarta.id, weekday=Weekday.FRIDAY).order_by(WorkingHours.opens))
        assert [(f"{row.opens:%H:%M}", f"{row.closes:%H:%M}") for row in friday] == [("08:00", "11:30"), ("13:00", "17:00")]
        years = {row.day.year for row in db.session.scalars(select(Holiday))}
        assert {now().year - 1, now().year, now().year + 1} <= years
        standards = list(db.session.scalars(select(ServiceStandard)))
        assert {row.measure for row in standards} == set(Measure) and all("belum" in row.source or "tebakan" in row.source for row in standards)
        kinds = {row.code: (row.kind.value, row.clock.value) for row in db.session.scalars(select(ComplaintCategory))}
        assert kinds["MATI"] == ("disturbance", "around") and kinds["TAGIHAN"] == ("billing", "business")


def test_a_file_from_before_leaves_the_new_columns_alone(seeded):
    """A categories.csv without clock and kind is still good; what was set stays. Bad hours are refused."""
    app, folder = seeded
    lines = (folder / "categories.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(lines))
    names = [name for name in rows[0] if name not in ("clock", "kind")]
    with (folder / "categories.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "hours.csv").write_text("branch,weekday,opens,closes\nJKT,mon,17:00,08:00\nJKT,tue,8,17:00\n", "utf-8")
    result = run(app, folder)
    assert "categories.csv: 0 new, 0 changed" in result.output
    assert "hours.csv, line 2, column closes: " in result.output and "hours.csv, line 3, column opens: “8”" in result.output
