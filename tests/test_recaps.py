"""The recaps: they agree with what the rows say when somebody else counts them, with the lists that they open, and with their files."""

import csv
import io
import random
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import literal, select, text

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import Branch, Complaint, Recap, ServiceStandard, User
from ecrm.models.account import Language, RoleName
from ecrm.models.base import now
from ecrm.models.complaint import UNSOLVED
from ecrm.models.elapsed import day_number, hours_ahead, seconds_between
from ecrm.models.recap import FrozenBecause
from ecrm.reports import charts, freezing, pdf, period, recaps, words
from ecrm.reports.letterhead import Letterhead
from ecrm.reports.shapes import Chart, Column, Drawn, Kind, Row, Scope, Series, Sheet, Table
from ecrm.seeds.accounts import DEMO_PASSWORD
from tests.staff import Page
from tests.world import email, one

ZONE = ZoneInfo("Asia/Jakarta")
HOUR = 3600

pytestmark = pytest.mark.xdist_group("demo")  # one process: the company takes long to make


@pytest.fixture(scope="module")
def manager(demo):
    """The manager's browser."""
    client = demo.test_client()
    assert client.send("/login", {"email": "manager@demo.example", "password": DEMO_PASSWORD}).status_code == 302
    return client


def year():
    """Return the last 365 days."""
    today = now().astimezone(ZONE).date()
    return period.Period(today - timedelta(days=364), today, ZONE)


def made(demo, kind, **scope):
    """Return the sheet of a recap of the last year, as the manager's language has it, and the moment of its figures."""
    at = now()
    with demo.test_request_context():
        return next(one for one in recaps.RECAPS if one.kind == kind).make(db.session, Scope(year(), at, **scope)), at


def values(sheet, key):
    """Return {name: {column: value}} of a table, the total under None."""
    table = next(table for table in sheet.tables if table.key == key)
    keys = [column.key for column in table.columns][1:]
    found = {row.values[0]: dict(zip(keys, row.values[1:], strict=True)) for row in table.rows}
    return found | ({None: dict(zip(keys, table.total.values[1:], strict=True))} if table.total else {})


def rows(demo, sql):
    """Return the rows of plain SQL, moments as aware UTC."""
    def read(value):
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", value):
            value = datetime.fromisoformat(value)
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            value = date.fromisoformat(value)
        return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
    with demo.app_context(), db.engine.connect() as connection:
        return [{key: read(value) for key, value in row._mapping.items()} for row in connection.execute(text(sql))]


def share(part, whole):
    """Return percent with one decimal, half up."""
    return float((Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)) if whole else None


def rank(numbers, part):
    """Return the nearest-rank quantile."""
    numbers = sorted(numbers)
    return numbers[max(ceil(part * len(numbers)), 1) - 1] if numbers else None


def in_year(moment):
    """Return whether a moment lies in the last 365 days of Jakarta's clock."""
    return moment is not None and year().first <= moment.astimezone(ZONE).date() <= year().last


UNSOLVED_WORDS = {status.value for status in UNSOLVED}


def is_missed(row, at):
    """Return whether a complaint missed its target, by the definition on the sheet."""
    if row["status"] in ("resolved", "closed"):
        return row["resolved_at"] > row["resolution_due_at"]
    stands = row["waiting_since"] is not None and row["waiting_since"] <= row["resolution_due_at"]
    return row["status"] in UNSOLVED_WORDS and row["resolution_due_at"] < at and not stands


def seconds(first, last):
    """Return whole seconds as a clock without fractions shows them."""
    return int(last.replace(microsecond=0).timestamp() - first.replace(microsecond=0).timestamp())


