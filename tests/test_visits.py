"""Visits: half days taken once, promised to the customer, reported by the technician, and what they stand against."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError

from ecrm import retries
from ecrm.extensions import db
from ecrm.letters.rendering import render
from ecrm.models import Attachment, Branch, Complaint, Customer, Installation, Letter, Step, User, Visit
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.installation import InstallationStatus
from ecrm.models.visit import Half, Outcome, VisitKind, VisitStatus
from ecrm.rules import appointment, move, visit
from ecrm.rules.complaint import enter
from ecrm.rules.errors import FieldRefused
from ecrm.rules.installation import register
from ecrm.storage import MAX_FILES
from tests.conftest import ONE_DATABASE
from tests.staff import JOB, Page, details, id_of, photo
from tests.world import email, one

JAKARTA = ZoneInfo("Asia/Jakarta")
NEW = "/admin/support/visit/new/"


def soon(days=2):
    """Return a day at the branch."""
    return datetime.now(JAKARTA).date() + timedelta(days=days)


def fields(app, subject=JOB, person="technician", half="morning", day=None, **more):
    """Return the form of a visit for a complaint, filled in."""
    with app.app_context():
        found = {"complaint": one(Complaint, subject=subject).id, "kind": "repair", "technician": one(User, email=email(person)).id}
    return found | {"installation": "", "day": str(day or soon()), "half": half, "task": "Bawa ONT."} | more


def planned(app, **more):
    """Plan a visit as the form does, and return its id."""
    with app.app_context():
        form = fields(app, **more)
        row = Visit(complaint=db.session.get(Complaint, form["complaint"]), kind=VisitKind.REPAIR, technician=db.session.get(User, form["technician"]),
                    day=date.fromisoformat(form["day"]), half=Half(form["half"]))
        visit.plan(db.session, row, now(), one(User, email=email("support")))
        db.session.commit()
        return row.id


def move_of(role, number, verb, table="visit"):
    return f"/admin/{role}/{table}/move/?id={number}&verb={verb}"


@ONE_DATABASE
def test_support_plans_and_everybody_knows(app, browser):
    """From the complaint's page to the form; then customer, technician, complaint and trail say the same window."""
    support, number = browser("support"), id_of(app, "Tagihan ganda")
    assert "Jadwalkan kunjungan" in Page(support.get(details("support", number))).text
    shown = support.get(f"{NEW}?complaint={number}").get_data(as_text=True)
    assert "Tagihan ganda" in shown
    assert support.send(NEW, fields(app, "Tagihan ganda")).status_code == 302
    with app.app_context():
        row = db.session.scalars(db.select(Visit).where(Visit.complaint_id == number)).one()
        assert row.window_from == datetime.combine(soon(), time(8), JAKARTA) and row.window_until == datetime.combine(soon(), time(12), JAKARTA)
        assert row.number.startswith("KJ-") and row.complaint.technician is row.technician and row.complaint.status is ComplaintStatus.ASSIGNED
        letters = {letter.template: render(letter).text for letter in db.session.scalars(db.select(Letter).where(Letter.template.like("visit_plan_%"), Letter.data["id"].as_integer() == row.id))}
        assert set(letters) == {"visit_plan_customer", "visit_plan_technician"} and all("08.00" in text and "12.00" in text for text in letters.values())
        assert "Bawa ONT" in letters["visit_plan_technician"] and "Bawa ONT" not in letters["visit_plan_customer"]
        page = f"/complaints/{row.complaint.number}"
    told = Page(browser("customer").get(page)).text
    assert "Kami datang" in told and "08.00" in told and "Bawa ONT" not in told
    assert "Kami datang" in Page(browser("customer").get("/home")).text
    assert "Bawa ONT" in Page(browser("technician").get(f"/admin/technician/visit/details/?id={row.id}")).text
    assert browser("technician2").get(f"/admin/technician/visit/details/?id={row.id}").status_code == 404
    assert "Kunjungan untuk" in Page(support.get(f"/admin/support/customer/timeline/?id={customer_of(app, number)}&kind=visit")).text


def customer_of(app, number):
    with app.app_context():
        return db.session.get(Complaint, number).customer_id


