"""Counted days: whatever happens to complaints, the figures are those of the rows; the command finds what is wrong and puts it right."""

import random
from array import array
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import and_, func, select, text, true, update

from ecrm.extensions import db
from ecrm.jobs import Hand, count_days
from ecrm.models import Complaint, CountedDay, CoverageArea, Customer, User
from ecrm.models.base import now
from ecrm.models.complaint import ComplaintStatus
from ecrm.models.elapsed import hours_ahead
from ecrm.reports import counted
from ecrm.reports.counted import figures, keeping
from ecrm.reports.period import Period
from ecrm.rules import LIFECYCLES, measures, move
from ecrm.rules.errors import Refused
from tests.world import email, one

DAYS = 30


@pytest.fixture
def busy(app):
    """Sixty complaints of the last thirty days, new, and all days but today counted."""
    dice, at = random.Random(5), now()
    with app.app_context():
        table = Complaint.__table__
        with db.engine.begin() as connection:
            first = dict(connection.execute(table.select().order_by(table.c.id)).mappings().first())
            plain = {key: value for key, value in first.items() if key not in ("id", "number", "token")}
            opened = [at - timedelta(days=dice.randrange(1, DAYS), minutes=dice.randrange(900)) for _ in range(60)]
            connection.execute(table.insert(), [
                plain | {"number": f"T-{n}", "status": ComplaintStatus.NEW, "customer_id": 1 + n % 2, "category_id": 1 + n % 2, "opened_at": moment,
                         "response_due_at": moment, "resolution_due_at": moment + timedelta(days=1)} for n, moment in enumerate(opened)])
        worked(at)
        assert db.session.scalar(select(func.count()).select_from(CountedDay).where(CountedDay.counted.is_not(None))) >= DAYS - 1
    return app


def worked(at):
    """Do what the worker does, and return how many days it counted."""
    return count_days(db.session, at, Hand("test"))


def compared(at):
    """Compare all figures with those that the rows alone give."""
    zone = keeping.clock()
    today = at.astimezone(zone).date()
    period = Period(today - timedelta(days=DAYS + 2), today, zone)
    rows = figures.count(db.session, figures.within("opened", [(period.begin, period.end)]), at)
    _alike(counted.entered(db.session, period, at), rows)
    for event in ("opened", "resolved"):
        there = figures.by_day(db.session, event, figures.within(event, [(period.begin, period.end)]), hours_ahead(zone))
        for wanted in (None, *((lambda key, one=one: key == one) for one in {one for counts in there.values() for one in counts})):
            numbers = {day: sum(number for one, number in counts.items() if wanted is None or wanted(one)) for day, counts in there.items()}
            assert _more(counted.by_day(db.session, [event], period, wanted)[0]) == _more(numbers)
    ends = [today - timedelta(days=number) for number in (0, 1, 7, 20)]
    there = [db.session.scalar(select(func.count(Complaint.id)).where(measures.open_at(min(Period(day, day, zone).end, at)))) for day in ends]
    assert counted.unsolved_after(db.session, ends, zone) == there


def _alike(one, other):
    assert one.counts == other.counts and one.columns() == other.columns()


def _more(numbers):
    return {day: number for day, number in numbers.items() if number}


@pytest.mark.parametrize("order", ["little", "big"])
def test_minutes_are_kept_alike_by_every_processor(monkeypatch, order):
    """What one whose numbers begin with the highest byte has in its memory becomes what all others read."""
    monkeypatch.setattr(figures, "sys", SimpleNamespace(byteorder=order))
    held = array(figures.MINUTE)
    held.frombytes(b"".join(number.to_bytes(held.itemsize, order) for number in (7, 70_000)))
    assert figures._native(held).tobytes() == b"".join(number.to_bytes(held.itemsize, "little") for number in (7, 70_000))


def test_days_that_are_all_counted(busy):
    """Of them no row of a finished complaint is read, and the figures are the same."""
    at = now()
    with busy.app_context():
        for row in db.session.query(Complaint).filter_by(status=ComplaintStatus.NEW).limit(20).all():
            move(row, "cancel", None, at, reason="Salah")
        db.session.commit()
        worked(at)
        zone = keeping.clock()
        today = at.astimezone(zone).date()
        week = Period(today - timedelta(days=10), today - timedelta(days=3), zone)
        assert counted.split(db.session, week, CountedDay.figures).spans == []
        rows = figures.count(db.session, figures.within("opened", [(week.begin, week.end)]), at)
        _alike(counted.entered(db.session, week, at), rows)
        assert rows.counts and rows.answers


def test_a_company_without_complaints(make_app):
    """There is nothing to count, and nothing is wrong."""
    with make_app().app_context():
        assert worked(now()) == 0 and list(keeping.wrong(db.session, now())) == []


