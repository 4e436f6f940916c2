"""Search finds what people type, the exact first, within the reader's scope, on both databases, by the index and without it."""

import random
import re

import pytest
from sqlalchemy import event, select

from ecrm import fulltext, search
from ecrm.extensions import db
from ecrm.models import Complaint, ComplaintCategory, Customer, User
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.rules.complaint import enter
from ecrm.search import words
from tests.staff import Page
from tests.world import email, one

COLUMNS = {Complaint: ("number", "subject", "description"), Customer: ("number", "name", "phone", "email")}
JOB, HERS, BILL = "Lampu LOS merah", "Internet putus-putus", "Tagihan ganda"  # Budi's, Siti's, Budi's


@pytest.fixture(params=["few rows", "index"])
def size(request, monkeypatch):
    """As in a small company, whose rows are all looked at, and as in a large one, where words come from the index."""
    if request.param == "index":
        monkeypatch.setattr(words, "SAMPLE", 1)
        monkeypatch.setattr(words, "COMMON", 2)


def found(app, text, model=Complaint, person="support"):
    """Return the subjects or names that somebody finds, in the order of exactness."""
    role = RoleName("technician") if person.startswith("technician") else RoleName(person)
    with app.app_context():
        user = one(User, email=email(person))
        hit = search.find(db.session(), model, text, COLUMNS[model], role, user)
        query = search.policy.visible(model, role, user).where(hit.condition)
        rows = db.session.scalars(query.order_by(*([] if hit.rank is None else [hit.rank]), model.id)).all()
        return [row.subject if model is Complaint else row.name for row in rows]


@pytest.mark.parametrize(("text", "subjects"), [
    ("merah los", [JOB]), ("LAMPU", [JOB]), ("lam", [JOB]), ("putus putus", [HERS]), ("sejak pagi", [JOB, HERS, BILL]),
    ("budi", [JOB, BILL]), ("Santoso Budi", [JOB, BILL]), ("budi tagihan", [BILL]), ("tagihan budi", [BILL]), ("siti tagihan", []),
    ("anto", [JOB, BILL]), ("0812 0000 002", [HERS]), ("+628120000002", [HERS]), ("62-812-0000-002", [HERS]), ("08120000002", [HERS]),
    ("0812", [JOB, HERS, BILL]), ("00002", [HERS]), ("PLG-000002", [HERS]), ("plg 2", [HERS]), ("customer2@test.example", [HERS]),
    ("zzzz", []), ("", []), ("***", []), ("  merah  ", [JOB]),
])
def test_complaints_are_found(app, size, text, subjects):
    """By words in any order and case, parts of a name, and any way to write a telephone number or the customer's number."""
    if text == "00002":  # digits that are a number of none: part of a telephone number
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(Complaint.__table__.update().where(Complaint.number.endswith("-000002")).values(number="KL-202001-000009"))
    assert sorted(found(app, text)) == sorted(subjects)


def test_a_ticket_number_in_any_form(app, size):
    """With or without the letters, the month and the zeros."""
    with app.app_context():
        number = one(Complaint, subject=HERS).number
    month, count = number.split("-")[1:]
    for text in (number, number.lower(), f"{month}-{count}", f"kl {month} {count}", f"KL{month}{count}", count, str(int(count)), f" {number} "):
        assert found(app, text) == [HERS], text
    assert set(found(app, f"KL-{month[:4]}")) == {JOB, HERS, BILL}


def test_customers_are_found(app, size):
    """By number, telephone, address of mail and any part of the name."""
    for text in ("PLG-000002", "plg2", "000002", "0812-0000-002", "siti", "AMINAH Siti", "mina", "customer2@"):
        assert found(app, text, Customer) == ["Siti Aminah"], text


def test_a_customer_is_found_by_a_number_of_letters(app, size):
    """Who kept the customers before may have numbered them by the names of their routers' accounts."""
    with app.app_context():
        one(Customer, number="PLG-000002").number = "SITIRUMAH"
        db.session.commit()
    assert found(app, "sitirumah", Customer) == ["Siti Aminah"]