@ONE_DATABASE
@pytest.mark.parametrize(("more", "field"), [
    ({"complaint": ""}, "complaint"), ({"installation": "1"}, "complaint"), ({"kind": "installation"}, "kind"), ({"day": str(date(2026, 1, 5))}, "day"), ({"half": "night"}, "half"),
])
def test_what_a_form_may_not_say(app, browser, more, field):
    """For nothing, for two things, of the wrong kind, in the past: the reason stands at the field, what was typed is kept."""
    with app.app_context():
        before = db.session.query(Visit).count()
    answer = browser("support").send(NEW, fields(app, **more))
    page = Page(answer)
    assert page.all("div", id=f"{field}-error") and "Bawa ONT." in page.text
    with app.app_context():
        assert db.session.query(Visit).count() == before


def test_a_second_visit_for_the_same_complaint(app, browser):
    """The reason names the one that is planned, which can be moved."""
    support = browser("support")
    assert support.send(NEW, fields(app)).status_code == 302
    page = Page(support.send(NEW, fields(app, half="afternoon")))
    with app.app_context():
        number = db.session.scalars(db.select(Visit.number).where(Visit.complaint_id == one(Complaint, subject=JOB).id, Visit.status == VisitStatus.PLANNED)).one()
    assert f"{number} sudah terjadwal" in page.text and page.all("div", id="complaint-error")


def test_a_half_day_is_taken_once_even_at_the_same_time(app):
    """Six clerks press at once: one gets it, five are told who is there; afterwards the other half is free, and so is the first when its visit is cancelled."""
    with app.app_context():
        technician = one(User, email=email("technician")).id
        ids = []
        for count in range(6):
            customer = one(Customer, number="PLG-000001")
            first = one(Complaint, subject=JOB)
            row = Complaint(customer=customer, category=first.category, subject=f"Mati {count}", description="x")
            enter(db.session, row, now())
            db.session.commit()
            ids.append(row.id)

    def press(number, half):
        with app.app_context():
            row = Visit(complaint=db.session.get(Complaint, number), kind=VisitKind.REPAIR, technician=db.session.get(User, technician), day=soon(3), half=half)
            try:
                visit.plan(db.session, row, now(), one(User, email=email("support")))
                db.session.commit()
                return row.number
            except FieldRefused as refused:
                db.session.rollback()
                return refused.name, str(refused)
            except OperationalError as error:
                db.session.rollback()
                assert retries.number(error) in retries.BUSY, error
                return None

    def clerk(number, half=Half.MORNING):
        """Press, and where the database is busy again, as the application does by itself."""
        return next(answer for answer in (press(number, half) for _again in range(20)) if answer)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(clerk, ids))
    winners, losers = [one_ for one_ in answers if isinstance(one_, str)], [one_ for one_ in answers if not isinstance(one_, str)]
    assert len(winners) == 1 and len(losers) == 5 and all(name == "half" and winners[0] in text for name, text in losers), answers
    left = [number for number, answer in zip(ids, answers, strict=True) if not isinstance(answer, str)]
    assert isinstance(clerk(left[0], Half.AFTERNOON), str)
    with app.app_context():
        row = one(Visit, number=winners[0])
        move(row, "cancel", one(User, email=email("support")), now(), reason="Pelanggan berhalangan")
        db.session.commit()
    assert isinstance(clerk(left[1]), str)


@ONE_DATABASE
def test_a_complaint_with_an_open_visit_stays_open(app, browser):
    """Neither technician nor support resolves it; the refusal names the visit. Cancelled with the complaint, it frees the half day."""
    visit_id, number = planned(app), id_of(app)
    with app.app_context():
        name = db.session.get(Visit, visit_id).number
    for role in ("technician", "support"):
        answer = browser(role).send(move_of(role, number, "resolve", "complaint"), {"reason": "Selesai"})
        assert answer.status_code == 409 and name in Page(answer).text and "Selesai" in Page(answer).text
    other = one_id(app, "technician2")
    answer = browser("support").send(move_of("support", number, "assign", "complaint"), {"technician": other})
    assert answer.status_code == 422 and name in Page(answer).text
    assert browser("support").send(move_of("support", number, "cancel", "complaint"), {"reason": "Pindah"}).status_code == 302
    with app.app_context():
        row = db.session.get(Visit, visit_id)
        assert row.status is VisitStatus.CANCELLED and row.held is None
        templates = [letter.template for letter in db.session.scalars(db.select(Letter).where(Letter.data["id"].as_integer() == visit_id))]
        assert "visit_cancel_technician" in templates and "visit_cancel_customer" not in templates


