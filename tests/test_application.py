"""A visitor looks whether the address is covered, applies, and follows the application by the link of the letter."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete

from ecrm import jobs
from ecrm.extensions import db
from ecrm.letters import signed
from ecrm.letters.rendering import render
from ecrm.models import CoverageArea, Demand, Installation, Letter, Plan, Promo, Step, User
from ecrm.models.base import now
from ecrm.models.branch import Coverage
from ecrm.models.plan import Audience
from ecrm.row_by_row import Hand
from ecrm.rules import move
from ecrm.rules.coverage import nearest
from tests.conftest import ONE_DATABASE
from tests.portal import bare
from tests.staff import Page
from tests.world import email, one



def area(app, name="Kapuk Muara"):
    """Return the id of an area."""
    with app.app_context():
        return str(one(CoverageArea, name=name).id)


def typed(app, **more):
    """Return the fields of a filled-in application."""
    words = {"token": "a" * 32, "area": area(app), "name": "Dewi <b>Lestari</b>", "phone": "0812 3456 7890", "email": "Dewi@Rumah.example",
             "address": "Jl. Kapuk 7 RT 03", "plan": "HOME20", "promo": "", "visit_times": ["week_morning", "saturday_morning"], "consent": "y"}
    return words | more


def portals(app):
    """Return the applications of the portal."""
    with app.app_context():
        return db.session.query(Installation).filter_by(channel="portal").order_by(Installation.id).all()


@pytest.mark.parametrize(("text", "names"), [
    ("kapuk muara", ["Kapuk Muara"]), ("Jl. Pluit Raya 12, penjaringan", ["Penjaringan", "Pluit"]), ("kpuk muara", ["Kapuk Muara"]),
    ("14460", ["Kapuk Muara"]), ("penj", ["Penjaringan"]), ("Surabaya", []), ("", []), ("muara", ["Kamal Muara", "Kapuk Muara"]),
])
def test_nearest(text, names):
    """A name with a slip, a beginning, a postcode, or an address around it."""
    areas = [CoverageArea(name=name, postcode=code) for name, code in (("Kapuk Muara", "14460"), ("Kamal Muara", "14470"), ("Penjaringan", "14440"), ("Pluit", "14450"))]
    assert [found.name for found in nearest(text, areas)] == names


@ONE_DATABASE
def test_coverage(app, browser):
    """Covered leads to the form, with what was chosen before; not covered does not."""
    person = browser()
    page = person.get("/coverage?q=Jl.+Kapuk+Muara+3&plan=HOME50").text
    assert f"/apply?area={area(app)}&amp;plan=HOME50" in page
    assert "/apply" not in person.get("/coverage?q=nagoya").text and "Nagoya" in person.get("/coverage?q=nagoya").text
    assert 'id="nothing"' in person.get("/coverage?q=Atlantis").text
    for strange in ("branch=99999999999999999999", "branch=x&q=%00", "q=" + "x" * 5000):
        assert person.get(f"/coverage?{strange}").status_code == 200
    for strange in ("", "?area=0", "?area=99999999999999999999", f"?area={area(app, 'Nagoya')}"):
        assert person.get(f"/apply{strange}").status_code == 302


def test_applied(app, browser):
    """Sent twice it is one; the applicant and sales are told, sales sees it, and the link of the letter shows how it stands and nothing of the person."""
    person = browser()
    answers = [person.send("/apply", typed(app)) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    row, = portals(app)
    assert (row.applicant_email, row.applicant_phone, row.visit_times, row.status.value) == ("dewi@rumah.example", "+6281234567890", "week_morning,saturday_morning", "registered")
    assert row.agreed_wording and row.customer_id is None
    with app.app_context():
        letter = db.session.query(Letter).filter_by(template="installation_received_applicant").one()
        assert db.session.query(Letter).filter_by(template="installation_received_sales").one().to_email == email("sales")
        path = re.search(r"http://[^/]+(/application/\S+)", render(letter).text)[1]
    shown = browser().get(path)
    assert shown.status_code == 200 and row.number in shown.text and not re.search("Dewi|0812|rumah.example|Jl. Kapuk", shown.text)
    assert browser().get(path[:-2] + ("A" if path[-2] != "A" else "B") + path[-1]).status_code == 404  # the last letter has bits that nobody reads
    page = Page(browser("sales").get("/admin/sales/installation/?flt0_status=registered"))
    assert page.count() == 1 and "Dewi <b>Lestari</b>" in page.text
    with app.app_context():
        move(one(Installation, number=row.number), "survey", one(User, email=email("sales")), now(), survey_result="Rahasia dalam")
        db.session.commit()
    later = browser().get(path).text
    assert "Rahasia dalam" not in later and later != shown.text


@ONE_DATABASE
@pytest.mark.parametrize(("address", "letters"), [("rudi@rumah.example", 1), ("", 0)])
def test_entered_by_sales(app, browser, address, letters):
    """Who applies by telephone gets the letter with the link too, where there is an address; sales need not be told."""
    with app.app_context():
        plan = one(Plan, code="HOME50").id
    said = {"applicant_name": "Rudi", "applicant_phone": "0813 1111 2222", "applicant_email": address, "address": "Jl. Kapuk 77", "area": str(area(app)), "plan": str(plan),
            "channel": "phone", "language": "en"}
    assert browser("sales").send("/admin/sales/installation/new/", said).status_code == 302
    with app.app_context():
        found = db.session.query(Letter).filter_by(template="installation_received_applicant").all()
        assert [(row.to_email, row.language.value) for row in found] == [(address, "en")] * letters
        assert db.session.query(Letter).filter_by(template="installation_received_sales").count() == 0
        assert all("/application/" in render(row).text for row in found)


WRONG = {"name": "", "phone": "12", "email": "bukan", "address": "", "plan": "MAHAL", "promo": "RAHASIA", "visit_times": "malam", "consent": ""}


@ONE_DATABASE
def test_what_is_wrong_stands_beside_its_field(app, browser):
    """Nothing is written, and what was typed stays."""
    for number, (field, value) in enumerate(WRONG.items()):
        fields = typed(app, email=f"dewi{number}@rumah.example") | {field: value}
        answer = browser().send("/apply", {name: text for name, text in fields.items() if text != ""})
        assert answer.status_code == 422 and f'id="{field}-error"' in answer.text, field
        assert field == "address" or "Jl. Kapuk 7 RT 03" in answer.text
    assert portals(app) == []


@ONE_DATABASE
def test_promo_of_another_plan(app, browser):
    """A promo for newcomers is kept on the application where it fits the plan."""
    with app.app_context():
        promo = one(Promo, code="HEMAT")
        promo.audience, promo.plans = Audience.NEW, [one(Plan, code="HOME50")]
        db.session.commit()
    refused = browser().send("/apply", typed(app, promo="HEMAT"))
    assert refused.status_code == 422 and 'id="promo-error"' in refused.text
    assert browser().send("/apply", typed(app, promo="HEMAT", plan="HOME50")).status_code == 302
    with app.app_context():
        assert db.session.query(Installation).filter_by(channel="portal").one().promo.code == "HEMAT"


@ONE_DATABASE
def test_an_area_that_is_not_covered_any_more(app, browser):
    """Between the page and the button the area was taken out."""
    with app.app_context():
        one(CoverageArea, name="Kapuk Muara").coverage = Coverage.NOT_COVERED
        db.session.commit()
    assert browser().send("/apply", typed(app)).status_code == 302 and portals(app) == []


@ONE_DATABASE
def test_a_known_address_is_no_news(app, browser):
    """Whose e-mail is a customer's gets the same answer as anybody; a stale form comes back filled in, without a login."""
    known = browser().send("/apply", typed(app, email=email("customer")), follow_redirects=True)
    strange = browser().send("/apply", typed(app, email="siapa@test.example"), follow_redirects=True)
    numbers = re.compile(r"PSB-\d+-\d+|/application/[\w.-]+|Ijo\w+|[\w-]+\.[\w-]+\.[\w-]{20,}")
    assert known.status_code == strange.status_code == 200 and numbers.sub("", bare(known)) == numbers.sub("", bare(strange))
    stale = browser().post("/apply", data=typed(app, csrf_token="x"))
    assert stale.status_code == 400 and "Jl. Kapuk 7 RT 03" in stale.text and "password" not in stale.text


