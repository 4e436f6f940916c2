"""How the complaints of the demo go: the usual course through three years, and a given stage for those of today."""

from datetime import datetime, timedelta

from ecrm.models.complaint import ComplaintStatus as S
from ecrm.rules.complaint import CLOSE_DAYS
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import SYSTEM, NotYet
from ecrm.seeds.demo.company import Worker
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.seasons import DAYS, at_work
from ecrm.seeds.demo.story import Story

BUSY = timedelta(days=14)  # in the last days the demo's technician gets no job by chance
WORK = {1: 3.5, 2: 7.0, 3: 14.0, 4: 26.0}  # hours from assignment to arrival, by priority


def usual(story: Story) -> None:
    """Let a complaint go its usual course until now."""
    try:
        _usual(story)
    except NotYet:
        pass


def _usual(story: Story) -> None:
    rng = story.rng
    age = (story.company.now - story.at).days
    pace = 0.9 + 0.8 * age / DAYS  # the company has become quicker
    story.goes_by(0.35 * pace)
    if rng.random() < 0.03:
        story.goes_by(2 * pace)
        story.cancel()
    elif story.kind.topic.field and rng.random() < 0.9:
        _in_the_field(story, pace)
    else:
        _at_the_desk(story, pace)


def crew_member(story: Story) -> Worker:
    """Return a technician of the branch; the first one is the demo's login, whose present jobs are chosen by hand."""
    crew = story.place.technicians
    spared = story.place is story.company.places[0] and story.company.now - story.at < BUSY and len(crew) > 1
    return crew[story.rng.randrange(1 if spared else 0, len(crew))]


def _in_the_field(story: Story, pace: float) -> None:
    rng, topic = story.rng, story.kind.topic
    story.assign(crew_member(story))
    if rng.random() < 0.55:
        story.minutes(6)
        story.say(acts.worker(story.clerk), story.fill(rng.choice(topic.answers)))
    if rng.random() < 0.2:
        story.minutes(10)
        story.say(acts.worker(story.clerk), story.fill(rng.choice(topic.notes)), public=False)
    if rng.random() < 0.07:
        story.goes_by(2 * pace)
        story.assign(crew_member(story))
    _asks(story)
    _visit(story, pace)
    _afterwards(story, pace, 0)


def _visit(story: Story, pace: float) -> None:
    """The technician comes, perhaps finds nobody at home, and resolves."""
    rng, topic = story.rng, story.kind.topic
    story.goes_by(WORK[story.row.priority] * pace * 0.5)
    story.start()
    if rng.random() < 0.4:
        story.minutes(40)
        story.say(story.hand, rng.choice(topic.progress))
    if rng.random() < 0.25:
        story.minutes(30)
        story.say(story.hand, rng.choice(topic.notes), public=False)
    if rng.random() < 0.14:
        _waits(story)
    long = 6.0 if rng.random() < 0.06 else 1.0  # a part is missing, a permit is late
    story.goes_by(WORK[story.row.priority] * pace * 0.5 * long)
    story.resolve()


def _at_the_desk(story: Story, pace: float) -> None:
    rng, topic = story.rng, story.kind.topic
    story.goes_by(story.row.response_hours * 0.35 * pace)
    story.say(acts.worker(story.clerk), story.fill(rng.choice(topic.answers)))
    if rng.random() < 0.2:
        story.minutes(20)
        story.say(acts.worker(story.clerk), rng.choice(topic.notes), public=False)
    _asks(story)
    if rng.random() < 0.2:
        story.minutes(60)
        _waits(story)
    story.goes_by(story.row.resolution_hours * 0.18 * pace)
    if rng.random() < 0.3:
        story.say(acts.worker(story.clerk), rng.choice(topic.progress))
        story.goes_by(4 * pace)
    story.resolve()
    _afterwards(story, pace, 0)


def _waits(story: Story) -> None:
    story.wait()
    story.goes_by(9, staff=False)
    if story.caller.account and story.rng.random() < 0.7:
        story.say(story.customer, story.rng.choice(shared.BACK))
    else:
        story.goes_by(3)
        story.resume()


def _asks(story: Story) -> None:
    """Now and then the customer asks, and support calms."""
    if story.caller.account and story.rng.random() < 0.12:
        story.goes_by(3, staff=False)
        story.say(story.customer, story.rng.choice(shared.ASKS))
        if story.rng.random() < 0.7:
            story.goes_by(0.5)
            story.say(acts.worker(story.clerk), story.rng.choice(shared.CALMS))


def _afterwards(story: Story, pace: float, times: int) -> None:
    """The customer confirms, or reopens, or says nothing for three days."""
    rng, resolved = story.rng, story.at
    if times < 2 and rng.random() < 0.06:
        story.goes_by(26, staff=False)
        story.at = min(story.at, resolved + timedelta(days=2))
        story.reopen()
        story.goes_by(1 * pace)
        if story.technician:
            if rng.random() < 0.3:
                story.assign(crew_member(story))
            _visit(story, pace)
        else:
            story.goes_by(6 * pace)
            story.resolve()
        _afterwards(story, pace, times + 1)
        return
    _close(story, resolved + timedelta(days=CLOSE_DAYS))
    _rate(story)


def _close(story: Story, latest: datetime) -> None:
    rng = story.rng
    chance = rng.random()
    story.goes_by(12, staff=False)
    if story.caller.account and chance < 0.6 and story.at < latest:
        story.confirm()
        return
    story.at = at = latest + timedelta(minutes=rng.uniform(0, 30))
    if chance > 0.8:
        story.at = at - timedelta(hours=rng.uniform(4, 50))
        story.close(acts.worker(story.clerk), rng.choice(shared.DESK_CLOSE))
    else:
        story.close(SYSTEM, shared.AUTO_CLOSE)


def _rate(story: Story) -> None:
    """Who was served late, or twice, gives fewer stars; most customers give none."""
    rng, row = story.rng, story.row
    if not story.caller.account or rng.random() > 0.55:
        return
    story.minutes(30)
    late = row.resolved_at > row.resolution_due_at
    weights = (18, 20, 27, 22, 13) if late or row.reopen_count else (2, 3, 10, 32, 53)
    stars = rng.choices((1, 2, 3, 4, 5), weights)[0]
    story.rate(stars, rng.choice(shared.REMARKS[stars]) if rng.random() < 0.45 else None)


def until(story: Story, stage: S, technician: Worker | None = None, end: datetime | None = None) -> None:
    """Bring a complaint to a stage between its opening and `end` or now; the acts lie at growing shares of that time."""
    begun, span, rng = story.at, (end or story.company.now) - story.at, story.rng

    def at(share: float) -> None:
        usual = begun + span * (share + rng.uniform(-0.03, 0.03))
        open_at = at_work(rng, usual, story.place.offset)
        story.at = max(story.at, open_at if open_at < begun + span else usual)

    topic = story.kind.topic
    if stage is S.NEW:
        return
    if topic.field or technician:
        at(0.15)
        story.assign(technician or crew_member(story))
    at(0.25)
    story.say(acts.worker(story.clerk), story.fill(rng.choice(topic.answers)))
    if stage is S.ASSIGNED:
        return
    at(0.45)
    if story.technician:
        story.start()
        at(0.55)
        story.say(story.hand, rng.choice(topic.notes), public=False)
    if stage is S.IN_PROGRESS:
        return
    at(0.65)
    if stage is S.WAITING_CUSTOMER:
        story.wait()
        return
    story.resolve()