def test_the_exact_match_comes_first(app, size):
    """What is just what was typed, then what begins with it, then the rest."""
    with app.app_context():
        for subject in ("Soal modem", "Modem", "Modem panas"):
            enter(db.session, Complaint(customer=one(Customer, number="PLG-000003"), category=one(ComplaintCategory, code="BILL"), subject=subject,
                                        description="x"), now())
        db.session.commit()
    assert found(app, "modem") == ["Modem", "Modem panas", "Soal modem"]


def test_the_scope_of_the_role_holds(app, size):
    """A technician finds own jobs alone, by whatever word; the list says the same."""
    assert found(app, "putus", person="technician") == [] and found(app, "putus", person="technician2") == [HERS]
    assert found(app, "siti", person="technician") == [] and found(app, "0812", person="technician") == [JOB]
    assert found(app, "siti", Customer, "technician") == [] and found(app, "siti", Customer, "sales") == []
    page = Page(app.test_client().become("technician").get("/admin/technician/complaint/?view=all&search=0812"))
    assert page.count() == 1


def test_the_box_in_the_head_leads_to_what_was_meant(app):
    """A number opens its row; a name leads to the customers, words of a complaint to the complaints."""
    with app.app_context():
        complaint, customer = one(Complaint, subject=HERS), one(Customer, number="PLG-000002")
        number, rows = complaint.number, {"complaint": complaint.id, "customer": customer.id}
    support = app.test_client().become("support")
    for text, wanted in ((number, "complaint"), (number[3:], "complaint"), (number.lower(), "complaint"), ("plg-000002", "customer"), ("PLG2", "customer")):
        answer = support.get("/admin/support/find", query_string={"q": text})
        assert answer.location.endswith(f"/{wanted}/details/?id={rows[wanted]}"), text
    for text, wanted in (("siti", "customer"), ("merah", "complaint"), ("zzz", "customer"), ("08120000002", "customer"), ("2", "customer")):
        assert f"/{wanted}/?search=" in support.get("/admin/support/find", query_string={"q": text}).location, text


@pytest.mark.parametrize("text", [
    '"', "'", "+", "-", "*", "@", "(", ")", "~", "<", ">", "%", "_", "\\", "a*", "+a -b", '"los merah', "los AND", "NEAR(a b)", "los OR", "NOT los",
    "los^2", "subject:los", "los\\", "[los", "(?i)", "\\b", "los)", "los; DROP TABLE complaint", "日本語", "ñandú", "\u202e", "a" * 500, "di " * 50,
    "0", "00", "+", "+62", "--", "KL-", "KL-999999-999999", "1" * 25, "١٢٣٤", "🙂",
])
def test_nothing_that_is_typed_breaks(app, request, size, text):
    """Operators and quotes of either database are letters like others, in each of the lists that look for words, in turn, and on the front page."""
    support = app.test_client().become("support")
    table = random.Random(request.node.name).choice(("customer", "complaint", "reply"))
    assert support.get(f"/admin/support/{table}/", query_string={"search": text, "view": "all"}).status_code == 200, table
    assert support.get("/admin/support/find", query_string={"q": text}).status_code == 302


def test_the_index_follows_every_change(app):
    """What is entered, changed and deleted is found as it stands now."""
    def ids_of(word):
        with app.app_context():
            return fulltext.ids(db.session(), "customer", [word], 10)

    with app.app_context():
        row = one(Customer, number="PLG-000003")
        number, row.name = row.id, "Zainal Wijaya"
        db.session.commit()
    assert ids_of("zainal") == [number] and ids_of("agus") == []
    with app.app_context():
        other = Customer(number="PLG-9", name="Zainal Lain", phone="+628", address="x", branch_id=1, since=now().date())
        db.session.add(other)
        db.session.commit()
        added = other.id
    assert ids_of("zainal") == [added, number]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(Customer.__table__.delete().where(Customer.id == added))
    assert ids_of("zainal") == [number]


