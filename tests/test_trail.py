"""The trail: every change leaves a step with who, when, before and after, and nothing changes past it."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import Complaint, Customer, Plan, Recap, Reply, Role, Step, User
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.recap import FrozenBecause
from ecrm.models.step import Via
from ecrm.rules import move
from ecrm.trail import MASK, TrailBroken
from tests.world import email, one


def last(table):
    """Return the newest step of a table."""
    return db.session.scalars(select(Step).filter_by(table=table).order_by(Step.id.desc()).limit(1)).one()


def test_a_change_names_the_columns_and_both_values(app):
    """An update says what was there and what is there, and nothing of the other columns."""
    with app.app_context():
        plan = one(Plan, code="HOME20")
        plan.monthly_price = 275_000
        db.session.commit()
        step = last("plan")
        assert (step.action, step.row_id, step.via, str(step)) == ("update", plan.id, Via.CLI, f"update plan {plan.id}")
        assert (step.before, step.after) == ({"monthly_price": 250_000}, {"monthly_price": 275_000})


def test_the_person_at_the_keyboard_is_named(app, browser):
    """A form of the staff site leaves the account and the door."""
    with app.app_context():
        plan = one(Plan, code="HOME20")
        number, version, support = plan.id, plan.version, one(User, email=email("support")).id
    form = {"code": "HOME20", "name": "Rumah 20", "down_mbps": 20, "up_mbps": 10, "monthly_price": 250_000, "on_sale": "y",
            "row_version": version}
    assert browser("support").send(f"/admin/support/plan/edit/?id={number}", form).status_code == 302
    with app.app_context():
        step = last("plan")
        assert (step.actor_id, step.via, step.after) == (support, Via.ADMIN, {"name": "Rumah 20"})


def test_secrets_are_masked(app):
    """A password hash never stands in the trail; that it changed does."""
    with app.app_context():
        one(User, email=email("sales")).password = "another-hash"
        db.session.commit()
        step = last("user")
        assert (step.before, step.after) == ({"password": MASK}, {"password": MASK})


def test_roles_are_part_of_the_trail(app):
    """Who was given which role is a change of the account."""
    with app.app_context():
        person = one(User, email=email("sales"))
        person.roles.append(one(Role, name=RoleName.MANAGER.value))
        db.session.commit()
        step = last("user")
        assert len(step.before["roles"]) == 1 and len(step.after["roles"]) == 2


def test_a_deletion_keeps_the_row_in_the_trail(app):
    """What is gone can be read in `before`."""
    with app.app_context():
        plan = Plan(code="OLD", name="Lama", down_mbps=1, up_mbps=1, monthly_price=1)
        db.session.add(plan)
        db.session.commit()
        db.session.delete(plan)
        db.session.commit()
        step = last("plan")
        assert (step.action, step.before["code"], step.after) == ("delete", "OLD", {})


def test_a_rollback_leaves_no_step(app):
    """The step stands and falls with the change."""
    with app.app_context():
        count = db.session.query(Step).count()
        one(Plan, code="HOME20").name = "x"
        db.session.flush()
        db.session.rollback()
        assert db.session.query(Step).count() == count


@pytest.mark.parametrize("model", [Reply, Step])
def test_history_cannot_be_rewritten(app, model):
    """Replies and steps are neither changed nor deleted."""
    with app.app_context():
        row = db.session.scalars(select(model).limit(1)).one()
        setattr(row, "text" if model is Reply else "reason", "anders")
        with pytest.raises(TrailBroken):
            db.session.commit()
        db.session.rollback()
        db.session.delete(row)
        with pytest.raises(TrailBroken):
            db.session.commit()
        db.session.rollback()


def test_no_bulk_statement_passes_by(app):
    """UPDATE and DELETE over many rows would leave no trail; the session refuses them."""
    with app.app_context():
        for statement in (db.update(Customer).values(name="x"), db.delete(Complaint)):
            with pytest.raises(TrailBroken):
                db.session.execute(statement)


def changes(page):
    """Return the lines of the list's changes, as people read them."""
    text = page.get_data(as_text=True)
    return [re.sub(r"<[^>]+>", "", line) for cell in re.findall(r'<ul class="changes">(.*?)</ul>', text, re.S)
            for line in re.findall(r"<li.*?</li>", cell, re.S)]


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_the_trail_of_a_row_says_what_changed(app, browser, role):
    """From the row's own page to who, when, which columns, before → after; the list says which row it is about and leads back."""
    with app.app_context():
        plan, row = one(Plan, code="HOME20"), one(Complaint, subject="Tagihan ganda")
        plan.monthly_price, plan.on_sale = 275_000, False
        name_of_plan = str(plan)
        number, row_id, technician = plan.id, row.id, one(User, email=email("technician"))
        move(row, "assign", one(User, email=email("support")), now(), technician=technician)
        name = str(technician)
        row.description = "Sangat " * 40 + "panjang"
        db.session.commit()
    person = browser(role)
    link = re.search(r'id="trail" href="([^"]+)"', person.get(f"/admin/{role}/plan/details/?id={number}").get_data(as_text=True))[1]
    trail = person.get(link.replace("&amp;", "&"))
    assert {"Harga per bulan (Rp): 250.000 → 275.000", "Dijual: Ya → Tidak"} <= set(changes(trail))
    about = trail.get_data(as_text=True).partition('id="about"')[2].partition("</p>")[0]
    assert f"/admin/{role}/plan/details/?id={number}" in about and name_of_plan in about
    trail = person.get(f"/admin/{role}/step/?flt0_table=complaint&flt1_row_id={row_id}")
    lines = changes(trail)
    assert f"Teknisi: – → {name}" in lines
    cut = next(line for line in lines if line.startswith("Uraian: ") and "→ Sangat" in line)
    assert cut.endswith("…") and len(cut.partition("→ ")[2]) <= 61
    with app.app_context():
        step = db.session.scalars(select(Step.id).filter_by(table="complaint", row_id=row_id).order_by(Step.id.desc()).limit(1)).one()
    assert "Sangat " * 40 + "panjang" in person.get(f"/admin/{role}/step/details/?id={step}").get_data(as_text=True)
    assert 'id="about"' not in person.get(f"/admin/{role}/step/?flt0_table=complaint").get_data(as_text=True)


