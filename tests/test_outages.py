"""Outages: offered when many of an area complain, told of in one place, restored with one letter each; also half-way, twice and by mistake."""

import re
import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from ecrm.extensions import db
from ecrm.jobs import Hand, escalate, tell_of_outages
from ecrm.models import Complaint, ComplaintCategory, CoverageArea, Customer, Escalation, Letter, Outage, OutageFollower, Reply, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.rules import move, outage
from ecrm.rules.complaint import answer, enter
from tests.portal import typed
from tests.staff import Page
from tests.world import email, one

HAND = Hand("test")
HOME = "/admin/support/"
MANY = 40


@pytest.fixture
def complain(app):
    """Return a function that lets customers of Kapuk Muara report a disturbance, some minutes ago, and returns the ids."""
    def enter_all(*numbers, category="DOWN", minutes=20):
        with app.app_context():
            rows = [enter(db.session, Complaint(
                customer=one(Customer, number=f"PLG-{number:06d}"), category=one(ComplaintCategory, code=category), subject=f"Mati {number}",
                description="Tidak ada internet."), now() - timedelta(minutes=minutes)) for number in numbers]
            db.session.commit()
            return [row.id for row in rows]
    return enter_all


def declared(app, **more):
    """Declare an outage of Kapuk Muara by the rule, and return its id."""
    with app.app_context():
        area = one(CoverageArea, name="Kapuk Muara")
        row = outage.declare(db.session(), Outage(branch=area.branch, area=area, message="Kabel utama putus.", started_at=now() - timedelta(minutes=30), **more),
                             now(), one(User, email=email("support")))
        db.session.commit()
        return row.id


def told(app, stop_after=None):
    """Let the worker tell what is new, and return on how many rows it acted."""
    asked = []
    hand = HAND if stop_after is None else Hand("test", lambda: asked.append(1) or len(asked) > stop_after)
    with app.app_context():
        return tell_of_outages(db.session(), now(), hand)


def letters(app, template):
    """Return the addresses and the words of the letters of a template."""
    with app.app_context():
        return [(row.to_email, row.data["reason"]) for row in db.session.query(Letter).filter_by(template=template).order_by(Letter.id)]


def act(browser, row, verb, **facts):
    """Let support carry out a verb of an outage."""
    return browser("support").send(f"/admin/support/outage/move/?id={row}&verb={verb}", facts)


def states(app, ids):
    """Return (status, number of the outage) of complaints."""
    with app.app_context():
        return [(row.status.value, row.outage.number if row.outage else None) for row in map(lambda number: db.session.get(Complaint, number), ids)]


def test_offered(app, browser, complain):
    """Two customers are no outage, nor is one who complains thrice, nor bills, nor what is old; three within the hour are."""
    complain(1, 2, 1)
    complain(3, category="BILL")
    complain(3, minutes=90)
    support = browser("support")
    assert "data-area=" not in support.get(HOME).text and "suspicious" not in support.get(HOME).text
    number, = complain(3)
    home = support.get(HOME).text
    form = re.search(r'href="([^"]+outage/new/[^"]+)"', home)[1].replace("&amp;", "&")
    assert home.count("data-area=") == 1 and "4 keluhan" in home
    listed = Page(support.get(re.search(r'href="([^"]+flt[^"]*suspicious=1)"', home)[1].replace("&amp;", "&")))
    assert listed.count() == 4
    assert form in support.get(f"/admin/support/complaint/details/?id={number}").text.replace("&amp;", "&")
    shown = Page(support.get(form))
    assert [own for own in shown.all("input", name="started_at") if own["value"]]
    for role in ("technician", "manager"):
        assert "data-area=" not in browser(role).get(f"/admin/{role}/").text
    with app.app_context():
        area = one(CoverageArea, name="Kapuk Muara")
        typed_in = {"branch": area.branch_id, "area": area.id, "message": "Kabel <b>putus</b>", "started_at": shown.all("input", name="started_at")[0]["value"]}
    answer = support.send(form, typed_in)
    assert answer.status_code == 302
    home = support.get(HOME).text
    assert "data-area=" not in home and "outage/?flt" in home
    page = support.get(answer.location).text
    assert "Kabel &lt;b&gt;putus" in page and page.count('class="row-link"') >= 4