@ONE_DATABASE
def test_a_customer_applies_for_another_address(app, browser):
    """The application is the customer's; the letter speaks the language of the page."""
    person = browser("customer")
    assert 'value="Budi Santoso"' in person.get(f"/apply?area={area(app)}").text
    person.send("/language", {"language": "en"})
    person.send("/apply", typed(app, name="Budi", email=email("customer")))
    with app.app_context():
        row = db.session.query(Installation).filter_by(channel="portal").one()
        assert row.customer.name == "Budi Santoso" and row.language.value == "en"
        assert db.session.query(Letter).filter_by(template="installation_received_applicant").one().language.value == "en"


@ONE_DATABASE
def test_what_was_chosen_before(app, browser):
    """The plan and the promo of the pages before are chosen in a visitor's form; a promo that there is none of is not."""
    for promo, chosen in (("HEMAT", "HEMAT"), ("RAHASIA", ""), ("", "")):
        page = Page(browser().get(f"/apply?area={area(app)}&plan=HOME50&promo={promo}"))
        ticked = {own["name"]: own["value"] for own in page.all("input") if "checked" in own}
        assert (ticked["plan"], ticked["promo"]) == ("HOME50", chosen) and "RAHASIA" not in page.text


@ONE_DATABASE
@pytest.mark.parametrize("verb", ["cancel", "not_covered"])
def test_an_application_that_came_to_nothing(app, browser, verb):
    """The page of the letter ends where it stood: there is no stage to come."""
    person = browser()
    followed = person.send("/apply", typed(app)).location
    assert "todo" in person.get(followed).text
    with app.app_context():
        row = db.session.query(Installation).filter_by(channel="portal").one()
        move(row, "survey", one(User, email=email("sales")), now(), survey_result="Tiang terlalu jauh")
        move(row, verb, one(User, email=email("sales")), now(), reason="Tiang terlalu jauh")
        ended = str(row.status.label)
        db.session.commit()
    page = person.get(followed).text
    assert "todo" not in page and ended in page


