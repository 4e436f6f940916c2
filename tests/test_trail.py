"""The trail: every change leaves a step with who, when, before and after, and nothing changes past it."""

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Complaint, Customer, Plan, Reply, Role, Step, User
from ecrm.models.account import RoleName
from ecrm.models.step import Via
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
        assert (step.action, step.row_id, step.via) == ("update", plan.id, Via.CLI)
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