LARGE = [  # what SQLite knows of its indexes where 20,000 customers entered 100,000 complaints
    ("customer", "ix_customer_area_id", "20000 646"), ("customer", "ix_customer_branch_id_status", "20000 5000 1250"),
    ("complaint", "ix_complaint_customer_id_opened_at", "100000 6 1"), ("complaint", "ix_complaint_opened_at_id", "100000 1 1"),
    ("complaint", "ix_complaint_branch_id_status_opened_at", "100000 25000 3704 1"), ("complaint", "ix_complaint_category_id_opened_at", "100000 10000 1"),
    ("complaint", "ix_complaint_outage_id_status_outage_told", "100000 14286 5556 5556"), ("complaint_category", "sqlite_autoindex_complaint_category_1", "10 1"),
    ("complaint", "ix_complaint_queue", "100000 14286 603 1 1 1 1 1 1 1 1 1"),
]


@pytest.mark.parametrize("company", ["sqlite"], indirect=True)
def test_a_suspicion_begins_with_the_complaints_of_the_hour(app):
    """However many customers an area has: each page of support asks. The statistics are those of a company with 20,000 of them."""
    statements = []
    with app.app_context():
        connection = db.session.connection()
        connection.exec_driver_sql("ANALYZE")
        connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", LARGE)
        connection.exec_driver_sql("ANALYZE sqlite_schema")  # read what was written
        event.listen(db.engine, "before_cursor_execute", note := lambda _c, _cur, statement, values, *_rest: statements.append((statement, values)))
        outage.suspicions(db.session(), now(), 3, 60)
        event.remove(db.engine, "before_cursor_execute", note)
        statement, values = statements[-1]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert plan[0].startswith("SEARCH complaint USING INDEX"), plan


def test_refused(app, browser):
    """Another branch's area, a beginning to come, an estimate of the past, no text, the same place twice: said at the field, the rest kept."""
    declared(app)
    with app.app_context():
        kapuk, nagoya = one(CoverageArea, name="Kapuk Muara"), one(CoverageArea, name="Nagoya")
        fine = {"branch": kapuk.branch_id, "area": "__None", "message": "Uji", "started_at": "2026-01-01T10:00"}
        local = {name: f"{now().astimezone() + timedelta(days=days):%Y-%m-%dT%H:%M}" for name, days in (("soon", 1), ("ago", -1), ("before", -2))}
        fine["started_at"] = local["ago"]
        cases = [("area", {"area": nagoya.id}), ("area", {"area": kapuk.id}), ("started_at", {"started_at": local["soon"]}), ("message", {"message": " "}),
                 ("expected_at", {"expected_at": local["ago"]}), ("expected_at", {"started_at": local["before"], "expected_at": local["ago"]}), ("started_at", {"started_at": "kemarin"}), ("expected_at", {"expected_at": "20266-01-01T10:00"}),
                 ("message", {"message": "x" * 501})]
    for field, wrong in cases:
        answer = browser("support").send("/admin/support/outage/new/", fine | wrong)
        assert answer.status_code in (200, 422) and f'id="{field}-error"' in answer.text, (field, wrong, answer.status_code)
    with app.app_context():
        assert db.session.query(Outage).filter_by(message="Uji").count() == 0
    assert browser("support").send("/admin/support/outage/new/", fine).status_code == 302


