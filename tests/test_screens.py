"""Forms of the staff: nobody's work is lost or overwritten unseen, and what cannot be is refused beside its field."""

import re

import pytest
from sqlalchemy import select

from ecrm.admin.screens.complaint import CategoryScreen
from ecrm.admin.screens.system import CounterScreen
from ecrm.extensions import db
from ecrm.models import (
    BandwidthGrant, Complaint, ComplaintCategory, CoverageArea, Customer, Letter, Plan, Promo, PromoRequest, PromoSeen, Step, Subscription, User, ServiceStandard,
)
from ecrm.models.account import RoleName
from ecrm.models.base import Priority, now
from ecrm.models.letter import LetterState
from ecrm.models.recap import Measure
from ecrm.rules import move
from tests.staff import meanwhile
from tests.sweep import fields_of, nothing_written
from tests.world import email, one


class Form:
    """A form of a staff site, opened and sent as a browser does."""

    def __init__(self, person, url):
        """Open it."""
        self.person, self.url = person, url
        self.page = person.get(url)
        assert self.page.status_code == 200, self.page.status_code
        self.typed = fields_of(self.page)

    def send(self, **changes):
        """Send it with these changes; None leaves a field out."""
        self.typed |= {name: value for name, value in changes.items()}
        self.page = self.person.send(self.url, {name: value for name, value in self.typed.items() if value is not None})
        self.typed = fields_of(self.page) if self.page.status_code == 200 else self.typed
        return self

    @property
    def saved(self):
        """Return whether the last send was saved."""
        return self.page.status_code == 302

    @property
    def text(self):
        """Return the page."""
        return self.page.get_data(as_text=True)


@pytest.fixture
def form(app, browser):
    """Return a function that opens a form: role, table, and a row by its columns, or none for a new one."""

    def open_form(role, model, **columns):
        base = f"/admin/{role}/{model.__tablename__}/"
        if not columns:
            return Form(browser(role), f"{base}new/")
        with app.app_context():
            return Form(browser(role), f"{base}edit/?id={one(model, **columns).id}")

    return open_form


def get(app, model, column, **columns):
    """Return the value of a column of one row."""
    with app.app_context():
        return getattr(one(model, **columns), column)


# Two at once


def test_the_second_editor_keeps_what_they_typed(app, form):
    """The second of two is told who was faster and what changed, keeps every field, and their second save goes through."""
    first, second = form("support", Plan, code="HOME20"), form("support", Plan, code="HOME20")
    assert first.send(name="Home 20 Plus").saved
    with nothing_written(app, "a save that was too slow"):
        second.send(monthly_price="260000", up_mbps="11")
    assert not second.saved
    assert "Support" in second.text and "Home 20 Plus" in second.text
    assert (second.typed["monthly_price"], second.typed["up_mbps"], second.typed["name"]) == ("260000", "11", "Home 20")
    assert second.send().saved
    assert get(app, Plan, "monthly_price", code="HOME20") == 260_000


@pytest.mark.parametrize("version", [None, "", "0", "x", "-1", "9" * 30])
def test_a_form_without_its_version_is_not_saved(app, form, version):
    """A POST that does not know which row it changes is a conflict, not a pass."""
    edit = form("support", Plan, code="HOME20")
    with nothing_written(app, f"version {version}"):
        assert not edit.send(name="Home 21", row_version=version).saved
    assert edit.typed["name"] == "Home 21" and edit.send().saved


def test_a_conflict_tells_only_what_the_reader_may_see(app, form):
    """Labels and names, not column names and numbers; a move counts as a change too."""
    edit = form("support", Complaint, subject="Lampu LOS merah")
    with app.app_context():
        move(one(Complaint, subject="Lampu LOS merah"), "assign", one(User, email=email("support")), now(), technician=one(User, email=email("technician2")))
        db.session.commit()
    edit.send(subject="Lampu LOS merah sekali")
    assert not edit.saved and "Technician2" in edit.text and "technician_id" not in edit.text
    assert edit.send().saved


