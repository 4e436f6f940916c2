"""The demo's visits: those of installations, and those of the complaints of the last months, kept, missed and in vain."""

from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from ecrm.models.account import RoleName
from ecrm.models.complaint import SOLVED, UNSOLVED
from ecrm.models.installation import InstallationStatus
from ecrm.models.visit import Half, Outcome, VisitKind, VisitStatus
from ecrm.rules.appointment import HOURS, SHORTEST
from ecrm.rules.visit import LIFECYCLE
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import Subject
from ecrm.seeds.demo.company import Company, Place, Worker
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.draft import Draft
from ecrm.seeds.demo.story import Story

SINCE = timedelta(days=180)  # older visits are not told of
SHARE, IN_VAIN, LATE = 0.3, 0.2, 0.12  # of complaints that needed a visit; of those that needed two; of those where we came late
VAIN = (Outcome.NOT_HOME, Outcome.NEEDS_PARTS, Outcome.NEEDS_TEAM)


class Booking(Draft):
    """A visit in the making: what it is for has been moved already."""

    installation = SimpleNamespace(status=None)


def slot(place: Place, technician: int, at: datetime) -> tuple[int, str, Half]:
    """Return the half day of a technician that a moment falls into."""
    local = at + place.offset
    return technician, f"{local:%Y-%m-%d}", Half.MORNING if local.time() < HOURS[Half.MORNING][1] else Half.AFTERNOON


def _book(company: Company, place: Place, technician: int, at: datetime, planned_at: datetime, **what: object) -> Subject:
    """Write down a visit that was planned for the half day of a moment."""
    _person, day, half = slot(place, technician, at)
    begin, end = (datetime.combine(datetime.fromisoformat(day), hour, ZoneInfo(place.zone)) for hour in HOURS[half])
    row = Booking(
        id=company.bulk.new_id("visit"), number=company.number("KJ", planned_at, place), kind=VisitKind.REPAIR, complaint_id=None, installation_id=None, branch_id=place.id,
        technician_id=technician, day=begin.date(), half=half, held=True, window_from=begin, window_until=end, status=VisitStatus.PLANNED, outcome=None,
        planned_at=planned_at, started_at=None, finished_at=None, task=None, materials=None, serials=None, down_mbps=None, up_mbps=None,
        note=None, version=1,
    )
    vars(row).update(what)
    subject = Subject("visit", row, LIFECYCLE, row.number, lambda _at, table, values: company.bulk.add(table, values))
    acts.create(subject, acts.worker(company.staff[RoleName.SUPPORT][row.id % len(company.staff[RoleName.SUPPORT])]), planned_at)
    return subject


def _report(company: Company, subject: Subject, hand: Worker, came: datetime, left: datetime, outcome: Outcome, note: str, **more: object) -> None:
    acts.move(company, subject, "arrive", acts.worker(hand), came)
    acts.move(company, subject, "report", acts.worker(hand), left, outcome=outcome, note=note, **more)


def of_installation(company: Company, place: Place, row: Draft, hand: Worker) -> None:
    """Write the visit of an application that has an appointment."""
    until = row.visit_at + SHORTEST
    planned = min(row.registered_at + timedelta(days=1), row.visit_at, company.now)
    subject = _book(company, place, row.technician_id, row.visit_at, planned, kind=VisitKind.INSTALLATION, installation_id=row.id, window_from=row.visit_at)
    subject.row.window_until = max(subject.row.window_until, until)
    if row.status in (InstallationStatus.INSTALLED, InstallationStatus.ACTIVATED):
        rng = Random(row.id)
        came = row.visit_at + timedelta(minutes=rng.choice((5, 10, 20, 30, 45)))
        plan = next(plan for plan in company.plans if plan.id == row.plan_id)
        measured = {"serials": f"ZTEG{rng.randrange(16 ** 8):08X}", "down_mbps": round(plan.down_mbps * rng.uniform(0.92, 1.02)), "up_mbps": round(plan.up_mbps * rng.uniform(0.92, 1.02))}
        _report(company, subject, hand, came, until, Outcome.DONE, row.report, materials=rng.choice(shared.MATERIALS), **measured)
    else:
        company.booked.add(slot(place, row.technician_id, row.visit_at))
    company.bulk.add("visit", vars(subject.row))


def of_story(company: Company, story: Story) -> None:
    """Write the visits of a complaint of the last months; the dice are its own, so that the rest of the demo stays as it is."""
    row, hand, rng = story.row, story.technician, Random(story.row.id)
    if hand is None or row.opened_at < company.now - SINCE or rng.random() > SHARE and row.status in SOLVED:
        return
    if row.status in SOLVED:
        _solved(company, story, hand, rng)
    elif row.status in UNSOLVED and rng.random() < 0.6:
        _open(company, story, hand, rng)


def _solved(company: Company, story: Story, hand: Worker, rng: Random) -> None:
    """Somebody came shortly before it was solved, now and then too late, and now and then for the second time."""
    row, place = story.row, story.place
    left = row.resolved_at - timedelta(minutes=rng.randint(2, 15))
    came = left - timedelta(minutes=rng.randint(20, 90))
    if came - timedelta(hours=1) < row.opened_at:
        return
    before = came - timedelta(days=1)
    if rng.random() < IN_VAIN and before > row.opened_at + timedelta(hours=1):
        vain = rng.choice(VAIN)
        first = _book(company, place, hand.id, before, row.opened_at + timedelta(minutes=30), complaint_id=row.id)
        _report(company, first, hand, before, before + timedelta(minutes=15), vain, rng.choice(shared.IN_VAIN[vain.value]))
        company.bulk.add("visit", vars(first.row))
    promised = came - timedelta(hours=5) if rng.random() < LATE else came
    last = _book(company, place, hand.id, max(promised, row.opened_at), row.opened_at + timedelta(minutes=40), complaint_id=row.id)
    _report(company, last, hand, came, left, Outcome.DONE, story.case.resolutions[0], materials=rng.choice(shared.MATERIALS))
    company.bulk.add("visit", vars(last.row))


def _open(company: Company, story: Story, hand: Worker, rng: Random) -> None:
    """One is planned in the next days; or one was in vain, and nobody has planned the next."""
    row, place = story.row, story.place
    planned = row.opened_at + timedelta(minutes=20)
    if rng.random() < 0.25 and row.opened_at < company.now - timedelta(hours=4):
        came, vain = company.now - timedelta(hours=rng.randint(1, 2)), rng.choice(VAIN)
        subject = _book(company, place, hand.id, came, planned, complaint_id=row.id)
        _report(company, subject, hand, came, came + timedelta(minutes=20), vain, rng.choice(shared.IN_VAIN[vain.value]))
    else:
        at = company.now.replace(hour=2, minute=0) + timedelta(days=1, hours=5 * rng.randint(0, 1))
        while slot(place, hand.id, at) in company.booked:
            at += timedelta(days=1)
        subject = _book(company, place, hand.id, at, min(planned, company.now), complaint_id=row.id, task=rng.choice(shared.TASKS))
        company.booked.add(slot(place, hand.id, at))
    company.bulk.add("visit", vars(subject.row))
