"""The companies that are measured: made once by our own demo, kept in a folder, brought to the newest revision each time."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pymysql
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from ecrm import create_app
from ecrm.extensions import db
from ecrm.models import Complaint, CountedDay, Customer, Reply, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.seeds.accounts import DEMO_LOGINS
from tests.benchmarks import copying
from tests.settings import SECRETS

SCALE = int(os.environ.get("SCALE") or 1_000_000)
FOLDER = Path(os.environ.get("BENCH_FOLDER") or Path(__file__).parent.parent.parent / ".bench")
DEMO = 100_000  # complaints that the demo makes; a larger company is copies of it, each a second later
SMALL = 10_000  # complaints that the scale is compared with
RARE = "Kwetiau"  # a word that twenty complaints have
OPEN = 60  # jobs of the technician
TALK = 50  # replies of the complaint that is opened
SERVER = ("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=256M", "--innodb-flush-log-at-trx-commit=1", "--max-connections=200")


def address(server: str, complaints: int) -> str:
    """Return the address of the database of a company with so many complaints."""
    return f"{server}/bench_{complaints}{'.db' if server.startswith('sqlite') else ''}"


def settings(url: str) -> dict[str, str]:
    """Return the environment of a server of ours on a database."""
    values = {**SECRETS, "DATABASE_URL": url, "INSTANCE": str(FOLDER / "instance"), "PROFILE": "demo"}
    return {f"ECRM_{name}": value for name, value in values.items()}


def make(server: str, complaints: int, say: Any = print) -> dict[str, Any]:
    """Make the company where it is not there yet, and return what is in it."""
    url = address(server, complaints)
    target = make_url(url)
    if target.get_backend_name() != "sqlite":
        with pymysql.connect(host=target.host, port=target.port or 3306, user=target.username) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{target.database}` CHARACTER SET utf8mb4")
    app = application(url)
    with app.app_context():
        upgrade()
        if db.session.scalar(select(Customer.id).limit(1)) is None:
            _fill(app, complaints, say)
        if db.session.scalar(select(CountedDay.id).where(CountedDay.counted.is_not(None)).limit(1)) is None:  # what the worker does in the first minutes
            app.test_cli_runner().invoke(args=["counters", "rebuild"], catch_exceptions=False)
        return _facts(complaints)


def application(url: str) -> Flask:
    """Return our application on a database."""
    os.environ["ECRM_INSTANCE"] = str(FOLDER / "instance")
    return create_app({**SECRETS, "DATABASE_URL": url})


def _fill(app: Flask, complaints: int, say: Any) -> None:
    begun = time.monotonic()
    say(f"Making {complaints} complaints of {complaints // 5} customers …")
    base = min(complaints, DEMO)
    made = app.test_cli_runner().invoke(args=["demo", "--customers", str(base // 5), "--complaints", str(base)])
    if made.exit_code:
        raise RuntimeError(made.output)
    with create_engine(db.engine.url).connect() as patient:  # no statement of a page may take as long as these
        copying.multiply(patient, complaints // base)
    _open_some()
    closed = select(Complaint).where(Complaint.status == ComplaintStatus.CLOSED)  # the same page, with the same verbs, in a company of any size
    newest = db.session.scalars(closed.order_by(Complaint.id.desc()).offset(complaints // 10).limit(1)).one()
    author = db.session.scalar(select(User.id).where(User.email == DEMO_LOGINS[1][1]))
    db.session.execute(Reply.__table__.insert(), [  # type: ignore[attr-defined]
        {"complaint_id": newest.id, "author_id": author, "public": True, "text": f"Jawaban nomor {n} yang cukup panjang. " * 3, "at": now()}
        for n in range(TALK)
    ])
    table = Complaint.__table__
    chosen = range(7, complaints, complaints // 20)
    db.session.connection().execute(table.update().where(table.c.id.in_(chosen)).values(description=f"Kedai {RARE} kami tanpa internet."))
    db.session.commit()
    for statement in ["ANALYZE"] if db.engine.dialect.name == "sqlite" else [f"ANALYZE TABLE `{table.name}`" for table in db.metadata.sorted_tables]:
        db.session.execute(text(statement))
    db.session.commit()
    say(f"… made in {time.monotonic() - begun:.0f} s.")


def _open_some() -> None:
    """Give the technician whose pages are measured more jobs than a page shows: the same page in a company of any size."""
    technician, at, table = db.session.scalars(select(User).where(User.email == DEMO_LOGINS[2][1])).one(), now(), Complaint.__table__
    newest = select(Complaint.id).where(Complaint.status == ComplaintStatus.CLOSED, Complaint.branch_id == technician.branch_id).order_by(Complaint.id.desc())
    for place, number in enumerate(db.session.scalars(newest.limit(OPEN)).all()):
        due = at + timedelta(hours=place - OPEN // 3)
        db.session.connection().execute(table.update().where(table.c.id == number).values(
            status=ComplaintStatus.ASSIGNED, technician_id=technician.id, opened_at=at - timedelta(hours=OPEN - place), first_response_at=None, resolved_at=None,
            closed_at=None, rating=None, rating_remark=None, response_due_at=due, resolution_due_at=due, clock_due_at=due, clock_warn_at=due, merged_into_id=None))


def _facts(complaints: int) -> dict[str, Any]:
    def count(model: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(model)) or 0

    talk = db.session.execute(select(Reply.complaint_id).group_by(Reply.complaint_id).having(func.count() >= TALK).limit(1)).scalar_one()
    middle = db.session.scalars(select(Complaint).order_by(Complaint.id).offset(complaints // 2).limit(1)).one()
    return {
        "complaints": count(Complaint), "customers": count(Customer), "replies": count(Reply), "talk": talk,
        "first_word": RARE, "middle": middle.id, "technician": db.session.scalar(select(Complaint.technician_id).where(Complaint.technician_id.is_not(None)).order_by(Complaint.id.desc()).limit(1)),
        "number": middle.number, "phone": middle.customer.phone, "customer": middle.customer.name,
    }