def test_the_trail_knows_a_related_row_that_was_changed(app, form):
    """A category, a technician: before and after, though the form sets rows and not their numbers."""
    assert form("support", Complaint, subject="Lampu LOS merah").send(category="2").saved
    with app.app_context():
        row, boss = one(Complaint, subject="Lampu LOS merah"), one(User, email=email("support"))
        old, new = row.technician_id, one(User, email=email("technician2"))
        move(row, "assign", boss, now(), technician=new)
        db.session.commit()
        edited, assigned = db.session.scalars(select(Step).filter_by(table="complaint", row_id=row.id).order_by(Step.id.desc()).limit(2)).all()[::-1]
        assert (edited.before["category_id"], edited.after["category_id"]) == (1, 2)
        assert (assigned.before["technician_id"], assigned.after["technician_id"]) == (old, new.id)


def test_a_row_deleted_meanwhile(app, form, browser):
    """Saving a row that is gone says so."""
    edit = form("support", Promo, code="RAHASIA")
    with app.app_context():
        number = one(Promo, code="RAHASIA").id
    assert browser("support").send("/admin/support/promo/delete/", {"id": number}).status_code == 302
    assert edit.person.send(edit.url, edit.typed).status_code == 404


@pytest.mark.only("mariadb")
def test_two_save_at_the_same_moment(app, form):
    """The one whose changes come second is told as one who opened the form too early; nothing of the first is lost."""
    first, second = form("support", Plan, code="HOME20"), form("support", Plan, code="HOME20")
    with meanwhile(Plan, lambda: first.send(name="Home 20 Plus")):
        second.send(monthly_price="260000")
    assert first.saved and not second.saved and "Home 20 Plus" in second.text and second.typed["monthly_price"] == "260000"
    assert (get(app, Plan, "name", code="HOME20"), get(app, Plan, "monthly_price", code="HOME20")) == ("Home 20 Plus", 250_000)
    assert second.send(name="Home 20 Plus").saved and get(app, Plan, "monthly_price", code="HOME20") == 260_000


@pytest.mark.only("mariadb")
def test_a_row_deleted_while_it_is_saved_or_deleted(app, form, browser):
    """Who saves is led back to the list and told; who deletes too is told that somebody was faster."""
    support, edit, url = browser("support"), form("support", Promo, code="RAHASIA"), "/admin/support/promo/delete/"
    number = get(app, Promo, "id", code="RAHASIA")
    with meanwhile(Promo, lambda: support.send(url, {"id": number})):
        edit.send(title="Masih ada")
    assert edit.saved and edit.page.location.endswith("/admin/support/promo/")
    assert "telah dihapus oleh orang lain" in edit.person.get(edit.page.location).text
    number, other = get(app, Promo, "id", code="HEMAT"), browser("support")
    with app.app_context():
        db.session.execute(PromoRequest.__table__.delete())
        db.session.execute(PromoSeen.__table__.delete())
        db.session.commit()
    with meanwhile(Promo, lambda: support.send(url, {"id": number})):
        answer = other.send(url, {"id": number}, follow_redirects=True)
    assert answer.status_code == 200 and "Orang lain lebih dulu" in answer.text
    with app.app_context():
        assert not db.session.scalars(select(Promo)).all()


def test_a_change_that_is_a_secret(app, form):
    """Who was faster is said, a new password is not, nor that it is one."""
    edit = form("administrator", User, email=email("support"))
    with app.app_context():
        one(User, email=email("support")).password = "$argon2id$rahasia"
        db.session.commit()
    edit.send(name="Sari")
    assert not edit.saved and "tidak ada yang dapat Anda lihat" in edit.text and "argon2id" not in edit.text and "•••" not in edit.text
    assert edit.send().saved and get(app, User, "name", email=email("support")) == "Sari"


# What cannot be


def test_a_table_that_the_policy_does_not_name_for_a_role_has_no_screen():
    """A screen that somebody builds all the same is a mistake of ours, and named."""
    with pytest.raises(LookupError, match="support has no entry for counter"):
        CounterScreen(RoleName.SUPPORT)


