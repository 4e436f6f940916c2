"""The complaints that the demo shows first: those of its customer and technician logins, and the rest of a live day."""

from datetime import datetime, timedelta
from typing import NamedTuple

from ecrm.models.account import RoleName
from ecrm.models.complaint import ComplaintStatus as S
from ecrm.seeds.demo import course
from ecrm.seeds.demo.company import Company, Kind, Worker
from ecrm.seeds.demo.caller import Caller
from ecrm.seeds.demo.crowd import Crowd
from ecrm.seeds.demo.seasons import is_rainy
from ecrm.seeds.demo.story import RAISED, Story


class Part(NamedTuple):
    """A complaint with a given stage: `hero` is the demo's customer, `technician` the one to whom it is given."""

    at: datetime
    stage: S
    code: str | None = None
    hero: bool = False
    technician: Worker | None = None
    stars: int | None = None
    again: bool = False


# Hours since the opening, stage, category; the technician's seven jobs differ in urgency, two of them are late.
JOBS = ((2.5, S.ASSIGNED, "MATI"), (27, S.IN_PROGRESS, "KABEL"), (7, S.ASSIGNED, "PUTUS"), (21, S.WAITING_CUSTOMER, "WIFI"),
        (45, S.ASSIGNED, "WIFI"), (51, S.IN_PROGRESS, "LAMBAT"))
HISTORY = (  # of the demo's customer, the older ones first
    (22_000, S.CLOSED, "MATI", 4, False), (14_500, S.CLOSED, "PUTUS", 3, True), (7_600, S.CLOSED, "TAGIHAN", 5, False),
    (2_900, S.CLOSED, "WIFI", 5, False), (31, S.RESOLVED, "PUTUS", None, False), (26, S.IN_PROGRESS, "LAMBAT", None, False),
    (20, S.WAITING_CUSTOMER, "TAGIHAN", None, False), (0.7, S.NEW, "WIFI", None, False),
)
WEIGHTS = {"MATI": 22, "PUTUS": 16, "LAMBAT": 17, "KABEL": 6, "WIFI": 12, "SITUS": 6,
           "TAGIHAN": 11, "PAKET": 5, "LAYANAN": 3, "LAIN": 3}
STORMY = ("MATI", "PUTUS", "KABEL")


def parts(company: Company, complaints: int) -> list[Part]:
    """Return the chosen complaints in the order of their opening, at most a third of all."""
    now = company.now
    mine = company.places[0].technicians[0]
    chosen = [
        Part(now - timedelta(hours=hours), stage, code, True, None if stage is S.NEW or code == "TAGIHAN" else mine, stars, again)
        for hours, stage, code, stars, again in reversed(HISTORY)
    ]
    chosen += [Part(now - timedelta(hours=hours), stage, code, technician=mine) for hours, stage, code in JOBS]
    crew = [person for person in company.staff[RoleName.TECHNICIAN] if person is not mine]
    usual = complaints / 1095 * 1.4 * 1.3  # unsolved ones that the usual course leaves
    for n in range(max(0, min(int(4.5 * len(crew) + 10 - usual), complaints // 5))):
        chosen += [_of_today(company, n, crew[n % len(crew)]), _of_this_week(company)]
    return sorted(chosen[: max(1, complaints // 3)], key=lambda part: part.at)


def _of_today(company: Company, n: int, technician: Worker) -> Part:
    """Return one more unsolved complaint: every fourth waits for the desk, the others are dealt to the technicians in turn."""
    rng = company.rng
    if n % 4 == 3:
        return Part(company.now - timedelta(hours=rng.uniform(0.1, 5)), S.NEW)
    hours = rng.uniform(0.5, 6) if n % 3 == 0 else rng.uniform(4, 26) if n % 3 == 1 else rng.uniform(20, 90)
    stage = rng.choices((S.ASSIGNED, S.IN_PROGRESS, S.WAITING_CUSTOMER), (6, 5, 1) if hours < 20 else (5, 6, 3))[0]
    return Part(company.now - timedelta(hours=hours), stage, technician=technician)


def _of_this_week(company: Company) -> Part:
    """Return a complaint that was solved in the last days: the desk keeps up with what comes in."""
    hours, stars = company.rng.uniform(40, 165), company.rng.choices((5, 4, 3, 2), (6, 4, 2, 1))[0]
    return Part(company.now - timedelta(hours=hours), S.CLOSED, stars=stars)


def play(company: Company, crowd: Crowd, part: Part) -> Story:
    """Return the story of a chosen complaint, at its stage."""
    caller = crowd.caller(crowd.hero) if part.hero else _caller(crowd, part)
    story = Story(company, caller, _kind(company, part), part.at, 0 if part.code else RAISED)  # whose category is chosen shows its urgency
    if part.stage is S.CLOSED:
        _finish(story, part)
    else:
        course.until(story, part.stage, part.technician)
    return story


def _caller(crowd: Crowd, part: Part) -> Caller:
    """Return a customer of the technician's branch where there is a technician, else anybody."""
    caller = crowd.draw(part.at)
    for _ in range(200):
        if part.technician is None or caller.place == part.technician.place:
            break
        caller = crowd.draw(part.at)
    return caller


def _finish(story: Story, part: Part) -> None:
    """Resolve within a day and a half, twice where it came again, then confirm and rate."""
    end = part.at + timedelta(hours=30)
    course.until(story, S.RESOLVED, None, end)
    if part.again:
        story.at = end + timedelta(hours=9)
        story.reopen()
        story.at += timedelta(hours=3)
        if story.technician:
            story.start()
        story.at += timedelta(hours=2)
        story.resolve()
    story.at += timedelta(hours=5)
    story.confirm()
    story.minutes(5)
    story.rate(part.stars or 5, None)


def _kind(company: Company, part: Part) -> Kind:
    """Return the category with the part's code, else one by chance that fits the technician."""
    for kind in company.kinds:
        if kind.code == part.code:
            return kind
    drawn = (draw_kind(company, part.at) for _ in range(50))
    return next((kind for kind in drawn if kind.topic.field or part.technician is None), company.kinds[0])


def draw_kind(company: Company, at: datetime) -> Kind:
    """Return a category: storms tear cables, bills come at the beginning of the month."""
    return company.rng.choices(company.kinds, _kind_weights(company, at))[0]


def _kind_weights(company: Company, at: datetime) -> list[float]:
    storm = 1.5 if is_rainy(at) else 1.0
    bills = 1.8 if at.day <= 10 else 1.0
    return [
        WEIGHTS.get(kind.code, 5) * (storm if kind.code in STORMY else bills if kind.code == "TAGIHAN" else 1.0)
        for kind in company.kinds
    ]