def test_its_life(app, browser):
    """Linked, answered once each, told of a new estimate, restored with one letter each; a stop half-way goes on, nobody is told twice."""
    with app.app_context():
        ids = [enter(db.session, Complaint(customer=one(Customer, number=f"PLG-{number:06d}"), category=one(ComplaintCategory, code="DOWN"),
                                           subject=f"Mati {number}", description="Mati."), now() - timedelta(minutes=20)).id for number in (1, 2, 3)]
        db.session.commit()
    row = declared(app)
    with app.app_context():
        number = db.session.get(Outage, row).number
        assert db.session.get(Outage, row).affected == 3
    assert states(app, ids) == [("new", number)] * 3
    assert told(app, stop_after=1) < 3 and told(app) > 0 and told(app) == 0
    assert sorted(letters(app, "complaint_outage_customer")) == sorted((address, "Kabel utama putus.") for address in (email("customer"), email("customer2"), "agus@test.example"))
    with app.app_context():
        late = enter(db.session, Complaint(customer=one(Customer, number="PLG-000002"), category=one(ComplaintCategory, code="DOWN"), subject="Masih mati", description="Mati."), now())
        bill = enter(db.session, Complaint(customer=one(Customer, number="PLG-000002"), category=one(ComplaintCategory, code="BILL"), subject="Tagihan", description="Dobel."), now())
        move(db.session.get(Complaint, ids[0]), "resolve", one(User, email=email("support")), now(), reason="Sudah jalan")
        db.session.commit()
        late, bill = late.id, bill.id
    assert states(app, [late, bill]) == [("new", number), ("new", None)]
    expected = f"{now().astimezone(ZoneInfo('Asia/Jakarta')) + timedelta(hours=5):%Y-%m-%dT%H:%M}"
    assert act(browser, row, "update", message=" ", expected_at=expected).status_code == 422
    assert act(browser, row, "update", message="Menunggu kabel baru.", expected_at=expected).status_code == 302
    told(app)
    assert len(letters(app, "complaint_outage_customer")) == 6  # three, then two that are unsolved and the new one, which hears the last word alone
    with app.app_context():
        reply = db.session.query(Reply).filter_by(complaint_id=late).one()
        assert (reply.text, reply.outage_id, reply.author_id, reply.public) == ("Menunggu kabel baru.", row, None, True)
        assert db.session.get(Complaint, late).first_response_at is not None
    assert act(browser, row, "restore", message="Kabel sudah diganti.").status_code == 302
    before = len(letters(app, "complaint_resolve_customer"))
    assert told(app, stop_after=2) < 3 and told(app) > 0 and told(app) == 0
    assert states(app, [*ids, late, bill]) == [("resolved", number)] * 4 + [("new", None)]
    resolved = letters(app, "complaint_resolve_customer")[before:]
    assert len(resolved) == 3 and {words for _to, words in resolved} == {"Kabel sudah diganti."}
    assert act(browser, row, "restore", message="Lagi").status_code == 409
    with app.app_context():
        move(db.session.get(Complaint, late), "reopen", one(User, email=email("customer2")), now(), reason="Masih mati")
        db.session.commit()
    assert told(app) == 0 and states(app, [late]) == [("new", number)]


def test_many(app):
    """Many complaints are linked, told and resolved, each once."""
    with app.app_context():
        category, area = one(ComplaintCategory, code="DOWN"), one(CoverageArea, name="Kapuk Muara")
        for number in range(MANY):
            customer = Customer(number=f"PLG-5{number:05d}", name=f"Warga {number}", phone="+628120000005", email=f"warga{number}@test.example",
                                address="Jl. Kapuk", branch=area.branch, area=area, since=now().date())
            enter(db.session, Complaint(customer=customer, category=category, subject="Mati", description="Mati."), now() - timedelta(minutes=5))
        db.session.commit()
    row = declared(app)
    assert told(app) == MANY
    with app.app_context():
        move(db.session.get(Outage, row), "restore", None, now(), message="Pulih.")
        db.session.commit()
    assert told(app, stop_after=20) == 20 and told(app) == MANY - 20 and told(app) == 0
    assert len({to for to, _words in letters(app, "complaint_resolve_customer")}) == MANY == len(letters(app, "complaint_resolve_customer"))
    with app.app_context():
        assert db.session.query(Complaint).filter_by(outage_id=row, status=ComplaintStatus.RESOLVED).count() == MANY