@pytest.mark.parametrize(("role", "model", "columns", "changes", "field"), [
    ("support", Plan, {"code": "HOME20"}, {"code": "HOME50"}, "code"),
    ("support", Plan, {"code": "HOME20"}, {"down_mbps": "0"}, "down_mbps"),
    ("support", Plan, {"code": "HOME20"}, {"down_mbps": "-1"}, "down_mbps"),
    ("support", Plan, {"code": "HOME20"}, {"down_mbps": "twenty"}, "down_mbps"),
    ("support", Plan, {"code": "HOME20"}, {"down_mbps": "99999999999"}, "down_mbps"),
    ("support", Plan, {"code": "HOME20"}, {"monthly_price": "-1"}, "monthly_price"),
    ("support", Plan, {"code": "HOME20"}, {"name": ""}, "name"),
    ("support", Plan, {"code": "HOME20"}, {"name": "   "}, "name"),
    ("support", Plan, {"code": "HOME20"}, {"name": "x" * 101}, "name"),
    ("support", Promo, {"code": "HEMAT"}, {"valid_until": "2020-01-01"}, "valid_until"),
    ("support", Promo, {"code": "HEMAT"}, {"valid_until": "soon"}, "valid_until"),
    ("support", Promo, {"code": "HEMAT"}, {"text": "x" * 10_001}, "text"),
    ("support", Promo, {"code": "HEMAT"}, {"audience": "nobody"}, "audience"),
    ("support", Subscription, {"customer_id": 1}, {"valid_until": "2020-01-01"}, "valid_until"),
    ("support", BandwidthGrant, {"extra_mbps": 10}, {"valid_until": "2020-01-01"}, "valid_until"),
    ("support", BandwidthGrant, {"extra_mbps": 10}, {"extra_mbps": "0"}, "extra_mbps"),
    ("support", Customer, {"number": "PLG-000001"}, {"phone": "nanti"}, "phone"),
    ("support", Customer, {"number": "PLG-000001"}, {"identity_number": "123"}, "identity_number"),
    ("support", Customer, {"number": "PLG-000001"}, {"identity_number": "٣" * 16}, "identity_number"),
    ("support", Customer, {"number": "PLG-000001"}, {"email": "budi"}, "email"),
    ("support", Customer, {"number": "PLG-000001"}, {"branch": "999999"}, "branch"),
    ("support", Complaint, {"subject": "Lampu LOS merah"}, {"priority": "__None"}, "priority"),
    ("support", Complaint, {"subject": "Lampu LOS merah"}, {"priority": "9"}, "priority"),
    ("support", Complaint, {"subject": "Lampu LOS merah"}, {"subject": " "}, "subject"),
    ("administrator", ComplaintCategory, {"code": "DOWN"}, {"response_hours": "0"}, "response_hours"),
    ("administrator", ComplaintCategory, {"code": "DOWN"}, {"resolution_hours": "1"}, "resolution_hours"),
    ("administrator", ComplaintCategory, {"code": "DOWN"}, {"resolution_hours": "8761"}, "resolution_hours"),
    ("administrator", ServiceStandard, {"measure": Measure.RESTORED}, {"goal_percent": "101"}, "goal_percent"),
    ("administrator", CoverageArea, {"name": "Nagoya"}, {"branch": "1", "name": "Kapuk Muara"}, "name"),
    ("administrator", CoverageArea, {"name": "Nagoya"}, {"postcode": "123"}, "postcode"),
    ("administrator", User, {"email": "support@test.example"}, {"email": "TECHNICIAN@Test.example"}, "email"),
    ("administrator", User, {"email": "support@test.example"}, {"language": "xx"}, "language"),
], ids=lambda value: value.__name__ if isinstance(value, type) else None)
def test_refused_beside_its_field(app, form, role, model, columns, changes, field):
    """One wrong value: nothing is written, its field says why, and all that was typed is still there."""
    edit = form(role, model, **columns)
    before = dict(edit.typed)
    with nothing_written(app, f"{model.__name__} {changes}"):
        assert not edit.send(**changes).saved
    assert "SQL" not in edit.text and "IntegrityError" not in edit.text
    assert _has_error(edit.text, field), f"{field} says nothing"
    for name, value in (before | changes).items():
        chosen = name in changes and name in ("priority", "language", "audience", "branch")  # a list keeps no choice that it has not
        if name != "csrf_token" and not chosen:
            assert edit.typed[name].strip().lower() == value.strip().lower(), f"{name} was not kept"