@ONE_DATABASE
def test_too_many(app, browser):
    """Tries are counted for an address, whoever it is."""
    answers = [browser().send("/apply", typed(app, token=str(n) * 32)) for n in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 6 + [429] and "Jl. Kapuk 7 RT 03" in answers[-1].text


@ONE_DATABASE
def test_links_are_of_one_table(app):
    """What was signed for one thing opens no other."""
    with app.test_request_context():
        token = signed.link("installation", "PSB-1").rpartition("/")[2]
        assert signed.number_of("installation", token) == "PSB-1"
        assert signed.number_of("installation", "PSB-1") is None


def wishes(app):
    """Return (name, area, place, told or not) of all wishes but the little company's own."""
    with app.app_context():
        rows = db.session.query(Demand).filter(Demand.email != "menunggu@test.example").order_by(Demand.id)
        return [(row.name, str(row.area or ""), row.place, row.told_at is not None) for row in rows]


def letters(app):
    """Return the addresses that were told of coverage."""
    with app.app_context():
        return sorted(row.to_email for row in db.session.query(Letter).filter_by(template="demand_covered_applicant"))


def told(app):
    """Let the worker tell whose area is covered."""
    with app.app_context():
        return jobs.tell_of_coverage(db.session(), now(), Hand("test"))


def cover(app, name, coverage=Coverage.COVERED):
    """Change the coverage of an area."""
    with app.app_context():
        one(CoverageArea, name=name).coverage = coverage
        db.session.commit()


def test_demand(app, browser):
    """Kept once for an area and for a place in words; told once when the area is covered, which sales says of a place by giving it an area."""
    person, who = browser(), {"name": "Eko", "phone": "081234567890", "email": "eko@rumah.example", "consent": "y"}
    assert "Nagoya" in person.get(f"/coverage/wait?area={area(app, 'Nagoya')}").text
    assert 'id="place-error"' in person.send("/coverage/wait", who).text and 'id="consent-error"' in person.send("/coverage/wait", who | {"area": area(app, "Nagoya"), "consent": ""}).text
    for _again in range(2):
        assert browser().send("/coverage/wait", who | {"area": area(app, "Nagoya")}).status_code == 302
    browser().send("/coverage/wait", who | {"place": "Dekat masjid, Lembang", "email": "ani@rumah.example"})
    assert wishes(app) == [("Eko", "Nagoya", None, False), ("Eko", "", "Dekat masjid, Lembang", False)]
    assert told(app) == 0
    page = Page(browser("sales").get("/admin/sales/demand/"))
    assert sorted(own["data-count"] for own in page.all("a") if "tile" in own.get("class", "")) == ["1", "2"]
    cover(app, "Nagoya")
    assert (told(app), told(app), letters(app)) == (2, 0, ["eko@rumah.example", "menunggu@test.example"])
    with app.app_context():
        row = db.session.query(Demand).filter_by(email="ani@rumah.example").one()
        row.area = one(CoverageArea, name="Nagoya")
        db.session.commit()
    assert (told(app), letters(app)[0]) == (1, "ani@rumah.example")


def test_a_wish_for_nowhere(app, browser):
    """Who calls is entered by sales, with an area or a place; what was typed stays."""
    said, before = {"name": "Eko", "phone": "0812 3456 7890", "email": "eko@rumah.example", "language": "id"}, wishes(app)
    refused = browser("sales").send("/admin/sales/demand/new/", said).text
    assert 'id="place-error"' in refused and 'value="Eko"' in refused and wishes(app) == before
    assert browser("sales").send("/admin/sales/demand/new/", said | {"place": "Dekat masjid"}).status_code == 302
    assert len(wishes(app)) == len(before) + 1


def test_not_covered_after_all(app, browser):
    """A survey that found no way leaves a wish; it is told when the area is covered anew, not because it was covered all along."""
    browser().send("/apply", typed(app))
    with app.app_context():
        row, sales = db.session.query(Installation).filter_by(channel="portal").one(), one(User, email=email("sales"))
        move(row, "survey", sales, now(), survey_result="Tiang terlalu jauh")
        move(row, "not_covered", sales, now(), reason="Tiang terlalu jauh")
        db.session.commit()
    assert wishes(app) == [("Dewi <b>Lestari</b>", "Kapuk Muara", "Jl. Kapuk 7 RT 03", False)] and told(app) == 0
    cover(app, "Kapuk Muara", Coverage.PLANNED)
    cover(app, "Kapuk Muara")
    assert told(app) == 1 and letters(app) == ["dewi@rumah.example"]


@ONE_DATABASE
def test_forgotten(app, browser):
    """What came to nothing loses its words after a year, trail and letters too; what goes on does not."""
    browser().send("/apply", typed(app))
    browser().send("/apply", typed(app, token="b" * 32, name="Rina", email="rina@rumah.example"))
    with app.app_context():
        row = db.session.query(Installation).filter_by(applicant_email="dewi@rumah.example").one()
        move(row, "cancel", one(User, email=email("sales")), now(), reason="Pindah")
        db.session.commit()
        number, later = row.id, now() + timedelta(days=366)
        assert jobs.forget_applicants(db.session(), later - timedelta(days=2), Hand("test")) == 0
        assert jobs.forget_applicants(db.session(), later, Hand("test")) == 1
        assert jobs.forget_applicants(db.session(), later, Hand("test")) == 0
        db.session.expire_all()
        row = db.session.get(Installation, number)
        steps = db.session.query(Step).filter_by(table="installation", row_id=number).all()
        said = [row.applicant_name, row.applicant_phone, row.applicant_email, row.address, *(str((step.before, step.after, step.reason)) for step in steps)]
        assert steps and not re.search("Dewi|812|rumah|Kapuk 7|Pindah", str(said)) and row.agreed_wording and row.number
        assert db.session.query(Letter).filter_by(to_email="dewi@rumah.example").count() == 0
        assert db.session.query(Installation).filter_by(applicant_name="Rina").count() == 1


@ONE_DATABASE
def test_forgotten_without_an_address(app):
    """Of somebody who applied by telephone there are no letters to take away; nobody else's go, and rows that came without a trail are no trouble."""
    with app.app_context():
        row, wish = one(Installation, applicant_name="Pemohon technician2"), one(Demand, name="Menunggu Nagoya")
        row.applicant_email, wish.told_at = None, now()
        move(row, "cancel", one(User, email=email("sales")), now(), reason="Pindah")
        db.session.add(Letter(template="installation_cancel_applicant", to_email="lain@rumah.example", language="id", data={}))
        db.session.commit()
        db.session.execute(delete(Step.__table__).where(Step.__table__.c.table == "demand"))
        db.session.commit()
        numbers = row.id, wish.id
        assert jobs.forget_applicants(db.session(), now() + timedelta(days=366), Hand("test")) == 2
        db.session.expire_all()
        row, wish = db.session.get(Installation, numbers[0]), db.session.get(Demand, numbers[1])
        assert not re.search("Pemohon|812|Baru 9|Menunggu|menunggu@", str((row.applicant_name, row.applicant_phone, row.address, wish.name, wish.phone, wish.email)))
        assert db.session.query(Letter).filter_by(to_email="lain@rumah.example").count() == 1


@ONE_DATABASE
def test_told_by_telephone(app, browser):
    """Sales notes it on the row's page, once; support only reads, and the worker writes no letter any more."""
    with app.app_context():
        number = one(Demand, name="Menunggu Nagoya").id
    seller, move_to = browser("sales"), "/admin/{0}/demand/move/?id={1}&verb=told"
    assert "told" in Page(seller.get(f"/admin/sales/demand/details/?id={number}")).verbs()
    assert browser("support").send(move_to.format("support", number)).status_code == 403
    assert seller.send(move_to.format("sales", number)).status_code == 302
    with app.app_context():
        at = one(Demand, id=number).told_at
    assert abs(at - now()) < timedelta(minutes=1) and "told" not in Page(seller.get(f"/admin/sales/demand/details/?id={number}")).verbs()
    assert "sudah didahului orang lain" in seller.send(move_to.format("sales", number), follow_redirects=True).text
    cover(app, "Nagoya")
    assert told(app) == 0 and letters(app) == []
    with app.app_context():
        assert one(Demand, id=number).told_at == at
