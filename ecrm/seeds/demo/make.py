"""Makes the demo: a believable company with three years behind it, every row as the rules would have left it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import merge

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import Counter, Customer, Role
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.rules import risk
from ecrm.seeds.demo import additions, appointments, cast, course, knowledge, outages, programs, rights, rules, views, visits, wishes
from ecrm.seeds.demo.company import Company, gather
from ecrm.seeds.demo.crowd import Crowd, make
from ecrm.seeds.demo.messages import arrive
from ecrm.seeds.demo.seasons import openings
from ecrm.seeds.demo.staff import hire
from ecrm.seeds.demo.story import Story

Progress = Callable[[int], object]
STEP = 200  # how many rows go by between two reports of progress


class DemoRefused(Exception):
    """There are customers already, or too little to build on; str() is for the person."""


def make_demo(session: Session, customers: int, complaints: int, seed: int = 7, progress: Progress = lambda done: None,
              at: datetime | None = None) -> None:
    """Fill a seeded database without customers; everything in the one transaction of `session`, not committed.

    `progress` is told how many more of the customers and complaints are done; `at` is the present moment, aware.
    The same numbers, seed and moment give the same rows, but for the passwords' hash. Raises DemoRefused.
    """
    check_empty(session)
    company = gather(session, seed, at or now())
    if not (company.places and company.plans and company.kinds):
        raise DemoRefused(_("The demo needs a branch with a covered area, a plan and a complaint category, all active."))
    hashed, roles = hire(session, company, customers, complaints)
    crowd = make(company, customers, hashed, roles[RoleName.CUSTOMER], progress)
    additions.announce(session, company)
    visits.connect(company, crowd, max(24, customers // 8))
    visits.wait(session, company, max(12, customers // 40))
    additions.thank(company, crowd, max(12, customers // 5))
    wishes.wish(session, company, crowd, max(12, customers // 20))
    rights.keep(company, crowd)
    views.keep(company)
    programs.let_in(company)
    knowledge.write(company)
    for done, story in enumerate(_stories(company, crowd, complaints), 1):
        _keep(company, story)
        if done % STEP == 0 or done == complaints:
            progress(STEP if done % STEP == 0 else done % STEP)
    company.bulk.close()
    outages.suffer(session, company)
    arrive(session, company)
    _count(session, company)
    risk.keep(session, company.now)
    session.flush()
    rules.write(session, company)


def check_empty(session: Session) -> None:
    """Raise DemoRefused where customers are there, or the seeds are not."""
    if session.scalars(select(Customer.id).limit(1)).first() is not None:
        raise DemoRefused(_("This database holds customers already; the demo needs one without."))
    if session.scalars(select(Role.id).limit(1)).first() is None:
        raise DemoRefused(_("Load the seed files first: flask --app ecrm seed."))


def _stories(company: Company, crowd: Crowd, complaints: int) -> Iterator[Story]:
    """Yield the complaints in the order of their opening."""
    chosen = cast.parts(company, complaints)
    usual = openings(company.rng, complaints - len(chosen), company.now, company.places[0].offset)
    for at, part in merge(((part.at, part) for part in chosen), ((at, None) for at in usual), key=lambda pair: pair[0]):
        company.bulk.reach(at)
        yield cast.play(company, crowd, part) if part else _usual(company, crowd, at)


def _usual(company: Company, crowd: Crowd, at: datetime) -> Story:
    story = Story(company, crowd.draw(at), cast.draw_kind(company, at), at)
    course.usual(story)
    return story


def _keep(company: Company, story: Story) -> None:
    row = story.row
    story.watch.until(company.now)
    company.bulk.add("complaint", vars(row))
    appointments.of_story(company, story)
    if row.status is not ComplaintStatus.CANCELLED:
        company.recent.add((row.customer_id, row.category_id), row.opened_at)
    late = row.resolved_at and row.resolved_at > row.resolution_due_at
    if late and (not company.compensated or company.rng.random() < 0.1):
        additions.compensate(company, story)


def _count(session: Session, company: Company) -> None:
    """Write the last numbers given out, so that the next ones go on."""
    connection, table = session.connection(), Counter.__table__
    there = set(connection.scalars(select(table.c.name)))
    for name, value in sorted(company.counters.items()):
        if name in there:
            connection.execute(table.update().where(table.c.name == name).values(value=value))
        else:
            connection.execute(table.insert().values(name=name, value=value))
