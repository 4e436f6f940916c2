"""The demo's installations: those of the customers of the last years, and applications at every stage of today."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.models import CoverageArea, Demand
from ecrm.models.account import Language, RoleName
from ecrm.models.branch import Coverage
from ecrm.models.complaint import Channel
from ecrm.models.installation import HalfDay, InstallationStatus as S
from ecrm.rules.consent import APPLYING, WAITING
from ecrm.rules.installation import LIFECYCLE
from ecrm.seeds.demo import acts, appointments
from ecrm.seeds.demo.acts import Actor, Draft, Subject
from ecrm.seeds.demo.company import Company, Place, Recipient, Worker
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.caller import Caller
from ecrm.seeds.demo.crowd import Crowd
from ecrm.seeds.demo.names import mailbox, phone

PLACES = ("Perumahan Taman Surya, Tangerang", "Jl. Raya Lembang km 12", "Kampung Sei Panas, dekat masjid", "Desa Tanjung Gusta 20125")
TODAY = (S.SCHEDULED, S.SCHEDULED, S.REGISTERED, S.SURVEYED, S.NOT_COVERED, S.SCHEDULED, S.INSTALLED, S.CANCELLED, S.REGISTERED)
DAYS_AGO = {S.REGISTERED: (0.3, 1), S.INSTALLED: (3, 12)}  # what was installed yesterday was surveyed before


class Wish(NamedTuple):
    """An application: when, how far it came, of which customer where there is one, for the demo's technician or not."""

    at: datetime
    fate: S
    customer: int | None
    mine: bool


