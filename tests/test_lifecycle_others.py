"""The lifecycles of grants, installations, customers and subscriptions, cell by cell."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import BandwidthGrant, Customer, Installation, Letter, Subscription, User
from ecrm.models.bandwidth import GrantStatus as G
from ecrm.models.base import now
from ecrm.models.customer import CustomerStatus as C
from ecrm.models.customer import SubscriptionStatus as S
from ecrm.models.installation import InstallationStatus as I
from ecrm.rules import LIFECYCLES, move
from ecrm.rules.errors import FieldRefused, NotNow
from tests.world import email, one

# from → verb → to; what is not here is refused.
TABLES = {
    BandwidthGrant: {
        G.DRAFT: {"approve": G.ACTIVE, "revoke": G.REVOKED}, G.ACTIVE: {"expire": G.EXPIRED, "revoke": G.REVOKED},
        G.EXPIRED: {}, G.REVOKED: {},
    },
    Installation: {
        I.REGISTERED: {"survey": I.SURVEYED, "cancel": I.CANCELLED},
        I.SURVEYED: {"not_covered": I.NOT_COVERED, "schedule": I.SCHEDULED, "cancel": I.CANCELLED},
        I.SCHEDULED: {"schedule": I.SCHEDULED, "install": I.INSTALLED, "cancel": I.CANCELLED},
        I.INSTALLED: {"activate": I.ACTIVATED}, I.ACTIVATED: {}, I.NOT_COVERED: {}, I.CANCELLED: {},
    },
    Customer: {
        C.PROSPECT: {"activate": C.ACTIVE, "end": C.ENDED}, C.ACTIVE: {"suspend": C.SUSPENDED, "end": C.ENDED},
        C.SUSPENDED: {"resume": C.ACTIVE, "end": C.ENDED}, C.ENDED: {"activate": C.ACTIVE},
    },
    Subscription: {
        S.ACTIVE: {"suspend": S.SUSPENDED, "end": S.ENDED}, S.SUSPENDED: {"resume": S.ACTIVE, "end": S.ENDED}, S.ENDED: {},
    },
}
CELLS = [
    (model, status, verb.name, cells.get(verb.name))
    for model, table in TABLES.items() for status, cells in table.items() for verb in LIFECYCLES[model].verbs
]


def facts(model, verb):
    """Return facts that satisfy the verb."""
    known = {"technician": one(User, email=email("technician")), "visit_at": now()}
    return {name: known.get(name, "keterangan") for name in LIFECYCLES[model].by_name[verb].needs}


@pytest.mark.parametrize(("model", "status", "verb", "expected"), CELLS)
def test_cell(app, model, status, verb, expected):
    """Each verb from each status goes where the table says, or is refused."""
    with app.app_context():
        row = db.session.scalars(select(model).limit(1)).one()
        table = model.__table__
        db.session.execute(table.update().where(table.c.id == row.id).values(status=status))
        db.session.refresh(row)
        if expected is None:
            with pytest.raises(NotNow):
                move(row, verb, None, now(), **facts(model, verb))
        else:
            move(row, verb, None, now(), **facts(model, verb))
            db.session.commit()
            assert row.status is expected


def test_every_status_stands_in_the_tables():
    """A new status needs its row here."""
    for model, table in TABLES.items():
        assert set(table) == set(type(next(iter(table))))


def test_an_approved_grant_is_told_to_the_customer(app):
    """The letter goes to the account's address, in the transaction of the approval."""
    with app.app_context():
        move(one(BandwidthGrant), "approve", one(User, email=email("support")), now())
        db.session.commit()
        letter = db.session.scalars(select(Letter).order_by(Letter.id.desc()).limit(1)).one()
        assert (letter.template, letter.to_email) == ("bandwidth_grant_approve_customer", email("customer"))


def test_a_grant_that_is_over_cannot_be_approved(app):
    """Nobody gets bandwidth in the past."""
    with app.app_context():
        grant = one(BandwidthGrant)
        with pytest.raises(FieldRefused) as refused:
            move(grant, "approve", None, now() + timedelta(days=366))
        assert refused.value.name == "valid_until"


def test_ending_a_subscription_writes_its_last_day(app):
    """The last day is after the first, as the database demands."""
    with app.app_context():
        row = one(Subscription, customer_id=1)
        move(row, "end", None, now(), reason="Pindah kota")
        db.session.commit()
        assert row.valid_until is not None and row.valid_until > row.valid_from


def test_days_are_those_of_the_branch(app):
    """At four in the morning in Jakarta it is still yesterday in UTC; the subscription ends today."""
    with app.app_context():
        row, night = one(Subscription, customer_id=1), datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
        move(row, "end", None, night, reason="Pindah kota")
        db.session.commit()
        assert row.valid_until == date(2026, 11, 24)
        grant = one(BandwidthGrant)
        grant.valid_from, grant.valid_until = date(2026, 10, 1), date(2026, 11, 24)
        db.session.execute(Subscription.__table__.update().values(status=S.ACTIVE))
        db.session.refresh(row)
        with pytest.raises(FieldRefused):
            move(grant, "approve", None, night + timedelta(days=1))
        move(grant, "approve", None, night + timedelta(hours=19, minutes=59))  # its last day belongs to it, until midnight there
        assert grant.status is G.ACTIVE
