"""An empty outbox, letters in it, and a real mail server to deliver them to."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from ecrm.extensions import db, mail
from ecrm.letters.delivery import deliver_due
from ecrm.letters.senders import SmtpSender
from ecrm.models import Letter
from ecrm.models.account import Language
from tests.smtp import post_office

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
DATA = {"table": "complaint", "id": 1, "number": "KL-202603-000001", "title": "x", "topic": "Lampu LOS merah", "zone": "Asia/Jakarta",
        "due": AT.isoformat(), "technician": "Joko", "reason": "Ganti kabel", "by": "Sari",
        "priority": 1, "customer_name": "Budi", "phone": "+62812000001", "address": "Jl. Kapuk 1"}


@pytest.fixture
def outbox(app):
    """The application, its outbox empty."""
    with app.app_context():
        db.session.execute(delete(Letter))
        db.session.commit()
    return app


@pytest.fixture
def office():
    """A server that takes everything."""
    with post_office() as office:
        yield office


@pytest.fixture
def connect(outbox, monkeypatch):
    """Return a function that points the application's mail settings at a port."""

    def point(port, **more):
        for name, value in {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False, **more}.items():
            monkeypatch.setitem(outbox.config, name, value)
        monkeypatch.setitem(outbox.extensions, "mailman", mail.init_mail(outbox.config))

    return point


def queue(*people, template="complaint_resolve_customer", **more):
    """Queue a letter to each of the people; needs an application context."""
    letters = [
        Letter(**{"template": template, "to_email": f"{person}@mail.example", "to_name": person.capitalize(), "data": DATA,
                  "queued_at": AT, "next_try_at": AT, "language": Language.ENGLISH} | more)
        for person in people
    ]
    db.session.add_all(letters)
    db.session.commit()


def run(at=AT, worker="one", sender=None, **more):
    """Deliver once as a worker does, and return the tally; needs an application context."""
    sender = sender or SmtpSender()
    try:
        return deliver_due(db.session(), sender, at, worker, **more)
    finally:
        sender.close()


def row(person="budi"):
    """Return the letter to somebody."""
    return db.session.scalars(select(Letter).filter_by(to_email=f"{person}@mail.example").execution_options(populate_existing=True)).one()