def _has_error(text, field):
    """Return whether the page marks a field as wrong."""
    found = re.search(rf'<(?:input|select|textarea)[^>]*\bname="{field}"[^>]*>', text)
    return found is not None and "is-invalid" in found.group(0)


def test_choices_survive_an_error(app, form):
    """A customer found by typing is still chosen when another field is wrong."""
    new = form("support", Complaint)
    new.send(customer="1", subscription="1", category="1", subject="", description="Mati", channel="phone")
    assert not new.saved and (new.typed["customer"], new.typed["subscription"], new.typed["category"]) == ("1", "1", "1")
    assert "Budi Santoso" in new.text and new.typed["description"] == "Mati"
    assert new.send(subject="Mati").saved


@pytest.mark.parametrize(("typed", "priority"), [("", Priority.URGENT), ("__None", Priority.URGENT), (None, Priority.URGENT), ("4", Priority.LOW)])
def test_a_blank_priority_is_the_categorys(app, form, typed, priority):
    """Whoever enters a complaint may leave the priority to the category."""
    new = form("support", Complaint)
    assert new.send(customer="1", category="1", subject="Mati lagi", description="Mati", channel="phone", priority=typed, subscription="").saved
    assert get(app, Complaint, "priority", subject="Mati lagi") is priority


def test_a_complaint_has_a_subscription_of_its_customer(app, form):
    """Another customer's subscription is refused when entering and when editing."""
    new = form("support", Complaint)
    with nothing_written(app, "a foreign subscription"):
        new.send(customer="1", subscription="2", category="1", subject="Mati lagi", description="Mati", channel="phone", priority="")
        assert not new.saved and _has_error(new.text, "subscription")
        edit = form("support", Complaint, subject="Lampu LOS merah")
        assert not edit.send(subscription="2").saved and _has_error(edit.text, "subscription")


@pytest.mark.parametrize("typed", ["250.000", "250 000", "250,000", "250000", " 250000 "])
def test_thousands_may_have_dots(app, form, typed):
    """A price is typed as people write it."""
    assert form("support", Plan, code="HOME50").send(monthly_price=typed).saved
    assert get(app, Plan, "monthly_price", code="HOME50") == 250_000


@pytest.mark.parametrize("typed", ["0812 3456 7890", "+62 812-3456-7890", "62812 34567890", "(0812) 34567890"])
def test_telephone_numbers_are_kept_as_e164(app, form, typed):
    """However it is typed."""
    assert form("support", Customer, number="PLG-000001").send(phone=typed).saved
    assert get(app, Customer, "phone", number="PLG-000001") == "+6281234567890"


def test_what_is_fixed_is_not_edited(app, form, browser):
    """A grant that is no draft, and a complaint that is closed, are refused in words, by GET and by POST."""
    edit = form("support", BandwidthGrant, extra_mbps=10)
    with app.app_context():
        move(one(BandwidthGrant, extra_mbps=10), "approve", one(User, email=email("support")), now())
        db.session.commit()
    with nothing_written(app, "editing an active grant"):
        answer = edit.person.send(edit.url, edit.typed | {"extra_mbps": "99"})
        assert answer.status_code == 302 and "details" in answer.location
        assert edit.person.get(edit.url).status_code == 302
    assert "alert" in edit.person.get(answer.location).get_data(as_text=True)