def test_every_change_is_counted(busy):
    """Random moves, ratings, customers who move house and corrections, at past moments: before the worker comes and after."""
    dice = random.Random(7)
    with busy.app_context():
        last = dict(db.session.execute(select(Complaint.id, Complaint.opened_at)).all())
        people = [one(User, email=email(name)) for name in ("technician", "technician2")]
        done = 0
        for step in range(120):
            rows = list(db.session.scalars(select(Complaint).order_by(Complaint.id)))
            row = dice.choice(rows)
            at = last[row.id] = min(now(), last[row.id] + timedelta(hours=dice.randrange(48)))
            if dice.random() < 0.1:
                row.customer.area_id = dice.choice([None, *db.session.scalars(select(CoverageArea.id))])
            elif row.status is ComplaintStatus.CLOSED and dice.random() < 0.5:
                row.rating, row.repeats, row.priority = dice.randrange(1, 6), dice.randrange(2), dice.randrange(1, 5)
            else:
                verb = dice.choice([verb for verb in LIFECYCLES[Complaint].verbs if row.status in verb.sources] or [None])
                if verb is None:
                    continue
                try:
                    move(row, verb.name, None, at, **{name: {"technician": dice.choice(people), "merged_into": dice.choice(rows)}.get(name, "alasan") for name in verb.needs})
                except Refused:
                    db.session.rollback()
                    continue
            db.session.commit()
            done += 1
            if step % 15 == 0:
                compared(now())
            if step % 40 == 30:
                assert worked(now()) > 0
                compared(now())
                assert not list(keeping.wrong(db.session, now()))
        assert done > 60
        assert {status for status in db.session.scalars(select(Complaint.status).distinct())} >= {ComplaintStatus.CLOSED, ComplaintStatus.CANCELLED}
        worked(now())
        assert worked(now()) == 0, "what is counted and not marked is left alone"


def test_a_mark_goes_with_its_change(busy):
    """What is rolled back marks nothing; unfinished complaints mark nothing; a change while the day is counted leaves its mark."""
    with busy.app_context():
        row = one(Complaint, number="T-1")
        move(row, "resolve", None, now(), reason="selesai")
        db.session.flush()
        assert _marks() > 0
        db.session.rollback()
        assert _marks() == 0
        row = one(Complaint, number="T-1")
        move(row, "assign", None, now(), technician=one(User, email=email("technician")))
        db.session.commit()
        assert _marks() == 0
        move(row, "resolve", None, now(), reason="selesai")
        db.session.commit()
        assert worked(now() + timedelta(days=1)) > 0 and _marks() == 0


def _marks():
    return db.session.scalar(select(func.count()).select_from(CountedDay).where(CountedDay.counted.is_(None), CountedDay.day > now().date() - timedelta(days=90)))


def test_an_older_version_beside_us(busy):
    """Servers are renewed one after the other: its days are read from the rows until they are counted anew, and it reads ours from the rows."""
    with busy.app_context():
        ours = db.session.scalars(select(CountedDay).where(CountedDay.counted.is_not(None), CountedDay.day.between(now().date() - timedelta(days=20), now().date() - timedelta(days=3)))).all()
        assert not db.session.scalar(select(CountedDay.id).where(CountedDay.once.is_not(None)).limit(1)), "what it takes for counted has a name in `once`"
        for day in ours[:5]:
            day.once, day.counted, day.figures, day.minutes = day.counted, None, {"1.1": [{"entered": 99}, "BwAAAA==", ""]}, None
        db.session.commit()
        compared(now())
        assert worked(now()) == 5
        compared(now())
        assert not db.session.scalar(select(CountedDay.id).where(CountedDay.once.is_not(None)).limit(1))


def test_another_clock_reads_the_rows(busy):
    """Days are those of the company's clock; on another one nothing is counted, and nothing is wrong."""
    with busy.app_context():
        here = keeping.clock()
        for zone in ("Asia/Makassar", "Asia/Jayapura"):
            period = Period(now().date() - timedelta(days=10), now().date(), type(here)(zone))
            assert not counted.split(db.session, period, CountedDay.moves).counted
            rows = figures.count(db.session, and_(true(), figures.within("opened", [(period.begin, period.end)])), now())
            _alike(counted.entered(db.session, period, now()), rows)


def test_the_command_finds_and_mends(busy):
    """A row that was changed past the application is found by `counters check` and put right by `counters rebuild`."""
    run = busy.test_cli_runner().invoke
    assert run(args=["counters", "check"]).exit_code == 0
    with busy.app_context():
        db.session.connection().execute(update(Complaint.__table__).where(text("number IN ('T-5', 'T-6')")).values(
            status=ComplaintStatus.CLOSED, resolved_at=now() - timedelta(hours=1), closed_at=now()))
        db.session.commit()
        days = {one(Complaint, number=number).opened_at.astimezone(keeping.clock()).date() for number in ("T-5", "T-6")}
    found = run(args=["counters", "check"])
    assert found.exit_code == 1 and all(str(day) in found.output for day in days)
    assert run(args=["counters", "rebuild"]).exit_code == 0
    assert run(args=["counters", "check"]).exit_code == 0
    with busy.app_context():
        compared(now())
        assert one(Customer, number="PLG-000001")