def one_id(app, person):
    with app.app_context():
        return one(User, email=email(person)).id


@ONE_DATABASE
def test_moving_a_visit_takes_the_complaint_along(app, browser):
    """Another technician, another half day: both are told anew, and the old half day is free again."""
    visit_id, other = planned(app), one_id(app, "technician2")
    support = browser("support")
    page = Page(support.get(f"/admin/support/visit/details/?id={visit_id}"))
    assert {"rebook", "cancel", "report"} <= page.verbs() and page.all("input", name="day")[0]["value"] == str(soon())
    assert support.send(move_of("support", visit_id, "rebook"), {"technician": other, "day": str(soon(4)), "half": "afternoon"}).status_code == 302
    with app.app_context():
        row = db.session.get(Visit, visit_id)
        assert (row.day, row.half, row.complaint.technician_id) == (soon(4), Half.AFTERNOON, other)
        assert row.window_from == datetime.combine(soon(4), time(13), JAKARTA)
        assert db.session.scalars(db.select(Step).where(Step.table == "visit", Step.row_id == visit_id, Step.action == "rebook")).one()
    late = support.send(move_of("support", visit_id, "rebook"), {"technician": other, "day": "2026-01-05", "half": "morning"})
    assert late.status_code == 422 and Page(late).all("div", id="rebook-day-error")


@ONE_DATABASE
def test_an_installations_appointment_is_a_visit(app, browser):
    """Its hour makes the visit, another hour moves it, a visit in vain leaves it without one, a new one brings it back, the report installs it."""
    with app.app_context():
        row = db.session.scalars(db.select(Installation).order_by(Installation.id)).first()
        number, made = row.id, appointment.planned_for(row)
        assert made.kind is VisitKind.INSTALLATION and made.window_from == row.visit_at and made.technician is row.technician
        move(row, "schedule", one(User, email=email("support")), now(), technician=row.technician, visit_at=datetime.combine(soon(5), time(14), JAKARTA))
        db.session.commit()
        assert (made.day, made.half) == (soon(5), Half.AFTERNOON) and made.window_until == datetime.combine(soon(5), time(17), JAKARTA)
        visit_id = made.id
    technician = browser("technician")
    assert technician.send(move_of("technician", visit_id, "arrive")).status_code == 302
    assert "arrive" not in Page(technician.get(f"/admin/technician/visit/details/?id={visit_id}")).verbs()
    assert technician.send(move_of("technician", visit_id, "arrive"), follow_redirects=True).status_code in (200, 409)
    assert technician.send(move_of("technician", visit_id, "report"), {"outcome": "needs_parts", "note": "Kabel kurang."}).status_code == 302
    with app.app_context():
        done = db.session.get(Visit, visit_id)
        assert done.status is VisitStatus.FAILED and done.started_at and done.finished_at and done.installation.visit_at is None
    form = fields(app) | {"complaint": "", "installation": number, "kind": "installation", "day": str(soon(6))}
    assert browser("support").send(NEW, form).status_code == 302
    with app.app_context():
        row = db.session.get(Installation, number)
        again = appointment.planned_for(row)
        assert row.status is InstallationStatus.SCHEDULED and row.visit_at == again.window_from == datetime.combine(soon(6), time(8), JAKARTA)
        assert db.session.scalars(db.select(Letter).where(Letter.template == "installation_schedule_applicant", Letter.data["visit"].as_string() == row.visit_at.isoformat())).first()
    assert technician.send(move_of("technician", again.id, "report"), {"outcome": "done", "note": "Terpasang.", "materials": "ONT 1", "serials": "ZTEG1", "down_mbps": "49", "up_mbps": "25"}).status_code == 302
    with app.app_context():
        row = db.session.get(Installation, number)
        done = db.session.get(Visit, again.id)
        assert row.status is InstallationStatus.INSTALLED and row.report == "Terpasang." and done.outcome is Outcome.DONE
        assert (done.serials, done.down_mbps, done.up_mbps, done.minutes) == ("ZTEG1", 49, 25, 0)


@ONE_DATABASE
@pytest.mark.parametrize(("came", "kept"), [(None, None), (-1, False), (0, True), (240, True), (241, False)])
def test_a_promise_is_kept_within_the_window(app, came, kept):
    """Too early is no promise kept, the first and the last minute are."""
    begin = datetime.combine(soon(), time(8), JAKARTA)
    row = Visit(window_from=begin, window_until=begin + timedelta(hours=4), started_at=None if came is None else begin + timedelta(minutes=came))
    assert appointment.kept(row) is kept