def test_what_is_used_is_not_deleted(app, browser):
    """A category with complaints stays, in words; one without goes."""
    boss = browser("administrator")
    with app.app_context():
        db.session.add(ComplaintCategory(code="NEW", name="Baru", name_en="New", response_hours=1, resolution_hours=1))
        db.session.commit()
        used, unused = one(ComplaintCategory, code="DOWN").id, one(ComplaintCategory, code="NEW").id
    with nothing_written(app, "deleting a category that is used"):
        answer = boss.send("/admin/administrator/complaint_category/delete/", {"id": used}, follow_redirects=True)
    assert "Internet mati" in answer.get_data(as_text=True) and "SQL" not in answer.get_data(as_text=True)
    boss.send("/admin/administrator/complaint_category/delete/", {"id": unused})
    with app.app_context():
        assert set(db.session.scalars(select(ComplaintCategory.code))) == {"DOWN", "BILL"}


def test_a_busy_database_is_said(app, form, monkeypatch):
    """Where a lock does not come, the person keeps the form and is asked to save again."""
    from sqlalchemy.exc import OperationalError

    edit = form("support", Plan, code="HOME20")

    def locked():
        raise OperationalError("UPDATE secret", {}, Exception("database is locked") if db.engine.dialect.name == "sqlite" else Deadlock(1213, "x"))

    class Deadlock(Exception):
        pass

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", locked)
        assert not edit.send(name="Home 22").saved
    assert "secret" not in edit.text and edit.typed["name"] == "Home 22" and edit.send().saved


def test_what_only_the_database_refuses_is_said(app, form, monkeypatch):
    """A rule that was forgotten in the form still holds; the person keeps the form and reads why nothing was saved."""
    monkeypatch.setattr(CategoryScreen, "checks", ())
    edit = form("administrator", ComplaintCategory, code="DOWN")
    with nothing_written(app, "targets in the wrong order"):
        assert not edit.send(response_hours="5", resolution_hours="4").saved
    assert edit.page.status_code == 200 and "tidak saling sesuai" in edit.text and "SQL" not in edit.text
    assert (edit.typed["response_hours"], edit.typed["resolution_hours"]) == ("5", "4") and edit.send(resolution_hours="24").saved


def test_a_database_that_takes_nothing_is_no_fault_of_the_form(app, form, monkeypatch):
    """The page says that we are not available and keeps what was typed; the statement stays ours."""
    from sqlalchemy.exc import OperationalError

    edit = form("support", Plan, code="HOME20")

    def read_only():
        raise OperationalError("UPDATE secret", {}, Exception(1290, "running with --read-only"))

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", read_only)
        edit.send(name="Home 22")
    assert edit.page.status_code == 503 and "Home 22" in edit.text and "secret" not in edit.text
    assert get(app, Plan, "name", code="HOME20") == "Home 20"


# Accounts


def test_a_new_account_of_staff_is_complete(app, form):
    """It has a session key and no password, its address is in small letters, and the trail knows who made it."""
    new = form("administrator", User)
    with app.app_context():
        role = str(one(User, email=email("sales")).roles[0].id)
    assert new.send(name="Rini", email="Rini@Test.Example", roles=role, active="y", language="id", phone="", branch="").saved
    with app.app_context():
        rini = one(User, email="rini@test.example")
        assert len(rini.fs_uniquifier) >= 32 and rini.password is None and rini.confirmed_at and rini.role_names == (RoleName.SALES,)
        step = db.session.scalars(select(Step).filter_by(table="user", row_id=rini.id)).one()
        assert step.actor.email == email("administrator") and rini.fs_uniquifier not in str(step.after)


