"""Lifecycles: every (status, verb) cell is allowed or refused as the tables say, and leaves its trail and letters."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Complaint, Letter, Step, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.rules import LIFECYCLES, move

from ecrm.rules.errors import FactMissing, NotNow, TooLate
from ecrm.trail import TrailBroken
from tests.projection import project
from tests.world import email, one

# from → verb → to; what is not here is refused.
COMPLAINT = {
    S.NEW: {"assign": S.ASSIGNED, "wait": S.WAITING_CUSTOMER, "resolve": S.RESOLVED, "cancel": S.CANCELLED, "merge": S.CANCELLED},
    S.ASSIGNED: {"assign": S.ASSIGNED, "start": S.IN_PROGRESS, "wait": S.WAITING_CUSTOMER, "resolve": S.RESOLVED, "cancel": S.CANCELLED, "merge": S.CANCELLED},
    S.IN_PROGRESS: {"assign": S.ASSIGNED, "wait": S.WAITING_CUSTOMER, "resolve": S.RESOLVED, "cancel": S.CANCELLED, "merge": S.CANCELLED},
    S.WAITING_CUSTOMER: {"assign": S.ASSIGNED, "resume": S.IN_PROGRESS, "resolve": S.RESOLVED, "cancel": S.CANCELLED, "merge": S.CANCELLED},
    S.RESOLVED: {"confirm": S.CLOSED, "close": S.CLOSED, "reopen": S.ASSIGNED},
    S.CLOSED: {"reopen": S.ASSIGNED},
    S.CANCELLED: {},
}


@pytest.mark.parametrize("verb", [verb.name for verb in LIFECYCLES[Complaint].verbs])
@pytest.mark.parametrize("status", list(S))
def test_complaint_cell(app, status, verb):
    """Each verb from each status goes where the table says, or is refused and changes nothing."""
    with app.app_context():
        row = one(Complaint, subject="Tagihan ganda" if verb == "merge" else "Lampu LOS merah")  # it goes into an earlier one
        db.session.execute(Complaint.__table__.update().where(Complaint.__table__.c.id == row.id).values(status=status, resolved_at=now()))
        db.session.refresh(row)
        facts = {name: {"technician": one(User, email=email("technician")), "merged_into": one(Complaint, subject="Lampu LOS merah")}.get(name, "alasan")
                 for name in LIFECYCLES[Complaint].by_name[verb].needs}
        expected = COMPLAINT[status].get(verb)
        if expected is None:
            with pytest.raises(NotNow):
                move(row, verb, one(User, email=email("support")), now(), **facts)
            assert row.status is status
        else:
            move(row, verb, one(User, email=email("support")), now(), **facts)
            db.session.commit()
            assert row.status is expected
            step = db.session.scalars(select(Step).filter_by(table="complaint", row_id=row.id).order_by(Step.id.desc())).first()
            assert (step.action, step.from_status, step.to_status) == (verb, status.value, expected.value)


def test_a_needed_fact_is_asked_for(app):
    """A blank reason is no reason."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        with pytest.raises(FactMissing) as refused:
            move(row, "resolve", None, now(), reason="   ")
        assert refused.value.name == "reason"


def test_a_fact_that_a_verb_does_not_take_is_a_mistake_of_ours(app):
    """It is named and not passed over in silence, and nothing has moved."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        with pytest.raises(TypeError, match="start takes no reason"):
            move(row, "start", None, now(), reason="Cepat")
        assert row.status is S.ASSIGNED and not db.session.dirty


def test_waiting_stops_the_resolution_clock(app):
    """The due time moves by the time that we waited for the customer."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        due, start = row.resolution_due_at, now()
        move(row, "wait", None, start, reason="Tidak di rumah")
        db.session.commit()
        move(row, "resume", None, start + timedelta(hours=3))
        db.session.commit()
        assert row.resolution_due_at == due + timedelta(hours=3)
        assert row.waited_seconds == 3 * 3600


def test_reopening_has_a_window_and_keeps_both_resolutions(app):
    """Seven days after a resolution it is too late; resolving twice leaves two resolutions to count."""
    with app.app_context():
        row, start = one(Complaint, subject="Lampu LOS merah"), now()
        move(row, "resolve", None, start, reason="Ganti kabel")
        db.session.commit()
        with pytest.raises(TooLate):
            move(row, "reopen", None, start + timedelta(days=7, seconds=1), reason="Mati lagi")
        move(row, "reopen", None, start + timedelta(days=7), reason="Mati lagi")
        db.session.commit()
        move(row, "resolve", None, start + timedelta(days=8), reason="Ganti modem")
        db.session.commit()
        steps = list(db.session.scalars(select(Step).filter_by(table="complaint", row_id=row.id).order_by(Step.id)))
        assert [step.reason for step in steps if step.action == "resolve"] == ["Ganti kabel", "Ganti modem"]
        seen = project(steps)
        assert seen == {key: getattr(row, key) for key in seen}


def test_a_move_tells_the_customer_in_the_same_transaction(app):
    """Rolled back together, committed together."""
    with app.app_context():
        row = one(Complaint, subject="Lampu LOS merah")
        before = db.session.query(Letter).count()
        move(row, "start", one(User, email=email("technician")), now())
        db.session.flush()
        db.session.rollback()
        assert db.session.query(Letter).count() == before and row.status is S.ASSIGNED
        move(row, "start", one(User, email=email("technician")), now())
        db.session.commit()
        letter = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert (letter.to_email, letter.template) == (email("customer"), "complaint_start_customer")


def test_a_status_changes_by_move_only(app):
    """A plain assignment does not get past the trail, nor does a bulk statement."""
    with app.app_context():
        one(Complaint, subject="Lampu LOS merah").status = S.CLOSED
        with pytest.raises(TrailBroken):
            db.session.commit()
        db.session.rollback()
        with pytest.raises(TrailBroken):
            db.session.query(Complaint).update({"subject": "x"})