@ONE_DATABASE
def test_the_week_shows_who_is_where_and_plans(app, browser):
    """A taken half day leads to its visit, a free one to the form with technician, day and half filled in; the manager only looks."""
    visit_id, number = planned(app), id_of(app, "Tagihan ganda")
    support = browser("support")
    link = next(own["href"] for own in Page(support.get(details("support", number))).all("a") if "/week/?complaint=" in own.get("href", ""))
    page = Page(support.get(f"{link}&day={soon()}&branch="))
    taken = [own for own in page.all("a", **{"class": "slot is-planned"}) if own["href"].endswith(f"id={visit_id}")]
    assert len(taken) == 1 and "Tagihan ganda" in page.text
    free = [own["href"] for own in page.all("a", **{"class": "slot is-free"})]
    person = one_id(app, "technician")
    assert free and not any(f"technician={person}&day={soon()}&half=morning" in address for address in free)
    wanted = next(address for address in free if f"technician={person}&day={soon()}&half=afternoon" in address)
    answer = support.get(wanted)
    form, text = Page(answer), answer.get_data(as_text=True)
    assert form.all("input", name="day")[0]["value"] == str(soon()) and "Technician" in text and "Tagihan ganda" in text
    assert form.all("option", value="afternoon", selected="") or [own for own in form.all("option", value="afternoon") if "selected" in own]
    manager = Page(browser("manager").get(f"/admin/manager/week/?day={soon()}&branch="))
    assert manager.all("a", **{"class": "slot is-planned"}) and not manager.all("a", **{"class": "slot is-free"})
    assert browser("technician").get("/admin/technician/week/").status_code == 404
    assert support.get("/admin/support/week/?day=9999-12-31").status_code == 404


@ONE_DATABASE
def test_photos_before_and_after_belong_to_the_visit(app, browser):
    """The technician of the visit sends them, support sees them with the visit, the customer and the other technician do not."""
    visit_id, number = planned(app), id_of(app)
    url = f"/admin/technician/visit/photos/?id={visit_id}"
    technician = browser("technician")
    for phase in ("before", "after"):
        assert technician.send(url, {"phase": phase, "files": [photo(f"{phase}.jpg")]}, content_type="multipart/form-data").status_code == 302
    refused = {"phase": "after", "files": [(io.BytesIO(b"halo"), "foto.jpg")]}  # keeps nothing, as the rows below say
    assert technician.send(url, refused, content_type="multipart/form-data").status_code == 302
    assert browser("technician2").send(url, {"phase": "after", "files": [photo()]}, content_type="multipart/form-data").status_code == 404
    with app.app_context():
        rows = db.session.scalars(db.select(Attachment).where(Attachment.visit_id == visit_id).order_by(Attachment.id)).all()
        assert [row.phase.value for row in rows] == ["before", "after"] and {row.complaint_id for row in rows} == {number}
        ids, page = [row.id for row in rows], f"/complaints/{db.session.get(Complaint, number).number}"
    shown = Page(browser("support").get(f"/admin/support/visit/details/?id={visit_id}"))
    assert all(any(own["href"].endswith(f"file/?id={one_}") for own in shown.all("a")) for one_ in ids)
    customer = browser("customer")
    assert f"/attachments/{ids[0]}" not in customer.get(page).get_data(as_text=True) and customer.get(f"/attachments/{ids[0]}").status_code == 404


@ONE_DATABASE
def test_a_visit_in_vain_asks_for_another(app, browser):
    """Support's sidebar counts it and its page leads to the week, until another is planned or the complaint is solved."""
    support = browser("support")
    address = next(own["href"] for own in Page(support.get("/admin/support/")).all("a") if "needs_another" in own.get("href", ""))
    assert Page(support.get(address)).count() == 2  # those of the little company
    planned(app)
    assert Page(support.get(address)).count() == 1
    left = int(Page(support.get(address)).rows()[0].rpartition("=")[2])
    assert any("/week/?complaint=" in own.get("href", "") for own in Page(support.get(f"/admin/support/visit/details/?id={left}")).all("a"))
    other = id_of(app, "Internet putus-putus")
    assert support.send(move_of("support", other, "resolve", "complaint"), {"reason": "Pulih"}).status_code == 302
    assert Page(support.get(address)).count() == 0