def test_an_invitation_lets_a_person_in(app, form, browser):
    """The new colleague gets a letter, chooses a password at its link, and is in; the link works once, and nobody else sends it."""
    with app.app_context():
        role = str(one(User, email=email("sales")).roles[0].id)
    assert form("administrator", User).send(name="Rini", email="rini@test.example", roles=role, active="y", language="id").saved
    with app.app_context():
        number = one(User, email="rini@test.example").id
    for person in ("manager", "support"):
        with nothing_written(app, "an invitation without the right"):
            assert browser(person).send(f"/admin/{person}/user/move/?id={number}&verb=invite").status_code in (403, 404)
    assert browser("administrator").send(f"/admin/administrator/user/move/?id={number}&verb=invite").status_code == 302
    with app.app_context():
        letter = one(Letter, to_email="rini@test.example")
        path, letter_id = re.search(r"/reset/[^\s\"<>]+", letter.data["body"]).group(0), letter.id
    assert "/reset/" not in browser("administrator").get(f"/admin/administrator/letter/details/?id={letter_id}").get_data(as_text=True)
    for password in ("kopi-susu-gula-77", "teh-tawar-panas-88"):
        rini = browser()
        assert rini.get(path).status_code in (200, 302)
        rini.send(path, {"password": password, "password_confirm": password})
    tries = [browser().send("/login", {"email": "rini@test.example", "password": word}).status_code
             for word in ("teh-tawar-panas-88", "kopi-susu-gula-77")]
    assert tries == [200, 302]
    with nothing_written(app, "inviting who is in already"):
        browser("administrator").send(f"/admin/administrator/user/move/?id={number}&verb=invite")


@pytest.mark.parametrize("changes", [{"active": None}, {"roles": ["1"]}, {"roles": []}, {"active": None, "roles": []}])
def test_nobody_locks_themselves_out(app, form, changes):
    """An administrator can neither deactivate nor de-role themselves."""
    edit = form("administrator", User, email=email("administrator"))
    with app.app_context():
        own = [str(role.id) for role in one(User, email=email("administrator")).roles]
    with nothing_written(app, f"locking oneself out with {changes}"):
        assert not edit.send(**({"roles": own} | changes)).saved


def test_the_last_administrator_stays(app, form):
    """While there is another administrator one may go; the last may not."""
    with app.app_context():
        support = one(User, email=email("support"))
        boss = one(User, email=email("administrator"))
        support.roles = [*support.roles, boss.roles[0]]
        db.session.commit()
        keep = [str(role.id) for role in support.roles if role.name == "support"]
    edit = form("administrator", User, email=email("support"))
    assert edit.send(roles=keep).saved
    with app.app_context():
        assert one(User, email=email("support")).role_names == (RoleName.SUPPORT,)


# Letters


def test_a_failed_letter_is_sent_again(app, browser):
    """The administrator puts it back into the queue; others cannot, and a letter that is not failed stays as it is."""
    with app.app_context():
        letter = db.session.scalars(select(Letter)).first()
        letter.state, letter.tries, letter.last_error, letter.next_try_at = LetterState.FAILED, 30, "550 no such user", None
        db.session.commit()
        number = letter.id
    url = "/admin/{0}/letter/move/?id={1}&verb=retry"
    for role in ("support", "manager"):
        with nothing_written(app, "sending again without the right"):
            assert browser(role).send(url.format(role, number)).status_code == 403
    assert browser("administrator").send(url.format("administrator", number)).status_code == 302
    with app.app_context():
        letter = db.session.get(Letter, number)
        assert (letter.state, letter.tries, letter.last_error) == (LetterState.QUEUED, 0, None) and letter.next_try_at <= now()
    with nothing_written(app, "sending a queued letter again"):
        browser("administrator").send(url.format("administrator", number))
        browser("administrator").send("/admin/administrator/letter/action/", {"action": "retry", "rowid": [number]})


def test_verbs_in_bulk(app, browser):
    """A bulk verb moves what it can and says what it could not; the rows are as if moved one by one."""
    with app.app_context():
        ids = [row.id for row in db.session.scalars(select(Complaint))]
    answer = browser("support").send("/admin/support/complaint/action/", {"action": "start", "rowid": ids}, follow_redirects=True)
    with app.app_context():
        found = {row.subject: row.status.value for row in db.session.scalars(select(Complaint))}
        assert found == {"Lampu LOS merah": "in_progress", "Internet putus-putus": "in_progress", "Tagihan ganda": "new"}
        assert db.session.scalars(select(Step).filter_by(action="start")).all()
    assert "Tagihan ganda" in answer.get_data(as_text=True)