@pytest.mark.parametrize("common", [False, True], ids=("names that no complaint has", "one of them a word of many complaints"))
def test_a_full_name_is_found_by_its_bearers(app, monkeypatch, common):
    """Where many bear each of the names, those who bear all of them are found, and no complaint is read for its words."""
    monkeypatch.setattr(words, "SAMPLE", 2)
    monkeypatch.setattr(words, "COMMON", 1)
    monkeypatch.setattr(words, "MOST_PEOPLE", 1)
    with app.app_context():
        user, first = one(User, email=email("support")), one(Customer, number="PLG-000001")
        first.name = f"{first.name.split()[0]} Sejak" if common else first.name
        names = first.name.split()
        for number, name in enumerate((f"{names[0]} Lain", f"{names[-1]} Lain")):
            db.session.add(Customer(number=f"PLG-9{number:05}", name=name, phone=f"+62811111111{number}", address="x", branch=first.branch,
                                    since=first.since, status=first.status))
        db.session.commit()
        hit = search.find(db.session(), Complaint, f"{names[-1]} {names[0]}", COLUMNS[Complaint], RoleName.SUPPORT, user)
        found = db.session.scalars(select(Complaint).where(hit.condition)).all()
        assert found and {row.customer_id for row in found} == {first.id} and hit.most is None


def test_a_telephone_is_looked_up(app):
    """A whole number is found by its index; only a part of one is looked for inside of all."""
    statements = []
    with app.app_context():
        note = lambda _c, _cur, statement, *_rest: statements.append(statement)  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        user = one(User, email=email("support"))
        number = one(Customer, number="PLG-000001").phone
        for text, inside in ((f"0{number[3:]}", False), (number[5:10], True)):
            statements.clear()
            hit = search.find(db.session(), Complaint, text, COLUMNS[Complaint], RoleName.SUPPORT, user)
            assert db.session.scalars(select(Complaint.id).where(hit.condition)).all(), text
            assert any(re.search(r"phone LIKE \(?(concat\()?'%", statement) for statement in statements) is inside, (text, statements)
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_common_word_is_not_read_to_its_end(app, monkeypatch):
    """Where the newest rows are full of a word, rows are looked at until a page is full, and few are counted."""
    monkeypatch.setattr(words, "SAMPLE", 2)
    monkeypatch.setattr(words, "COMMON", 1)
    with app.app_context():
        user = one(User, email=email("support"))
        hit = search.find(db.session(), Complaint, "sejak", COLUMNS[Complaint], RoleName.SUPPORT, user)
        assert hit.most == words.LEAST_COUNTED and hit.rank is None and hit.least == 2
        assert len(db.session.scalars(select(Complaint.id).where(hit.condition)).all()) == 3


@pytest.mark.parametrize(("role", "more", "counted"), [("support", "view=all", False), ("manager", "", False), ("support", "flt0_status=unsolved", True), ("technician", "view=all", True)])
def test_what_is_known_to_be_too_many_is_not_counted(app, browser, monkeypatch, role, more, counted):
    """The newest rows told it already; with a filter, or for who sees a part of the rows, they tell nothing."""
    monkeypatch.setattr(words, "SAMPLE", 3)
    monkeypatch.setattr(words, "COMMON", 1)
    monkeypatch.setattr(words, "_round", lambda _count: 1)
    with app.app_context():
        engine = db.engine
        for row in db.session.scalars(select(Complaint)):
            row.technician = one(User, email=email("technician"))
        db.session.commit()
    for site in app.extensions["admin"]:
        if screen := site.screen(Complaint):
            monkeypatch.setattr(screen, "get_safe_page_size", lambda _size: 1)
    statements = []
    event.listen(engine, "before_cursor_execute", note := lambda _c, _cur, statement, *_rest: statements.append(statement))
    try:
        page = browser(role).get(f"/admin/{role}/complaint/?search=sejak&{more}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert "lebih dari 1 baris" in page.text
    assert any(words.startswith("SELECT count(*) AS count_1 \nFROM (SELECT complaint.id") and "REGEXP" in words for words in statements) is counted