@ONE_DATABASE
def test_a_survey_is_a_visit_too(app, browser):
    """Planned for an application that has just come in, the applicant is told of it; its report is what was found there."""
    with app.app_context():
        other = db.session.scalars(db.select(Installation)).first()
        row = register(db.session, Installation(applicant_name="Eko", applicant_phone="+628120000007", applicant_email="eko@rumah.example", address="Jl. Baru 7",
                                                area=other.area, plan=other.plan), now())
        db.session.commit()
        number = row.id
    form = fields(app, day=soon(3)) | {"complaint": "", "installation": number, "kind": "survey"}
    assert browser("support").send(NEW, form).status_code == 302
    with app.app_context():
        made = one(Visit, installation_id=number)
        assert made.kind is VisitKind.SURVEY and made.planned and made.installation.status is InstallationStatus.REGISTERED and made.installation.visit_at is None
        told = db.session.scalars(db.select(Letter).where(Letter.template == "visit_plan_customer", Letter.data["id"].as_integer() == made.id)).one()
        assert told.to_email == "eko@rumah.example"
    report = {"outcome": "done", "note": "Tiang terdekat 30 m."}
    assert browser("technician").send(move_of("technician", made.id, "report"), report).status_code == 302
    with app.app_context():
        row = db.session.get(Installation, number)
        assert row.status is InstallationStatus.SURVEYED and row.survey_result == "Tiang terdekat 30 m." and one(Visit, installation_id=number).status is VisitStatus.DONE


@ONE_DATABASE
def test_an_appointment_moved_and_cancelled_on_the_visits_own_page(app, browser):
    """The application follows: it has the other technician and hour, then no hour any more, and waits for another."""
    with app.app_context():
        row = one(Installation, applicant_name="Pemohon technician")
        number, visit_id = row.id, appointment.planned_for(row).id
    support, other = browser("support"), one_id(app, "technician2")
    assert support.send(move_of("support", visit_id, "rebook"), {"technician": other, "day": str(soon(5)), "half": "afternoon"}).status_code == 302
    with app.app_context():
        row = db.session.get(Installation, number)
        assert (row.technician_id, row.visit_at) == (other, datetime.combine(soon(5), time(13), JAKARTA))
    assert support.send(move_of("support", visit_id, "cancel"), {"reason": "Pemohon berhalangan"}).status_code == 302
    with app.app_context():
        row = db.session.get(Installation, number)
        assert row.status is InstallationStatus.SCHEDULED and row.visit_at is None and appointment.planned_for(row) is None


@ONE_DATABASE
def test_the_week_begins_where_the_complaint_is(app, browser):
    """With the technicians of its branch; those of all branches are one choice away."""
    with app.app_context():
        one(User, email=email("technician")).branch = one(Complaint, subject=JOB).branch
        one(User, email=email("technician2")).branch = one(Branch, code="BTM")
        db.session.commit()
    support, address = browser("support"), f"/admin/support/week/?complaint={id_of(app)}"
    here, everywhere = Page(support.get(address)).text, Page(support.get(f"{address}&branch=")).text
    assert "Technician" in here and "Technician2" not in here and "Technician2" in everywhere


@ONE_DATABASE
@pytest.mark.parametrize(("role", "phase", "files", "status", "said"), [
    ("technician", None, 1, 400, ""), ("technician", "during", 1, 400, ""), ("manager", "before", 1, 403, ""),
    ("technician", "before", 0, 302, "Berkasnya kosong"), ("technician", "after", MAX_FILES + 1, 302, f"Paling banyak {MAX_FILES} berkas"),
])
def test_photos_that_are_not_taken(app, browser, role, phase, files, status, said):
    """Of no phase, by who only looks, none or too many: refused, and nothing is kept."""
    visit_id, person = planned(app), browser(role)
    answer = person.send(f"/admin/{role}/visit/photos/?id={visit_id}", ({"phase": phase} if phase else {}) | {"files": [photo(f"{n}.jpg") for n in range(files)]},
                         content_type="multipart/form-data")
    assert answer.status_code == status and (not said or said in person.get(answer.location).text)
    with app.app_context():
        assert not db.session.scalars(db.select(Attachment).where(Attachment.visit_id == visit_id)).all()
