"""Conditions that are made once for all readers let through what the policy says of each."""

import pytest
from flask_login import login_user
from sqlalchemy import inspect, select

from ecrm import policy, standing
from ecrm.extensions import db
from ecrm.models import Complaint, Outage, User
from ecrm.models.account import STAFF, RoleName
from ecrm.models.outage import OutageStatus
from tests.world import email, one

READERS = [*((role, role.value) for role in STAFF), (RoleName.TECHNICIAN, "technician2"), (RoleName.TECHNICIAN, "technician")]


def found(model, where):
    """Return the keys of the rows of a table for which a condition holds."""
    return {tuple(row) for row in db.session.execute(select(*inspect(model).primary_key).where(where))}


def test_each_reader_finds_what_the_policy_says(app):
    """One after the other in the same process, technicians twice: nobody is answered with the rows of who read before."""
    seen = {}
    with app.app_context():
        one(User, email=email("technician2")).branch = one(Outage, status=OutageStatus.OPEN).branch
        db.session.commit()
    for role, person in READERS:
        with app.test_request_context():
            login_user(user := one(User, email=email(person)))
            for model in policy.POLICY:
                there = found(model, standing.scope(model, role))
                assert there == found(model, policy.scope(model, role, user)), (model, person)
                seen[person, model] = there
    assert seen["technician", Complaint] and seen["technician2", Complaint]
    assert not seen["technician", Complaint] & seen["technician2", Complaint]
    assert seen["technician2", Outage] and not seen["technician", Outage]


@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_it_is_made_once(role):
    """The very same condition each time, which nobody has to make anew."""
    assert all(standing.scope(model, role) is standing.scope(model, role) for model in policy.POLICY)
