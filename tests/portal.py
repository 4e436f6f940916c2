"""What the tests of the portal share: a filled-in form, a picture, and looks into the database."""

import re

from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.models import Complaint, ComplaintCategory, User
from ecrm.models.base import now
from ecrm.rules import move
from tests.world import email, one

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def pick(app, value):
    """Return what `value` reads from the database, in an application context of its own."""
    with app.app_context():
        return value()


def number(app, subject):
    return pick(app, lambda: one(Complaint, subject=subject).number)


def typed(app, **more):
    """Return the fields of a filled-in complaint form."""
    category = pick(app, lambda: str(one(ComplaintCategory, code="DOWN").id))
    words = {"subject": "Modem mati", "description": "Lampu merah <b>sejak</b> pagi."}
    return {"token": "a" * 32, "category": category} | words | more


def complaints(app, **columns):
    return pick(app, lambda: db.session.scalar(select(func.count()).select_from(Complaint).filter_by(**columns)))


def bare(answer):
    """Return a page without its anti-forgery tokens and the request's number, which differ from page to page."""
    return re.sub(r'name="csrf_token"[^>]*>|\b[0-9a-f]{16}\b', "", answer.text)


def solve(app, subject):
    """Let the technician resolve a complaint."""
    with app.app_context():
        move(one(Complaint, subject=subject), "resolve", one(User, email=email("technician")), now(), reason="Kabel diganti")
        db.session.commit()