def test_one_complaint_apart(app, browser, complain):
    """Support takes one out of the outage and puts it back; a technician can do neither."""
    number, = complain(1)
    declared(app)
    page = f"/admin/support/complaint/details/?id={number}"
    assert 'id="outage"' in browser("support").get(page).text
    assert "leave_outage" in Page(browser("support").get(page)).verbs() and "join_outage" not in Page(browser("support").get(page)).verbs()
    assert browser("support").send(f"/admin/support/complaint/move/?id={number}&verb=leave_outage").status_code == 302
    assert states(app, [number])[0][1] is None and told(app) == 0
    assert "join_outage" in Page(browser("support").get(page)).verbs()
    assert browser("support").send(f"/admin/support/complaint/move/?id={number}&verb=join_outage").status_code == 302
    assert states(app, [number])[0][1] and told(app) == 1


def test_by_mistake(app, browser, complain):
    """Cancelled, it lets its complaints go, and followers read why; complaints are in the queue again."""
    ids = complain(1, 2)
    row = declared(app)
    with app.app_context():
        outage.follow(db.session(), db.session.get(Outage, row), one(Customer, number="PLG-000003"), now())
        db.session.commit()
    told(app)
    assert act(browser, row, "cancel", message="Ternyata listrik rumah.").status_code == 302
    told(app)
    assert [found for _status, found in states(app, ids)] == [None, None]
    assert letters(app, "outage_cancel_customer") == [("agus@test.example", "Ternyata listrik rumah.")]
    assert told(app) == 0


def test_told_before_writing(app, browser):
    """Customers of the area read it at home and above the form, follow it and are told of each word once; they may still write."""
    row = declared(app, expected_at=now() + timedelta(hours=2))
    person = browser("customer")
    with app.app_context():
        number = db.session.get(Outage, row).number
    for address in ("/home", "/complaints/new"):
        assert f'data-outage="{number}"' in person.get(address).text and f"/outages/{number}/follow" in person.get(address).text
    assert person.get(f"/go/outage/{row}").location.endswith(f"/outages/{number}")
    for _again in range(2):
        assert person.send(f"/outages/{number}/follow").status_code == 302
    with app.app_context():
        assert db.session.query(OutageFollower).filter_by(outage_id=row).count() == 1
    assert told(app) == 0  # what stands on the page was read
    act(browser, row, "update", message="Sedang disambung.")
    assert told(app) == 1 and told(app) == 0
    assert letters(app, "outage_update_customer") == [(email("customer"), "Sedang disambung.")]
    assert "Sedang disambung." in person.get(f"/outages/{number}").text
    assert person.send("/complaints/new", typed(app)).status_code == 302
    act(browser, row, "restore", message="Tersambung.")
    told(app)
    assert letters(app, "outage_restore_customer") == []  # the own complaint tells it
    assert [to for to, words in letters(app, "complaint_resolve_customer") if words == "Tersambung."] == [email("customer")]
    assert f'data-outage="{number}"' not in person.get("/home").text and "Tersambung." in person.get(f"/outages/{number}").text