def counted(found, at):
    """Return the figures of the recap of complaints of these rows."""
    met = [row for row in found if row["status"] in ("resolved", "closed") and not is_missed(row, at)]
    missed = [row for row in found if is_missed(row, at)]
    answers = [seconds(row["opened_at"], row["first_response_at"]) // 60 for row in found if row["first_response_at"]]
    solutions = [(seconds(row["opened_at"], row["resolved_at"]) - row["waited_seconds"]) // 60 for row in found if row["resolved_at"]]
    stars = [row["rating"] for row in found if row["rating"]]
    return {
        "entered": len(found), "solved": sum(row["status"] in ("resolved", "closed") for row in found),
        "unsolved": sum(row["status"] in UNSOLVED_WORDS for row in found), "cancelled": sum(row["status"] == "cancelled" for row in found),
        "met": len(met), "missed": len(missed), "share": share(len(met), len(met) + len(missed)),
        "reopened": sum(row["reopen_count"] > 0 for row in found), "repeated": sum(row["repeats"] > 0 for row in found),
        "answer": rank(answers, 0.5), "solution": rank(solutions, 0.5), "slowest": rank(solutions, 0.9),
        "rating": float((Decimal(sum(stars)) / len(stars)).quantize(Decimal("0.01"), ROUND_HALF_UP)) if stars else None,
    }


def test_complaints(demo):
    """Each category's row and the total are what plain SQL and a loop find."""
    sheet, at = made(demo, "complaints")
    found = [row for row in rows(demo, "SELECT c.*, k.name AS category FROM complaint c JOIN complaint_category k ON k.id = c.category_id")
             if in_year(row["opened_at"])]
    assert found
    shown = values(sheet, "category")
    assert shown.pop(None) == counted(found, at)
    assert shown == {name: counted([row for row in found if row["category"] == name], at) for name in {row["category"] for row in found}}
    months = Counter(f"{row['opened_at'].astimezone(ZONE):%Y-%m}" for row in found)
    assert [row.values[1] for row in sheet.tables[-1].rows] == [months[f"{step.first:%Y-%m}"] for step in recaps.complaints.timeline.steps(year())]


@pytest.mark.parametrize("fraction", [0, 499_999, 999_499, 999_500, 999_999])
def test_time_in_sql(demo, fraction):
    """The seconds between two moments, and the day of one, are those of a clock without fractions."""
    first = datetime(2026, 3, 31, 16, 59, 59, fraction, UTC)  # a second before midnight in Jakarta
    last = datetime(2026, 3, 31, 18, 0, 0, 999_999 - fraction, UTC)
    begin, end = (literal(moment, Complaint.opened_at.type) for moment in (first, last))
    asked = select(seconds_between(begin, end), day_number(begin, hours_ahead(ZONE)), day_number(end, hours_ahead(ZONE)))
    with demo.app_context():
        assert tuple(db.session.execute(asked).one()) == (3601, date(2026, 3, 31).toordinal(), date(2026, 4, 1).toordinal())


def test_a_branch_and_a_category(demo):
    """Narrowed to a branch and a category the figures are those of its rows."""
    sheet, at = made(demo, "complaints", branch_id=1, category_id=2)
    found = [row for row in rows(demo, "SELECT * FROM complaint WHERE branch_id = 1 AND category_id = 2") if in_year(row["opened_at"])]
    assert found and values(sheet, "category")[None] == counted(found, at)


@pytest.mark.parametrize("kind", ["complaints", "visits", "outages", "promos", "bandwidth", "quality"])
def test_the_branches_add_up(demo, kind):
    """What is counted of each branch is together what is counted of all, but for the promos themselves, which run everywhere."""
    whole, _at = made(demo, kind)
    with demo.app_context():
        numbers = list(db.session.scalars(select(Branch.id)))
    parts = [made(demo, kind, branch_id=number)[0] for number in numbers]
    compared = 0
    for table in [table for table in whole.tables if table.key != "branch"]:  # of one branch there is none
        counts = [column.key for column in table.columns if column.kind is Kind.COUNT and column.key not in ("promos", "running")]
        for name, row in values(whole, table.key).items():
            there = [values(part, table.key).get(name, {}) for part in parts if any(one.key == table.key for one in part.tables)]
            for key in counts:
                if row.get(key) is not None:
                    assert sum(one.get(key) or 0 for one in there) == row[key], (table.key, name, key)
                    compared += bool(row[key])
    assert compared > 2


def test_technicians(demo):
    """Resolved, in time, at the first visit, and what is in hand."""
    sheet, at = made(demo, "technicians")
    found = [row for row in rows(demo, "SELECT c.*, u.name AS who FROM complaint c JOIN user u ON u.id = c.technician_id")]
    moves = Counter((row["row_id"], row["action"]) for row in rows(demo, "SELECT row_id, action FROM step WHERE `table` = 'complaint'"))
    shown = values(sheet, "technician")
    for name in {row["who"] for row in found} & set(shown):
        done = [row for row in found if row["who"] == name and in_year(row["resolved_at"])]
        first = sum(moves[row["id"], "start"] == 1 and not moves[row["id"], "reopen"] for row in done)
        missed = sum(is_missed(row, at) for row in done)
        held = [row for row in found if row["who"] == name and row["status"] in UNSOLVED_WORDS]
        expected = counted(done, at)
        assert shown[name] == {
            "resolved": len(done), "met": len(done) - missed, "missed": missed, "share": expected["share"], "first_visit": first,
            "first_share": share(first, len(done)), "reopened": expected["reopened"], "solution": expected["solution"],
            "rating": expected["rating"], "unsolved": len(held), "late": sum(row["clock_due_at"] < at for row in held),
        }
    assert shown[None]["resolved"] == sum(in_year(row["resolved_at"]) for row in found) > 0


def test_bandwidth(demo):
    """What additions are worth: price ÷ speed × extra × days ÷ 30, each rounded."""
    sheet, _at = made(demo, "bandwidth")
    found = [row for row in rows(demo, "SELECT g.*, p.monthly_price, p.down_mbps, s.customer_id FROM bandwidth_grant g "
                                       "JOIN subscription s ON s.id = g.subscription_id JOIN plan p ON p.id = s.plan_id "
                                       "WHERE g.status IN ('active', 'expired')") if year().first <= row["valid_from"] <= year().last]

    def worth(row):
        days = (row["valid_until"] - row["valid_from"]).days + 1
        return int((Decimal(row["monthly_price"] * row["extra_mbps"] * days) / (row["down_mbps"] * 30)).quantize(Decimal(1), ROUND_HALF_UP))
    assert values(sheet, "reason")[None] == {
        "count": len(found), "customers": len({row["customer_id"] for row in found}),
        "mbps": sum(row["extra_mbps"] for row in found), "cost": sum(map(worth, found)),
    }
    assert found and values(sheet, "branch")[None] == values(sheet, "plan")[None] == values(sheet, "reason")[None]


def test_quality(demo):
    """Each standard, counted day by day from the calendar; open but late is past the limit, open in time is not counted."""
    sheet, at = made(demo, "quality")
    free = {(row["branch_id"], row["day"]) for row in rows(demo, "SELECT branch_id, day FROM holiday WHERE observed")}
    works = {(row["branch_id"], row["weekday"]) for row in rows(demo, "SELECT branch_id, weekday FROM working_hours")}
    week = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

    def working_days(branch, first, last):
        days = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
        return sum((branch, week[day.weekday()]) in works and not {(branch, day), (None, day)} & free for day in days)
    zones = {row["id"]: ZoneInfo(row["time_zone"]) for row in rows(demo, "SELECT id, time_zone FROM branch")}
    complaints = [row for row in rows(demo, "SELECT c.*, k.kind FROM complaint c JOIN complaint_category k ON k.id = c.category_id")
                  if in_year(row["opened_at"]) and row["status"] != "cancelled"]
    visits = [row for row in rows(demo, "SELECT * FROM installation") if in_year(row["registered_at"]) and row["status"] not in ("cancelled", "not_covered")]
    for row in complaints:
        row["days"] = working_days(row["branch_id"], *(moment.astimezone(zones[row["branch_id"]]).date() for moment in (row["opened_at"], row["resolved_at"] or at)))
    judged = {
        "answered": [(row["first_response_at"], seconds(row["opened_at"], row["first_response_at"] or at) <= 72 * HOUR) for row in complaints],
        "handled": [(row["resolved_at"], row["days"] <= 3) for row in complaints if row["kind"] == "general"],
        "restored": [(row["resolved_at"], row["days"] <= 2) for row in complaints if row["kind"] == "disturbance"],
        "billing": [(row["resolved_at"], row["days"] <= 3) for row in complaints if row["kind"] == "billing"],
        "installed": [(row["activated_at"], seconds(row["registered_at"], row["activated_at"] or at) <= 7 * 24 * HOUR) for row in visits],
    }
    names = {row["measure"]: row["name"] for row in rows(demo, "SELECT measure, name FROM service_standard")}
    shown = values(sheet, "standard")
    for measure, found in judged.items():
        yes, no = sum(bool(done) and kept for done, kept in found), sum(not kept for _done, kept in found)
        got = shown[names[measure]]
        assert (got["yes"], got["no"], got["counted"], got["share"]) == (yes, no, yes + no, share(yes, yes + no)), measure
    assert shown[names["restored"]]["no"] >= 3


def test_promos(app):
    """What customers saw, asked for and took in the period, by promo; the others' branches and other times are left out."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE installation SET status = 'activated', activated_at = registered_at, promo_id = (SELECT id FROM promo WHERE code = 'HEMAT') WHERE id = 1"))
        connection.execute(text("UPDATE promo_request SET status = 'accepted'"))
    with app.test_request_context():
        at = now()
        sheet = recaps.promos.make(db.session, Scope(year(), at))
        there = sheet.tables[0]
    wishes = [row for row in rows(app, "SELECT r.*, p.title FROM promo_request r JOIN promo p ON p.id = r.promo_id") if in_year(row["requested_at"])]
    ran = [row for row in rows(app, "SELECT * FROM promo") if row["valid_from"] <= year().last and row["valid_until"] >= year().first]
    asked = Counter(row["title"] for row in wishes)
    assert wishes and {row.values[0]: row.values[9] for row in there.rows} == {row["title"]: asked[row["title"]] for row in ran} | dict(asked)
    assert there.total.values[9:14] == (len(wishes), *(sum(row["status"] == word for row in wishes) for word in ("accepted", "declined", "withdrawn", "requested")))
    assert all(row.values[9] == sum(row.values[10:14]) for row in there.lines)
    seen = Counter(row["title"] for row in rows(app, "SELECT s.*, p.title FROM promo_seen s JOIN promo p ON p.id = s.promo_id") if in_year(row["seen_at"]))
    fitted = Counter(row["title"] for row in rows(app, "SELECT i.*, p.title FROM installation i JOIN promo p ON p.id = i.promo_id WHERE i.status = 'activated'"))
    accepted = Counter(row["title"] for row in wishes if row["status"] == "accepted")
    got = values(sheet, "promo")
    for title in asked | seen | fitted:
        took = accepted[title] + fitted[title]
        assert (got[title]["seen"], got[title]["connected"], got[title]["took"], got[title]["uptake"]) == (seen[title], fitted[title], took, share(took, got[title]["reach"]))
    assert got["Hemat akhir tahun"]["took"] == 2
    assert got["Hemat akhir tahun"]["reach"] == rows(app, "SELECT count(*) AS n FROM customer")[0]["n"] and got["Belum terbit"]["reach"] == 0
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE promo SET published = 0 WHERE code = 'HEMAT'"))
    with app.test_request_context():
        over = values(recaps.promos.make(db.session, Scope(year(), at)), "promo")["Hemat akhir tahun"]
    met = {row["customer_id"] for table in ("promo_seen", "promo_request", "installation")
           for row in rows(app, f"SELECT t.customer_id FROM {table} t JOIN promo p ON p.id = t.promo_id WHERE p.code = 'HEMAT'")} - {None}
    assert (over["reach"], over["uptake"]) == (len(met), share(2, len(met)))
    assert (got["Belum terbit"]["seen"], got["Belum terbit"]["uptake"]) == (0, None)
    audiences = {row.values[0]: row.values[1:] for row in sheet.tables[1].rows}
    assert sum(count for count, _running in audiences.values()) == len(ran)
    assert sum(running for _count, running in audiences.values()) == sum(bool(row["published"]) for row in ran)


def test_activity(demo):
    """What the trail and the replies say of each person."""
    sheet, _at = made(demo, "activity")
    staff = {row["id"] for row in rows(demo, "SELECT u.user_id AS id FROM roles_users u JOIN role r ON r.id = u.role_id WHERE r.name <> 'customer'")}
    steps = [row for row in rows(demo, "SELECT actor_id, `table`, action, at FROM step") if row["actor_id"] in staff and in_year(row["at"])]
    replies = [row for row in rows(demo, "SELECT author_id, public, at FROM reply") if row["author_id"] in staff and in_year(row["at"])]
    total = values(sheet, "person")[None]
    acts = Counter((row["table"], row["action"]) for row in steps)
    assert {key: total[key] for key in recaps.activity.ACTS} == {key: acts[act] for key, act in recaps.activity.ACTS.items()}
    assert (total["replies"], total["notes"]) == (sum(bool(row["public"]) for row in replies), sum(not row["public"] for row in replies))
    assert total["entered"] > 0 and total["replies"] > 0


@pytest.mark.parametrize("kind", [recap.kind for recap in recaps.RECAPS])
def test_a_number_opens_its_rows(manager, kind):
    """Each number leads to a list with as many rows; of many links some."""
    url = f"/admin/manager/recaps/{kind}/?first={year().first}&last={year().last}"
    page = manager.get(url).get_data(as_text=True)
    links = re.findall(r'data-key="[a-z_]+"><a href="([^"]+)">([\d.]+)</a>', page)
    assert links, page[:500]
    for address, number in random.Random(kind).sample(links, min(len(links), 12)):
        answer = manager.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200 and Page(answer).count() == int(number.replace(".", "")), address


def test_a_percentage_of_the_regulators_sheet_opens_its_rows(manager):
    """Each share leads to the rows that it divides."""
    page = manager.get(f"/admin/manager/recaps/quality/?first={year().first}&last={year().last}").get_data(as_text=True)
    rows = re.findall(r'data-key="counted"><a href="[^"]+">([\d.]+)</a>.*?data-key="share">(?:<a href="([^"]+)">)?([^<]+)<', page, re.S)
    shares = [(number, address) for number, address, share in rows if share != words.NOTHING]
    assert len(shares) > 3
    for number, address in shares:
        assert Page(manager.get(address.replace("&amp;", "&"))).count() == int(number.replace(".", ""))


@pytest.mark.parametrize("kind", [recap.kind for recap in recaps.RECAPS])
def test_the_files_say_the_same(demo, manager, kind):
    """Page, PDF, XLSX and CSV hold the same numbers to the digit."""
    scope = f"?first={year().first}&last={year().last}"
    with demo.test_request_context(headers={"Accept-Language": "id"}):
        sheet = next(one for one in recaps.RECAPS if one.kind == kind).make(db.session, Scope(year(), now()))
        headings = {word for table in sheet.tables for column in table.columns for word in str(column.label).split()}
        written = [["" if value is None and row is table.total else words.text(column.kind, value)
                    for column, value in zip(table.columns, row.values, strict=True)] for table in sheet.tables for row in (*table.rows, *([table.total] if table.total and table.rows else []))]
    plain = [row.values for table in sheet.tables for row in (*table.rows, *([table.total] if table.total and table.rows else []))]
    page = re.sub(r"\s+", "", re.sub(r"<svg.*?</svg>|<[^>]+>", "", manager.get(f"/admin/manager/recaps/{kind}/{scope}").get_data(as_text=True), flags=re.S))
    data = manager.get(f"/admin/manager/recaps/{kind}/pdf/{scope}").data
    paper, whole = text_of(data), "".join(one.extract_text() for one in PdfReader(io.BytesIO(data)).pages)
    assert not [word for word in headings if word not in whole]
    for row in written:
        squeezed = re.sub(r"\s+", "", "".join(row))
        assert squeezed in page.replace("&#39;", "'"), row
        assert squeezed in paper, row
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"/admin/manager/recaps/{kind}/xlsx/{scope}").data))
    cells = [tuple(cell.date() if isinstance(cell, datetime) else cell for cell in row) for name in book.sheetnames[1:]
             for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert [tuple(value if value != "" else None for value in row) for row in plain] == cells
    assert all(book[name].freeze_panes == "B2" and book[name].column_dimensions["A"].width >= 10 for name in book.sheetnames[1:])
    lines = list(csv.reader(io.StringIO(manager.get(f"/admin/manager/recaps/{kind}/csv/{scope}").get_data(as_text=True).lstrip("\ufeff"))))
    for row in plain:
        assert ["" if value is None else str(value) for value in row] in lines


def text_of(data):
    """Return all that a PDF of ours says, without spaces."""
    assert data.startswith(b"%PDF-")
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages))


NAMES = "Nguyễn Thị Ánh Đà Nẵng", "Łódź Żółć Grażyna", "Αθήνα Ελλάδα Ώρα", "Дніпро Київ", "İstanbul Ğ", "“d’Arc” – €"


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_is_in_the_pdf(app, browser, name):
    """Names in the letters of other languages are written, not replaced, plain and bold; the fonts travel with the paper."""
    with app.app_context():
        one(Branch, code="JKT").name = name
        number = one(Branch, code="JKT").id
        db.session.commit()
    paper = browser("manager").get(f"/admin/manager/recaps/complaints/pdf/?branch={number}").data
    assert name.replace(" ", "") in text_of(paper)
    fonts = {font["/BaseFont"]: font for page in PdfReader(io.BytesIO(paper)).pages for font in page["/Resources"]["/Font"].values()}
    assert any("FontFile2" in str(font["/FontDescriptor"].get_object()) for family, font in fonts.items() if "DejaVu" in family)


@pytest.mark.parametrize("name", ["😀 Toko", "a\x07b", "漢字 <b>&amp;", "\ufffe\ud7ff", ""])
def test_no_letter_breaks_the_pdf(app, browser, name):
    """What the font has not, and what is no letter at all, still gives a paper that can be read."""
    with app.app_context():
        one(Branch, code="JKT").name = name
        number = one(Branch, code="JKT").id
        db.session.commit()
    paper = text_of(browser("manager").get(f"/admin/manager/recaps/complaints/pdf/?branch={number}").data)
    assert "Rekapitulasikeluhan" in paper and name.partition(" ")[2].replace(" ", "") in paper


def test_a_table_that_is_too_wide(app):
    """Words that have no room beside each other share the width: no column leaves the paper."""
    columns = tuple(Column(f"c{number}", f"Kolom{number}", Kind.TEXT) for number in range(12))
    table = Table("wide", "Lebar", columns, (Row(("x" * 30,) * 12),))
    with app.test_request_context():
        paper = PdfReader(io.BytesIO(pdf.make(Sheet("wide", "Lebar", Scope(year(), now()), (table,)), Letterhead("PT", "1", "Jl. 1", "x"))))
    starts = {}
    for page in paper.pages:
        page.extract_text(visitor_text=lambda text, _cm, tm, _font, _size, page=page: starts.update({text.strip(): tm[4] / float(page.mediabox.width)}))
    places = [place for text, place in starts.items() if text.startswith("Kol")]
    assert places == sorted(places) and len(places) == 12 and max(places) < 0.95


def test_papers_made_at_the_same_time(app):
    """Each of several threads gets the whole paper, the same to the byte."""
    table = Table("names", "Nama", (Column("name", "Nama", Kind.TEXT), Column("count", "Jumlah")), tuple(Row((name, 1)) for name in NAMES))
    sheet = Sheet("names", "Nama", Scope(year(), now()), (table,))

    def paper(_number):
        with app.test_request_context():
            return pdf.make(sheet, Letterhead("Łódź", "1", "Αθήνα", "Київ"))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as pool:
            assert len(set(pool.map(paper, range(30)))) == 1
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize(("first", "last", "begin", "end"), [
    ("2026-11-01", "2026-11-30", "2026-10-02", "2026-10-31"), ("2026-11-02", "2026-12-01", "2026-10-03", "2026-11-01"), ("2026-03-01", "2026-03-01", "2026-02-28", "2026-02-28"),
])
def test_the_time_before(first, last, begin, end):
    """What the last days are compared with are as many days, also where the last days are a whole month."""
    assert period.between(first, last, ZONE).before().days == f"{begin}..{end}"


BAD = [("first=2026-02-30&last=2026-03-01", "first"), ("first=2026-03-02&last=2026-03-01", "last"), ("first=2016-01-01&last=2025-12-31", "last"),
       ("month=2026-13", "first"), ("quarter=2026-Q5", "first"), ("first=x", "first"), ("first=2026-01-01", "last"),
       ("first=9999-01-01&last=9999-12-31", "first"), ("branch=999999", "branch"), ("branch=x%27", "branch"), ("category=-1", "category")]


@pytest.mark.parametrize(("asked", "field"), BAD)
@pytest.mark.parametrize("where", ["", "pdf/", "xlsx/", "csv/"])
def test_bad_scopes(browser, asked, field, where):
    """A period or a place that cannot be is said beside its field, also where a file was asked for."""
    answer = browser("manager").get(f"/admin/manager/recaps/complaints/{where}?{asked}")
    assert answer.status_code == 422
    around = answer.get_data(as_text=True).partition(f'name="{field}"')[2][:3000]
    assert "invalid-feedback" in around and Page(answer).all("article", id="recap") == []


@pytest.mark.parametrize("kind", [recap.kind for recap in recaps.RECAPS])
def test_an_empty_period(manager, kind):
    """Where there is nothing, page and files say so, and no share is 0 %."""
    nothing = "Tidak ada apa-apa dalam periode ini."
    for days in ("first=2001-01-01&last=2001-01-31", "month=2099-01"):
        answers = {form: manager.get(f"/admin/manager/recaps/{kind}/{form}?{days}") for form in ("", "pdf/", "xlsx/", "csv/")}
        assert {answer.status_code for answer in answers.values()} == {200}
        said, paper, lines = answers[""].get_data(as_text=True), text_of(answers["pdf/"].data), answers["csv/"].get_data(as_text=True)
        book = openpyxl.load_workbook(io.BytesIO(answers["xlsx/"].data))
        first = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
        if kind not in ("quality", "technicians"):  # these have rows of today, or of standards
            assert 'id="nothing"' in said and nothing in first and nothing in lines.splitlines() and nothing.replace(" ", "") in paper
        assert not re.search(r">0[.,]0 %<", said) and "0,0%" not in re.sub(r"\d0,0%", "", paper)
        assert not [1 for page in book.worksheets[1:] for row in page.iter_rows(min_row=2) for cell in row if cell.number_format == "0.0" and cell.value is not None]


def test_who_may(browser):
    """A recap is for those who may export its tables: managers all, support all but the activity, the others none."""
    assert len(re.findall(r'/recaps/[a-z]+/"', browser("manager").get("/admin/manager/recaps/").get_data(as_text=True))) == len(recaps.RECAPS)
    assert browser("support").get("/admin/support/recaps/complaints/").status_code == 200
    for address in ("activity/", "activity/pdf/", "nothing/", "complaints/exe/"):
        assert browser("support").get(f"/admin/support/recaps/{address}").status_code == 404
    assert browser("technician").get("/admin/technician/recaps/").status_code == 404
    assert browser("support").get("/admin/manager/recaps/complaints/").status_code == 403


def test_kept_figures_stay(app, browser):
    """Kept figures stay when rows change, the difference is shown, and a change behind our back too."""
    person = browser("manager")
    month = f"{now().astimezone(ZONE):%Y-%m}"
    answer = person.send("/admin/manager/recaps/complaints/keep/", {"month": month})
    assert answer.status_code == 302
    before = person.get(answer.location).get_data(as_text=True)
    assert "changed" not in before.partition('id="changes"')[2].partition("</section>")[0]
    with app.app_context():
        row = db.session.query(Complaint).filter(Complaint.opened_at >= now() - timedelta(days=20)).first() or db.session.query(Complaint).first()
        row.opened_at = now() - timedelta(days=400) if f"{row.opened_at.astimezone(ZONE):%Y-%m}" == month else now()
        db.session.commit()
    after = person.get(answer.location).get_data(as_text=True)
    assert 'class="changed"' in after and after.partition('id="recap"')[2].partition("<footer")[0].count("<tr") == before.partition('id="recap"')[2].count("<tr")
    assert "alert-danger" not in after
    with app.app_context():
        kept = db.session.query(Recap.id).order_by(Recap.id.desc()).first()
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE recap SET sha256 = :other WHERE id = :id"), {"other": "f" * 64, "id": kept.id})
    assert "alert-danger" in person.get(answer.location).get_data(as_text=True)
    assert person.post("/admin/manager/recaps/complaints/keep/", data={"month": month}).status_code == 400


@pytest.mark.parametrize(("rights", "given", "status"), [
    (None, {"first": "2026-02-01", "last": "2026-01-01"}, 422), (None, {"month": "2026-13"}, 422), (policy.Right.READ | policy.Right.EXPORT, {"month": "2026-01"}, 403),
])
def test_figures_that_are_not_kept(app, browser, monkeypatch, rights, given, status):
    """Of days that are none, which are said at their field with what was typed; or by a role that the policy lets read alone."""
    if rights:
        monkeypatch.setitem(policy.POLICY[Recap], RoleName.MANAGER, policy.Grant(rights))
    answer = browser("manager").send("/admin/manager/recaps/complaints/keep/", given)
    assert answer.status_code == status and (status == 403 or "is-invalid" in answer.text)
    with app.app_context():
        assert db.session.query(Recap).count() == 1  # that of the little company


def test_a_column_that_came_later_is_no_difference(app):
    """What a report could not say then, it does not say otherwise now; a table that was empty then has new rows."""
    with app.test_request_context():
        sheet = recaps.complaints.make(db.session, Scope(year(), now()))
        kept = freezing.freeze(sheet, FrozenBecause.KEPT, now())
        for table in kept.figures["tables"]:
            if table["key"] == "branch":
                for line in (table["columns"], *table["rows"], table["total"]):
                    del line[-1]
        assert freezing.differences(freezing.thaw(kept, sheet.scope), sheet) == []
        kept.figures["tables"] = [table for table in kept.figures["tables"] if table["key"] != "branch"]
        assert {table for table, *_rest in freezing.differences(freezing.thaw(kept, sheet.scope), sheet)} == {str(sheet.tables[1].title)}


def test_a_standard_that_changed_is_a_difference(app):
    """Also where only its goal did, so that the verdict is another one: words count as well as numbers."""
    with app.test_request_context():
        scope = Scope(year(), now())
        kept = freezing.freeze(recaps.quality.make(db.session, scope), FrozenBecause.KEPT, now())
        for standard in db.session.query(ServiceStandard):
            standard.goal_percent -= 1
        found = freezing.differences(freezing.thaw(kept, scope), recaps.quality.make(db.session, scope))
        db.session.rollback()
    assert [(column, before, after) for _table, _row, column, _kind, before, after in found] == [("Sasaran", "paling sedikit 90 %", "paling sedikit 89 %")]


def test_two_of_one_name_are_two_rows(app):
    """What became different for the first of them is not lost behind the second."""
    columns = (Column("name", "Name", Kind.TEXT), Column("held", "Held", Kind.COUNT))
    then, today = (Sheet("x", "X", Scope(year(), now()), (Table("t", "T", columns, tuple(Row(("Sari", number)) for number in held)),), (), ())
                   for held in ((8, 3), (9, 3)))
    assert [(row, before, after) for _table, row, _column, _kind, before, after in freezing.differences(then, today)] == [("Sari", 8, 9)]


def test_support_reads_no_activity_that_was_kept(app, browser):
    """The kept recap of the staff's activity is the managers' alone."""
    answer = browser("manager").send("/admin/manager/recaps/activity/keep/", {"month": "2026-01"})
    number = answer.location.partition("id=")[2]
    assert browser("manager").get(answer.location).status_code == 200
    assert browser("support").get(f"/admin/support/recap/details/?id={number}").status_code == 404
    assert browser("support").send("/admin/support/recaps/activity/keep/", {"month": "2026-01"}).status_code == 404


def test_written_exactly(app):
    """Figures are written to the digit, and what is not there is no zero."""
    with app.test_request_context(headers={"Accept-Language": "id"}):
        assert words.text(Kind.RUPIAH, 1234567) == "Rp\xa01.234.567"
        assert words.text(Kind.PERCENT, 99.5) == "99,5 %"
        assert words.text(Kind.PERCENT, None) == words.NOTHING
        assert words.text(Kind.RATING, 4.0) == "4,00"


@pytest.mark.parametrize("count", [1, 2, 13, 37, 366])
def test_words_under_a_line_stand_apart(app, count):
    """However many months there are, no name of one lies on that of the next."""
    labels = tuple(f"Nov {1900 + number}" for number in range(count))
    chart = Chart("time", "Menurut bulan", Drawn.LINES, labels, (Series("x", (1.0,) * count),))
    with app.test_request_context():
        places = [word.x for word in charts.picture(chart).words if word.text.startswith("Nov")]
    assert places and all(b - a > charts.LETTER * len(labels[0]) for a, b in zip(places, places[1:]))


@pytest.mark.parametrize("drawn", list(Drawn))
@pytest.mark.parametrize("sheet", [charts.WIDE, charts.NARROW])
def test_a_chart_stays_on_its_sheet(app, drawn, sheet):
    """With long names, many series and large numbers nothing leaves the sheet, and no word of the legend lies on a bar."""
    series = tuple(Series(f"Menunggu pelanggan {number}", (9_999.0, 5.0)) for number in range(4))
    labels = ("1 Nov", "30 Nov") if drawn is Drawn.LINES else ("Jakarta Pantai Indah Kapuk, Penjaringan Utara", "Medan")
    with app.test_request_context(headers={"Accept-Language": "id"}):
        made = charts.picture(Chart("x", "X", drawn, labels, series), sheet)
    assert made.bars or made.lines
    assert all(0 <= bar.x and bar.x + bar.width <= made.width and bar.y + bar.height <= made.height for bar in made.bars)
    assert all(0 <= x <= made.width and 0 <= y <= made.height for line in made.lines for x, y in line.points)
    letters = 6.2  # of 11.5 pixels, on average
    for word in made.words:
        wide = letters * len(word.text)
        left = word.x - {"start": 0, "middle": wide / 2, "end": wide}[word.anchor]
        assert -16 <= left and left + wide <= made.width + 16, word
    assert all(x + 16 + letters * len(name) <= made.width for x, _y, _number, name in made.legend)
    lowest = max(y + 11 for _x, y, _number, _name in made.legend)
    assert lowest <= min([bar.y for bar in made.bars] + [y for line in made.lines for _x, y in line.points])


def test_kept_figures_in_another_language(app, browser):
    """Kept in Indonesian and read in English the figures are the same: words of another language are no difference."""
    person = browser("manager")
    kept = person.send("/admin/manager/recaps/complaints/keep/", {"first": f"{year().first}", "last": f"{year().last}"}).location
    assert "<td>" not in person.get(kept).get_data(as_text=True).partition('id="changes"')[2].partition("</section>")[0]
    with app.app_context():
        db.session.query(User).filter_by(email=email("manager")).one().language = Language.ENGLISH
        db.session.commit()
    english = person.get(kept).get_data(as_text=True)
    assert "What is different now" in english
    assert "<td>" not in english.partition('id="changes"')[2].partition("</section>")[0]


def test_outages_add_up(demo):
    """Outages, those affected and the median agree with plain SQL; complaints within outages and apart from them are all complaints."""
    sheet, _at = made(demo, "outages")
    total, share = values(sheet, "branch")[None], values(sheet, "share")
    with demo.app_context(), db.engine.connect() as connection:
        rows = connection.execute(text("SELECT status, affected, started_at, restored_at FROM outage WHERE status <> 'cancelled'")).all()
        within = connection.execute(text("SELECT count(*) FROM complaint WHERE outage_id IS NOT NULL")).scalar()
    moment = lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value  # noqa: E731
    minutes = sorted(int(moment(row.restored_at).timestamp()) - int(moment(row.started_at).timestamp()) for row in rows if row.restored_at)
    assert total["outages"] == len(rows) > 1 and total["affected"] == sum(row.affected for row in rows)
    assert total["running"] == sum(row.status == "open" for row in rows) and total["complaints"] == within
    assert total["median"] == minutes[ceil(len(minutes) / 2) - 1] // 60
    complaints, _at = made(demo, "complaints")
    assert share[None]["entered"] == values(complaints, "category")[None]["entered"] == sum(row["entered"] for name, row in share.items() if name)


def test_promises_add_up(demo):
    """Visits, promises kept and visits in vain of each technician agree with plain SQL, repeats with the rows in their order."""
    with demo.app_context(), db.engine.begin() as connection:  # one that is a repeat beyond doubt
        first, second = connection.execute(text("SELECT id, complaint_id FROM visit WHERE status = 'done' AND complaint_id IS NOT NULL AND window_until < :past ORDER BY id DESC LIMIT 2"),
                                           {"past": (now() - timedelta(days=2)).replace(tzinfo=None).isoformat(" ")}).all()
        connection.execute(text("UPDATE visit SET complaint_id = :same WHERE id = :id"), {"same": second.complaint_id, "id": first.id})
    sheet, at = made(demo, "visits")
    found, branches = values(sheet, "technician"), values(sheet, "branch")
    with demo.app_context(), db.engine.connect() as connection:
        rows = connection.execute(text("SELECT v.*, u.name FROM visit v JOIN `user` u ON u.id = v.technician_id WHERE v.status <> 'cancelled' ORDER BY v.id")).all()
    moment = lambda value: (datetime.fromisoformat(value) if isinstance(value, str) else value).replace(tzinfo=UTC)  # noqa: E731
    seen, wanted = set(), {}
    for row in rows:
        things, again = (row.complaint_id, row.installation_id), (row.complaint_id, row.installation_id) in seen
        seen.add(things)
        begin, end = moment(row.window_from), moment(row.window_until)
        if end > at or not year().first <= begin.astimezone(ZONE).date() <= year().last:
            continue
        came = row.started_at is not None and begin <= moment(row.started_at) <= end
        for name in (row.name, None):
            counts = wanted.setdefault(name, dict.fromkeys(("visits", "kept", "broken", "done", "in_vain", "repeats"), 0))
            for key, counted in zip(counts, (True, came, not came, row.status == "done", row.status == "failed", again), strict=True):
                counts[key] += counted
    assert {name: {key: one[key] for key in wanted[None]} for name, one in found.items()} == wanted
    assert {key: branches[None][key] for key in wanted[None]} == wanted[None] and 0 < wanted[None]["kept"] < wanted[None]["visits"] and wanted[None]["repeats"]