def connect(company: Company, crowd: Crowd, count: int) -> None:
    """Make `count` installations, numbered in the order of their registration."""
    rng, now = company.rng, company.now
    open_ones = max(len(TODAY), min(count // 3, 300))
    wishes = [
        Wish(now - timedelta(days=rng.uniform(*DAYS_AGO.get(fate, (1.5, 12)))), fate, None, n < 2)
        for n in range(open_ones) for fate in (TODAY[n] if n < len(TODAY) else rng.choice(TODAY),)
    ]
    recent = [index for index in range(len(crowd)) if crowd.connected(index, now.toordinal())]
    for index in recent[-max(1, count - open_ones):]:
        since = datetime.combine(crowd.days(index)[0], time(6), tzinfo=UTC)
        wishes.append(Wish(since - timedelta(days=rng.uniform(5, 14)), S.ACTIVATED, index, False))
    for wish in sorted(wishes, key=lambda wish: wish.at):
        _install(company, crowd, wish)


def _install(company: Company, crowd: Crowd, wish: Wish) -> None:
    rng = company.rng
    caller = crowd.caller(wish.customer) if wish.customer is not None else None
    place = company.places[caller.place if caller else 0 if wish.mine else rng.randrange(len(company.places))]
    technician = place.technicians[0 if wish.mine else rng.randrange(len(place.technicians))]
    row = _row(company, place, caller, wish)
    readers = {"technician": Recipient(technician.email, technician.name, Language.INDONESIAN, None)}
    if row.applicant_email:
        readers["applicant"] = Recipient(row.applicant_email, row.applicant_name, Language.INDONESIAN, row.customer_id)
    subject = Subject("installation", row, LIFECYCLE, f"{row.number} {row.applicant_name}",
                      lambda _at, table, values: company.bulk.add(table, values), readers.get,
                      lambda: _facts(company, place, technician, row))
    seller = acts.worker(rng.choice(company.staff[RoleName.SALES]))
    acts.create(subject, seller, wish.at)
    _course(company, subject, wish, seller, technician, crowd)
    stays = vars(row).pop("demand", None)
    company.bulk.add("installation", vars(row))
    if row.visit_at is not None:
        appointments.of_installation(company, place, row, technician)
    if stays is not None:
        _wait(company, stays, installation_id=row.id)


def wait(session: Session, company: Company, count: int) -> None:
    """Let visitors leave wishes for areas that are not covered, and for places in words."""
    rng, names, table = company.rng, company.names, CoverageArea.__table__
    long_ago = company.now - timedelta(days=1500)  # before any survey that found no way
    session.connection().execute(table.update().where(table.c.covered_since.is_not(None)).values(covered_since=long_ago))
    open_areas = list(session.scalars(select(CoverageArea).where(CoverageArea.coverage != Coverage.COVERED).order_by(CoverageArea.id)))
    for n in range(count):
        name, area = names.customer(rng).name, rng.choice(open_areas) if open_areas and n % 6 else None
        _wait(company, Demand(
            name=name, phone=phone(rng), email=mailbox(name, 800_000 + n), area_id=area.id if area else None, place=None if area else rng.choice(PLACES),
            language=Language.INDONESIAN, agreed_wording=WAITING, asked_at=company.now - timedelta(days=rng.uniform(1, 200)),
        ))


def _wait(company: Company, row: Demand, **more: Any) -> None:
    values = {column.key: getattr(row, column.key) for column in Demand.__table__.columns}
    company.bulk.add("demand", values | more | {"id": company.bulk.new_id("demand"), "version": 1})


def _facts(company: Company, place: Place, technician: Worker, row: Draft) -> dict[str, Any]:
    """Return what rules.facts says of an installation."""
    return {
        "technician": technician.name if row.technician_id else None, "visit": row.visit_at.isoformat() if row.visit_at else None,
        "plan": next(plan.name for plan in company.plans if plan.id == row.plan_id), "zone": place.zone,
        "area": next(name for number, name, _postcode in place.areas if number == row.area_id),
        "promo": next((promo.title for promo in company.promos if promo.id == row.promo_id), None),
        "applicant": row.applicant_name, "phone": row.applicant_phone, "address": row.address,
    }


def _row(company: Company, place: Place, caller: Caller | None, wish: Wish) -> Draft:
    rng = company.rng
    area_id, area, postcode = place.areas[caller.area if caller else rng.randrange(len(place.areas))]
    number = company.number("PSB", wish.at, place)
    name = caller.name if caller else company.names.customer(rng).name
    identity = company.bulk.new_id("installation")
    plan = company.plans[caller.plan if caller else rng.randrange(len(company.plans))].id
    portal = caller is None and rng.random() < 0.6
    return Draft(
        id=identity, number=number, applicant_name=name, applicant_phone=phone(rng),
        applicant_email=caller.email if caller else mailbox(name, 900_000 + identity) if rng.random() < 0.7 else None,
        address=company.names.address(rng, area, place.city, postcode), area_id=area_id,
        customer_id=caller.id if caller else None, status=S.REGISTERED,
        plan_id=plan, promo_id=_promo(company, plan, wish.at) if portal else None, channel=Channel.PORTAL if portal else rng.choice(list(Channel)[1:]),
        visit_times=",".join(half.value for half in HalfDay if rng.random() < 0.4) or None, language=Language.INDONESIAN,
        agreed_wording=APPLYING if portal else None,
        registered_at=wish.at, survey_result=None, visit_at=None, technician_id=None, activated_at=None, report=None, version=1,
    )


def _promo(company: Company, plan: int, at: datetime) -> int | None:
    """Return a promo that ran then for newcomers and fits the plan; sometimes none."""
    fitting = [row.id for row in company.promos
               if row.valid_from <= at.date() <= row.valid_until and plan in [one.id for one in row.plans] + [plan] * (not row.plans)]
    return company.rng.choice([None, *fitting])


def _course(company: Company, subject: Subject, wish: Wish, seller: Actor, technician: Worker, crowd: Crowd) -> None:
    """Let the application go as far as it came."""
    rng, at = company.rng, wish.at
    clerk, hand = acts.worker(rng.choice(company.staff[RoleName.SUPPORT])), acts.worker(technician)
    if wish.fate is S.REGISTERED:
        return
    if wish.fate is S.CANCELLED:
        acts.move(company, subject, "cancel", seller, at + timedelta(hours=8), rng.choice(shared.GIVEN_UP))
        return
    bad = wish.fate is S.NOT_COVERED
    at += timedelta(hours=rng.uniform(2, 20))
    acts.move(company, subject, "survey", seller, at, survey_result=rng.choice(shared.UNREACHABLE if bad else shared.SURVEYS))
    if bad:
        acts.move(company, subject, "not_covered", seller, at + timedelta(hours=1), subject.row.survey_result)
    if bad or wish.fate is S.SURVEYED:
        return
    visit = _visit_at(company, wish, crowd)
    while wish.fate is S.SCHEDULED and appointments.slot(company.places[technician.place], technician.id, visit) in company.booked:
        visit += timedelta(days=1)
    acts.move(company, subject, "schedule", clerk, at + timedelta(hours=2), technician_id=technician.id, visit_at=visit)
    if wish.fate is S.SCHEDULED:
        return
    acts.move(company, subject, "install", hand, visit + timedelta(hours=2), report=rng.choice(shared.REPORTS))
    if wish.fate is S.ACTIVATED:
        acts.move(company, subject, "activate", clerk, visit + timedelta(hours=3))


def _visit_at(company: Company, wish: Wish, crowd: Crowd) -> datetime:
    """Return when the technician comes: on the customer's first day, yesterday, or in the next days."""
    hour = timedelta(hours=company.rng.randint(2, 8))  # nine to fifteen in western Indonesia
    if wish.customer is not None:
        return datetime.combine(crowd.days(wish.customer)[0], time(0), tzinfo=UTC) + hour
    midnight = datetime.combine(company.now.date(), time(0), tzinfo=UTC)
    if wish.fate is S.SCHEDULED:
        return midnight + timedelta(days=company.rng.randint(0 if wish.mine else 1, 4)) + hour
    return midnight - timedelta(days=1) + hour
