"""The database is what the models say: up, down and up again on both, and its constraints bite without our code."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import column as column_named, inspect, table as table_named, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from ecrm.extensions import db
from ecrm.models import (
    Attachment, BandwidthGrant, Branch, Complaint, ComplaintCategory, Counter, CoverageArea, Customer, Installation, Letter, Plan, Promo,
    Reply, Role, Step, Subscription, User,
)
from tests.conftest import BACKENDS, WORKER

REFUSED = (IntegrityError, OperationalError, DataError)
DAY, MOMENT = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)


def differences(app):
    """Return what a migration would still have to change."""
    with app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": True, "include_object": lambda _o, name, kind, _r, _c: not (kind in ("table", "index") and (name or "").startswith("fts_"))}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def tables(app):
    """Return the names of all tables."""
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


@pytest.mark.parametrize("backend", BACKENDS)
def test_up_down_up(make_app, backend):
    """From nothing to the models, back to nothing one revision at a time, and up again."""
    app = make_app(backend, owner=True)
    assert differences(app) == []
    with app.app_context():
        script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
        revisions = list(script.walk_revisions())
        assert len(script.get_heads()) == 1
        for revision in revisions:
            downgrade(revision=revision.down_revision or "base")
            upgrade(revision=revision.revision)
            downgrade(revision=revision.down_revision or "base")
    assert tables(app) <= {"alembic_version"}
    with app.app_context():
        upgrade()
    assert differences(app) == []


def test_the_server_needs_no_right_to_change_tables(make_app):
    """All other tests on MariaDB work as a user who has none."""
    with make_app("mariadb").app_context(), db.engine.connect() as connection, pytest.raises(OperationalError, match="1142"):
        connection.exec_driver_sql("ALTER TABLE complaint ADD COLUMN more INT")


def test_the_wrong_user_is_told_in_one_line(make_app):
    """Who may not change tables cannot migrate, and learns why without a traceback."""
    owner = make_app("mariadb", owner=True)
    with owner.app_context():
        last = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        db.session.execute(text("UPDATE alembic_version SET version_num = :older"), {"older": f"{int(last) - 1:04d}"})
        db.session.commit()
    settings = {name: owner.config["ECRM"][name] for name in ("SECRET_KEY", "PASSWORD_SALT", "TOTP_SECRET")} | {
        "PROFILE": "demo", "DATABASE_URL": make_url(owner.config["SQLALCHEMY_DATABASE_URI"]).set(username=WORKER).render_as_string()}
    said = subprocess.run([sys.executable, "-m", "flask", "--app", "ecrm", "db", "upgrade"], capture_output=True, text=True, timeout=60,
                          env=os.environ | {f"ECRM_{name}": value for name, value in settings.items()})
    assert said.returncode == 1 and "command denied" in said.stderr and "own the tables" in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr


def test_revisions_are_numbered(make_app):
    """0001, 0002, … in one line."""
    app = make_app()
    with app.app_context():
        script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
        numbers = [revision.revision for revision in reversed(list(script.walk_revisions()))]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


GOOD = {  # a row of each table that is refused for nothing; {} of a foreign key is the first row
    Branch: {"code": "X", "name": "x", "city": "x", "address": "x", "phone": "x", "time_zone": "Asia/Jakarta", "active": True},
    CoverageArea: {"branch_id": 1, "name": "x", "coverage": "covered"},
    Plan: {"code": "X", "name": "x", "down_mbps": 1, "up_mbps": 1, "monthly_price": 0, "on_sale": True},
    Promo: {"code": "X", "title": "x", "text": "x", "valid_from": DAY, "valid_until": DAY + timedelta(days=1), "audience": "new", "published": True},
    ComplaintCategory: {"code": "X", "name": "x", "name_en": "x", "priority": 1, "response_hours": 1, "resolution_hours": 1, "active": True,
                       "clock": "around", "kind": "general"},
    Customer: {"number": "X", "preferred_channel": "email", "name": "x", "phone": "x", "address": "x", "branch_id": 1, "since": DAY, "status": "active"},
    Subscription: {"customer_id": 1, "plan_id": 1, "address": "x", "valid_from": DAY, "status": "active"},
    BandwidthGrant: {"subscription_id": 1, "extra_mbps": 1, "valid_from": DAY, "valid_until": DAY + timedelta(days=1), "reason": "loyalty",
                     "status": "draft"},
    Complaint: {"number": "X", "customer_id": 1, "branch_id": 1, "category_id": 1, "subject": "x", "description": "x", "channel": "phone",
                "priority": 1, "status": "new", "opened_at": MOMENT, "response_due_at": MOMENT, "resolution_due_at": MOMENT,
                "response_hours": 1, "resolution_hours": 1, "waited_seconds": 0, "reopen_count": 0,
                "clock": "around", "clock_due_at": MOMENT, "clock_warn_at": MOMENT, "repeats": 0, "outage_told": 0},
    Reply: {"complaint_id": 1, "public": True, "text": "x", "at": MOMENT},
    Attachment: {"complaint_id": 1, "name": "x", "media_type": "x", "size": 1, "sha256": "x", "storage_key": "x", "at": MOMENT},
    Installation: {"number": "X", "language": "id", "applicant_name": "x", "applicant_phone": "x", "address": "x", "area_id": 1, "plan_id": 1,
                   "status": "registered", "registered_at": MOMENT},
    User: {"email": "x@x.example", "name": "x", "language": "id", "active": True, "fs_uniquifier": "x", "created_at": MOMENT},
    Role: {"name": "x", "two_factor_required": False},
    Letter: {"channel": "email", "to_email": "x", "to_name": "x", "language": "id", "template": "x", "data": {}, "state": "queued", "queued_at": MOMENT, "tries": 0},
    Step: {"at": MOMENT, "via": "cli", "table": "x", "row_id": 1, "action": "x", "before": {}, "after": {}},
    Counter: {"name": "x", "value": 0},
}
BAD = [
    (Plan, {"down_mbps": 0}), (Plan, {"up_mbps": -1}), (Plan, {"monthly_price": -1}),
    (Promo, {"valid_until": DAY}), (Promo, {"audience": "nobody"}),
    (ComplaintCategory, {"response_hours": 0}), (ComplaintCategory, {"response_hours": 5, "resolution_hours": 4}), (ComplaintCategory, {"priority": 5}),
    (Subscription, {"valid_until": DAY}), (Subscription, {"status": "gone"}),
    (BandwidthGrant, {"extra_mbps": 0}), (BandwidthGrant, {"valid_until": DAY}), (BandwidthGrant, {"status": "x"}), (BandwidthGrant, {"reason": "x"}),
    (Complaint, {"rating": 0}), (Complaint, {"rating": 6}), (Complaint, {"priority": 0}), (Complaint, {"status": "done"}), (Complaint, {"channel": "x"}),
    (Complaint, {"reopen_count": -1}), (Complaint, {"waited_seconds": -1}), (Complaint, {"resolution_due_at": MOMENT - timedelta(seconds=1)}),
    (Attachment, {"size": 0}), (Letter, {"tries": -1}), (Letter, {"state": "x"}), (Counter, {"value": -1}), (Customer, {"status": "x"}),
    (Installation, {"status": "x"}), (CoverageArea, {"coverage": "x"}), (Branch, {"time_zone": "Mars"}), (Step, {"via": "x"}), (User, {"language": "x"}),
]


def put(app, model, values):
    """Insert one row past all of our code, and take it back."""
    row = GOOD[model] | values
    if hasattr(model, "version"):
        row |= {"version": 1}
    row = {name: json.dumps(value) if isinstance(value, dict) else value.replace(tzinfo=None) if isinstance(value, datetime) else value
           for name, value in row.items()}
    plain = table_named(model.__tablename__, *(column_named(name) for name in row))  # without our types, which refuse some by themselves
    with app.app_context(), db.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(plain.insert().values(row))
        transaction.rollback()


@pytest.mark.parametrize("model", GOOD, ids=lambda model: model.__name__)
def test_a_good_row_fits(app, model):
    """The refusals below have no other reason."""
    put(app, model, {})


@pytest.mark.parametrize(("model", "values"), BAD, ids=lambda value: value.__name__ if isinstance(value, type) else "-".join(value))
def test_checks_bite(app, model, values):
    """The database refuses what cannot be, whoever writes it."""
    with pytest.raises(REFUSED):
        put(app, model, values)


KEYS = [(model, column) for model in GOOD for column in model.__table__.columns if column.foreign_keys]


@pytest.mark.parametrize(("model", "column"), KEYS, ids=lambda value: getattr(value, "key", None) or value.__name__)
def test_foreign_keys_bite(app, model, column):
    """Nothing points to a row that is not there."""
    with pytest.raises(REFUSED):
        put(app, model, {column.key: 999_999})


UNIQUE = [(model, column) for model in GOOD for column in model.__table__.columns if column.unique]


@pytest.mark.parametrize(("model", "column"), UNIQUE, ids=lambda value: getattr(value, "key", None) or value.__name__)
def test_unique_columns_bite(app, model, column):
    """No number, code or e-mail address twice."""
    with app.app_context():
        if column.key == "token":  # no row of the little company has one
            with db.engine.begin() as connection:
                connection.execute(model.__table__.update().where(model.id == 1).values(token="taken"))
        taken = db.session.scalars(db.select(column).where(column.is_not(None))).first()
    with pytest.raises(REFUSED):
        put(app, model, {column.key: taken})


@pytest.mark.parametrize(("model", "column"), [(model, column) for model in GOOD for column in model.__table__.columns
                                               if not column.nullable and not column.primary_key and column.key in GOOD[model]],
                         ids=lambda value: getattr(value, "key", None) or value.__name__)
def test_needed_columns_bite(app, model, column):
    """What every row has, every row has."""
    with pytest.raises(REFUSED):
        put(app, model, {column.key: None})


# The lists that each role opens, and what they ask first.
LISTS = {
    "complaint": [("status", "clock_due_at", "opened_at", "id"), ("technician_id", "clock_due_at"), ("technician_id", "status"), ("customer_id", "opened_at"),
                  ("branch_id", "status"), ("category_id", "opened_at"), ("opened_at", "id")],
    "customer": [("status", "id"), ("branch_id", "status"), ("name",), ("phone",), ("email",)],
    "subscription": [("customer_id",), ("status", "id"), ("plan_id",)],
    "bandwidth_grant": [("status", "valid_until"), ("subscription_id", "status")],
    "installation": [("status", "registered_at"), ("technician_id", "status", "visit_at"), ("customer_id",), ("area_id",)],
    "promo": [("published", "valid_until")],
    "letter": [("state", "next_try_at"), ("queued_at",), ("to_email",)],
    "step": [("table", "row_id", "id"), ("actor_id", "at"), ("at",)],
    "reply": [("complaint_id",), ("at",)], "attachment": [("complaint_id",), ("reply_id",)],
}


@pytest.mark.parametrize("table", LISTS)
def test_the_lists_have_their_indexes(app, table):
    """Each list begins with an index, in the database itself."""
    with app.app_context():
        found = [tuple(index["column_names"]) for index in inspect(db.engine).get_indexes(table)]
    for wanted in LISTS[table]:
        assert any(columns[:len(wanted)] == wanted for columns in found), f"{table} has no index that begins with {wanted}"
