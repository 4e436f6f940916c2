"""Outages of the demo: several that are over, and one that runs now, with the complaints that came meanwhile."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from ecrm.models import Complaint, ComplaintCategory, CoverageArea, Customer
from ecrm.models.account import RoleName
from ecrm.models.category import CategoryKind
from ecrm.models.complaint import UNSOLVED
from ecrm.models.outage import OutageStatus as S
from ecrm.rules.outage import LIFECYCLE
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import Subject
from ecrm.seeds.demo.company import Company
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.draft import Draft

OVER = 6
MISTAKEN = 5  # the place of the one that was declared by mistake


class Burst(NamedTuple):
    """Disturbances that came from one area on one day."""

    area_id: int
    branch_id: int
    first_at: datetime
    last_at: datetime


def suffer(session: Session, company: Company) -> None:
    """Declare, restore and cancel outages around complaints that are there, and link those that came meanwhile; unflushed rows go in bulk."""
    quiet = company.now - timedelta(days=2)
    bursts = [Burst(*row) for row in session.execute(_bursts(Complaint.opened_at < quiet).limit(OVER))]
    for place, burst in enumerate(sorted(bursts, key=lambda one: one.first_at)):
        _outage(session, company, burst, mistaken=place == MISTAKEN)
    fresh = session.execute(_bursts(Complaint.opened_at >= quiet, Complaint.status.in_(UNSOLVED)).limit(1)).first()
    if fresh is not None:
        _outage(session, company, Burst(*fresh), runs=True)


def _bursts(*where: Any) -> Select[Any]:
    """Return the SELECT of days and areas with disturbances, the most first."""
    moment = func.min(Complaint.opened_at)
    return (
        select(Customer.area_id, Customer.branch_id, moment, func.max(Complaint.opened_at)).select_from(Complaint)
        .join(Complaint.customer).join(Complaint.category).where(ComplaintCategory.kind == CategoryKind.DISTURBANCE, Customer.area_id.is_not(None), *where)
        .group_by(Customer.area_id, Customer.branch_id, func.date(Complaint.opened_at)).order_by(func.count().desc(), moment.desc(), Customer.area_id))


def _outage(session: Session, company: Company, burst: Burst, runs: bool = False, mistaken: bool = False) -> None:
    rng = company.rng
    place = next(one for one in company.places if one.id == burst.branch_id)
    clerk = rng.choice(company.staff[RoleName.SUPPORT])
    declared = min(burst.last_at + timedelta(minutes=rng.randint(4, 15)), company.now)
    area = session.execute(select(CoverageArea.name).where(CoverageArea.id == burst.area_id)).scalar_one()
    people = session.scalar(select(func.count(Customer.id)).where(Customer.area_id == burst.area_id, Customer.since <= declared.date())) or 0
    cause, work, done = shared.OUTAGES[rng.randrange(len(shared.OUTAGES))]
    row = Draft(
        id=company.bulk.new_id("outage"), number=company.number("GG", declared, place), branch_id=burst.branch_id, area_id=burst.area_id,
        message=cause.format(area=area), message_no=1, message_at=declared, started_at=burst.first_at - timedelta(minutes=3), status=S.OPEN,
        expected_at=(company.now if runs else declared) + timedelta(hours=rng.randint(2, 5)), declared_at=declared, declared_by_id=clerk.id, restored_at=None, affected=people, version=1)
    subject = Subject("outage", row, LIFECYCLE, f"{row.number} {area}", lambda _at, table, values: company.bulk.add(table, values))
    by = acts.worker(clerk)
    acts.create(subject, by, declared)
    if mistaken:
        acts.move(company, subject, "cancel", by, declared + timedelta(minutes=25), message=shared.NO_OUTAGE)
    elif not runs:
        acts.move(company, subject, "update", by, declared + timedelta(hours=1), message=work)
        acts.move(company, subject, "restore", by, declared + timedelta(hours=rng.uniform(1.5, 6)), message=done)
    company.bulk.add("outage", vars(row))
    company.bulk.close()
    if not mistaken:
        _link(session, row)


def _link(session: Session, row: Draft) -> None:
    """Link the disturbances that came from the area while the outage ran."""
    table = Complaint.__table__
    people = select(Customer.id).where(Customer.area_id == row.area_id).scalar_subquery()
    kinds = select(ComplaintCategory.id).where(ComplaintCategory.kind == CategoryKind.DISTURBANCE).scalar_subquery()
    meanwhile = (table.c.opened_at >= row.started_at, table.c.customer_id.in_(people), table.c.category_id.in_(kinds))
    ended = (table.c.opened_at < row.restored_at,) if row.restored_at else (table.c.status.in_(UNSOLVED),)
    told = 0 if row.status is S.OPEN else row.message_no
    session.connection().execute(update(table).where(*meanwhile, *ended).values(outage_id=row.id, outage_told=told))