@pytest.mark.only("mariadb")
def test_followed_twice_at_once(app, browser, monkeypatch):
    """Both have looked and found none before either is written: it is one, and both hear the same."""
    row = declared(app)
    with app.app_context():
        number = db.session.get(Outage, row).number
    people, gate, follow, answers = [browser("customer") for _person in range(2)], threading.Barrier(2), outage.follow, []
    forms = [{"csrf_token": person.token()} for person in people]

    def together(*args):
        found = follow(*args)
        gate.wait(timeout=20)
        return found

    monkeypatch.setattr(outage, "follow", together)
    threads = [threading.Thread(target=lambda own, form: answers.append(own.post(f"/outages/{number}/follow", data=form)), args=pair)
               for pair in zip(people, forms, strict=True)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [(answer.status_code, answer.location) for answer in answers] == [(302, f"/outages/{number}")] * 2
    with app.app_context():
        assert db.session.query(OutageFollower).filter_by(outage_id=row).count() == 1


def test_not_ones_own(app, browser):
    """Another branch's outage does not exist for a customer; visitors read a line of what runs, and log in for more."""
    with app.app_context():
        batam = db.session.query(Outage).filter_by(status="open").one()
        number, words = batam.number, batam.message
    person = browser("customer")
    assert person.get(f"/outages/{number}").status_code == 404 and person.send(f"/outages/{number}/follow").status_code == 404
    assert number not in person.get("/home").text
    visitor = browser()
    assert "Batam" in visitor.get("/").text and words not in visitor.get("/").text
    assert visitor.get(f"/outages/{number}").status_code == 302
    declared(app)
    with app.app_context():
        mine = db.session.query(Outage).order_by(Outage.id.desc()).first().number
    person.send(f"/outages/{mine}/follow")
    assert person.send(f"/outages/{mine}/unfollow").status_code == 302 and told(app) == 0


def test_one_in_the_technicians_queue(app, browser, complain):
    """The jobs of an outage stand as one on the technician's page, and nobody is warned of their targets; reopened ones stand for themselves."""
    ids = complain(1, 2, minutes=110)
    with app.app_context():
        for number in ids:
            move(db.session.get(Complaint, number), "assign", one(User, email=email("support")), now(), technician=one(User, email=email("technician")))
        db.session.commit()
    before = Page(browser("technician").get("/admin/technician/")).count()
    with app.app_context():
        row = outage.declare(db.session(), Outage(branch=one(CoverageArea, name="Kapuk Muara").branch, message="Putus.", started_at=now() - timedelta(hours=3)),
                             now(), None)
        db.session.commit()
        row = row.id
        escalate(db.session(), now() + timedelta(hours=23), HAND)
        assert not {row.complaint_id for row in db.session.query(Escalation)} & set(ids)
    page = browser("technician").get("/admin/technician/")
    assert Page(page).count() == before - 2 and 'id="outages"' in page.text
    assert browser("technician").get(f"/admin/technician/outage/details/?id={row}").status_code == 200
    with app.app_context():
        move(db.session.get(Outage, row), "restore", None, now(), message="Pulih.")
        db.session.commit()
    told(app)
    with app.app_context():
        move(db.session.get(Complaint, ids[0]), "reopen", one(User, email=email("customer")), now(), reason="Masih")
        answer(db.session.get(Complaint, ids[0]), "Kami cek.", one(User, email=email("technician")), now())
        db.session.commit()
    assert Page(browser("technician").get("/admin/technician/")).count() == before - 1


def test_an_estimate_that_has_passed(app, browser):
    """Customers do not read an hour that is over, support sees that it is, and the next word needs a new one; what was typed stays."""
    row = declared(app, expected_at=now() + timedelta(hours=1))
    with app.app_context():
        found = db.session.get(Outage, row)
        found.started_at, found.expected_at = now() - timedelta(hours=3), now() - timedelta(hours=1)
        db.session.commit()
    home = browser("customer").get("/home").text
    assert "Perbaikannya lebih lama dari perkiraan kami" in home and "Kami perkirakan pulih" not in home
    assert "Perbaikannya lebih lama dari perkiraan kami" in browser().get("/").text
    assert 'class="is-late' in browser("support").get("/admin/support/outage/").text
    said = act(browser, row, "update", message="Masih dikerjakan.")
    assert said.status_code == 422 and 'id="update-expected_at-error"' in said.text and "Masih dikerjakan." in said.text
    later = f"{now().astimezone(ZoneInfo('Asia/Jakarta')) + timedelta(hours=5):%Y-%m-%dT%H:%M}"
    assert act(browser, row, "update", message="Masih dikerjakan.", expected_at=later).status_code == 302