def test_the_list_hides_what_the_policy_hides(app, browser):
    """A manager reads no column in the trail that the policy hides, nor a row that is gone."""
    with app.app_context():
        person = one(User, email=email("sales"))
        person.password, person.name = "another-hash", "Sinta <b>"
        db.session.commit()
        number = person.id
        hidden = policy.hidden(User, RoleName.ADMINISTRATOR)
        labels = {str(getattr(User, key).info.get("label", key)) for key in hidden if hasattr(User, key)}
    trail = browser("administrator").get(f"/admin/administrator/step/?flt0_table=user&flt1_row_id={number}")
    lines = changes(trail)
    assert any("Sinta &lt;b&gt;" in line for line in lines)
    assert not [line for line in lines if line.partition(":")[0] in labels] and "another-hash" not in trail.get_data(as_text=True)
    gone = browser("administrator").get("/admin/administrator/step/?flt0_table=plan&flt1_row_id=999999")
    assert gone.status_code == 200 and 'id="about"' not in gone.get_data(as_text=True)
    assert browser("administrator").get("/admin/administrator/step/?flt0_table=nothing&flt1_row_id=1").status_code == 200


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_the_trail_says_the_names_of_what_is_kept_for_the_code(app, browser, role):
    """A frozen recap is called what the menu calls it, also by who may not open it; what the worker did, the system did."""
    with app.app_context():
        db.session.add(Recap(kind="activity", first_day=date(2026, 10, 1), last_day=date(2026, 10, 31), figures={"tables": [], "notes": [], "title": "x"},
                             sha256="0" * 64, because=FrozenBecause.SENT))
        db.session.commit()
        number = last("recap").row_id
    page = browser(role).get(f"/admin/{role}/step/?flt0_table=recap&flt1_row_id={number}")
    assert "Rekapitulasi: – → Kegiatan petugas" in changes(page)
    text = page.get_data(as_text=True)
    assert "activity" not in text.partition('id="about"')[2] and re.search(r'col-actor[^>]*>\s*Sistem\s*<', text)
