"""Working time, as truth tables: nights, weekends, holidays, the three zones, forwards and backwards, and pauses."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError

from ecrm.extensions import db
from ecrm.models import Branch, Complaint, ComplaintCategory, Customer, Holiday, User, WorkingHours
from ecrm.models.base import NEVER
from ecrm.models.branch import TimeZone
from ecrm.models.business_time import Weekday
from ecrm.models.category import Clock
from ecrm.rules import calendar, holidays, move, sla
from ecrm.rules.calendar import AROUND_THE_CLOCK, Calendar
from ecrm.rules.complaint import answer, enter
from tests.world import email, one

WIB = ZoneInfo(TimeZone.WIB.value)
DAY = ((time(8), time(17)),)
FRIDAY = ((time(8), time(11, 30)), (time(13), time(17)))  # the noon prayer
HOURS = {0: DAY, 1: DAY, 2: DAY, 3: DAY, 4: FRIDAY, 5: ((time(8), time(13)),)}
INDEPENDENCE = date(2026, 8, 17)  # a Monday


def office(zone: str = TimeZone.WIB.value) -> Calendar:
    """Return a calendar of an ordinary branch."""
    return Calendar(ZoneInfo(zone), HOURS, frozenset({INDEPENDENCE}))


def at(text: str, zone: ZoneInfo = WIB) -> datetime:
    """Return a local moment of August 2026, such as "10 09:00", or of any month as "2026-12-31 09:00"."""
    day, hour = text.split()
    return datetime.fromisoformat(f"{day if '-' in day else f'2026-08-{day}'} {hour}").replace(tzinfo=zone)


# August 2026: the 10th is a Monday, the 14th a Friday, the 15th a Saturday, Monday the 17th a holiday.
ADDED = [
    ("10 09:00", 2, "10 11:00"),  # within a day
    ("10 15:00", 4, "11 10:00"),  # over the night
    ("10 08:00", 9, "10 17:00"),  # to the last minute of the day
    ("10 03:00", 1, "10 09:00"),  # entered at night: counts from the morning
    ("10 22:00", 1, "11 09:00"),
    ("10 17:00", 1, "11 09:00"),  # the end of a day is its end
    ("14 11:00", 1, "14 13:30"),  # around the prayer
    ("14 12:00", 1, "14 14:00"),
    ("14 16:00", 2, "15 09:00"),  # Friday evening into Saturday
    ("15 12:00", 2, "18 09:00"),  # over Sunday and a holiday on Monday
    ("16 10:00", 1, "18 09:00"),  # entered on Sunday
    ("17 10:00", 9, "18 17:00"),  # entered on the holiday
    ("10 09:00", 24, "12 15:00"),
    ("10 09:00", 0, "10 09:00"),
]


@pytest.mark.parametrize("zone", list(TimeZone))
@pytest.mark.parametrize(("begin", "hours", "end"), ADDED)
def test_hours_are_added_on_the_branchs_own_clock(zone, begin, hours, end):
    """The same table in each zone, the moments given in UTC as the database has them."""
    local = ZoneInfo(zone.value)
    found = office(zone.value).add(at(begin, local).astimezone(UTC), timedelta(hours=hours))
    assert found == at(end, local) and found.tzinfo is UTC


@pytest.mark.parametrize(("first", "last", "hours"), [
    ("10 09:00", "10 11:00", 2), ("10 15:00", "11 10:00", 4), ("10 18:00", "11 07:00", 0), ("14 11:00", "14 13:30", 1),
    ("15 12:00", "18 09:00", 2), ("16 00:00", "18 00:00", 0), ("10 00:00", "17 00:00", 4 * 9 + 7.5 + 5), ("11 10:00", "10 10:00", 0),
])
def test_working_time_between_two_moments(first, last, hours):
    """Nights, Sunday, the holiday and the prayer do not count; backwards there is none."""
    assert office().between(at(first), at(last)) == timedelta(hours=hours)


def test_forwards_and_backwards_agree():
    """What was added is what lies between, and going back leads to where the work began."""
    dice, made = Random(5), office()
    for _ in range(300):
        begin = at("10 08:00") + timedelta(minutes=dice.randrange(60 * 24 * 40))
        span = timedelta(minutes=dice.randrange(1, 60 * 90))
        end = made.add(begin, span)
        assert made.between(begin, end) == span
        back = made.add(end, -span)
        assert made.between(back, end) == span and made.between(begin, back) == timedelta(0)


@pytest.mark.parametrize("made", [AROUND_THE_CLOCK, Calendar(WIB, {}, frozenset({INDEPENDENCE}))])
def test_without_hours_the_clock_never_stops(made):
    """Around the clock means holidays too."""
    assert made.add(at("16 10:00"), timedelta(hours=48)) == at("18 10:00")
    assert made.between(at("16 10:00"), at("18 10:00")) == timedelta(hours=48)


def test_the_rows_make_the_calendar(app):
    """Hours of the branch, holidays of all and its own, but not those of another branch or that nobody observes."""
    with app.app_context():
        branch, other = one(Branch, code="JKT"), one(Branch, code="BTM")
        db.session.add(WorkingHours(branch=branch, weekday=Weekday.SATURDAY, opens=time(8), closes=time(12)))
        db.session.add_all([Holiday(day=date(2026, 9, 1), name="Di sini", branch=branch), Holiday(day=date(2026, 9, 2), name="Di sana", branch=other),
                            Holiday(day=date(2026, 9, 3), name="Tetap kerja", observed=False)])
        db.session.commit()
        made = calendar.of(db.session, branch)
        assert made.hours[5] == ((time(8), time(12)),) and 6 not in made.hours
        assert [made.is_working_day(date(2026, 9, day)) for day in (1, 2, 3, 6)] == [False, True, True, False]
        assert not made.is_working_day(INDEPENDENCE)


def test_public_holidays_come_once_and_stay_as_they_were_changed(app):
    """Those of the library; one that the administrator works on is not put back."""
    with app.app_context():
        assert holidays.add_missing(db.session, [2027]) > 10
        db.session.commit()
        new_year = one(Holiday, day=date(2027, 1, 1))
        new_year.observed = False
        db.session.commit()
        assert holidays.add_missing(db.session, [2027]) == 0 and one(Holiday, day=date(2027, 1, 1)).observed is False
        assert one(Holiday, day=date(2027, 8, 17)).observed


def entered(opened, code="BILL", clock=Clock.BUSINESS):
    """Enter a complaint of customer 1 at a moment; needs an application context."""
    category = one(ComplaintCategory, code=code)
    category.clock = clock
    row = enter(db.session, Complaint(customer=one(Customer, number="PLG-000001"), category=category, subject="Uji", description="Uji"), opened)
    db.session.commit()
    return row


def test_a_category_counts_in_working_hours_or_around_the_clock(app):
    """The world's branch works Monday to Friday from 8 to 17: 8 hours to answer, 72 to solve."""
    with app.app_context():
        row = entered(at("14 16:00"))
        assert (row.response_due_at, row.resolution_due_at) == (at("18 15:00") + timedelta(0), at("27 16:00"))
        around = entered(at("14 16:00"), clock=Clock.AROUND)
        assert (around.response_due_at, around.resolution_due_at) == (at("15 00:00"), at("17 16:00"))


def test_the_clock_that_runs(app):
    """First the response's, then the resolution's; none while we wait, none once it is solved, anew when it is reopened."""
    with app.app_context():
        support, start = one(User, email=email("support")), at("10 09:00")
        row = entered(start)
        assert (row.clock_due_at, row.clock_warn_at) == (row.response_due_at, at("10 15:24"))  # 80 % of eight hours
        assert not sla.soon(row, at("10 15:23")) and sla.soon(row, at("10 15:24")) and sla.late(row, row.response_due_at + timedelta(seconds=1))
        answer(row, "Kami periksa.", support, at("10 10:00"))
        due = row.resolution_due_at
        assert row.clock_due_at == due == at("21 09:00") and row.clock_warn_at == at("19 12:36")
        move(row, "wait", support, at("11 16:00"), reason="Foto tagihan?")
        assert row.clock_due_at == NEVER
        move(row, "resume", support, at("12 10:00"))  # three hours of work went by: one in the evening, two in the morning
        assert row.clock_due_at == row.resolution_due_at == at("21 12:00")
        move(row, "resolve", support, at("13 10:00"), reason="Selesai")
        assert row.clock_due_at == row.clock_warn_at == NEVER and not sla.late(row, at("2027-01-01 00:00"))
        move(row, "reopen", support, at("13 16:00"), reason="Belum")
        assert row.clock_due_at == row.resolution_due_at == at("26 16:00")
        move(row, "cancel", support, at("13 16:30"), reason="Ganda")
        assert row.clock_due_at == NEVER
        db.session.rollback()


def test_what_was_late_before_we_waited_stays_late(app):
    """Asking the customer is no way out of a missed target."""
    with app.app_context():
        support = one(User, email=email("support"))
        row = entered(at("10 09:00"), clock=Clock.AROUND)
        move(row, "wait", support, row.resolution_due_at + timedelta(minutes=1), reason="Foto?")
        assert sla.late(row, row.resolution_due_at + timedelta(minutes=2))
        db.session.rollback()


def test_repeats_are_counted_when_a_complaint_is_entered(app):
    """The same customer about the same within 30 days; not another category, not a cancelled one, not an old one."""
    with app.app_context():
        first = entered(at("2026-02-01 09:00"))
        assert first.repeats == 0 and entered(at("2026-03-04 09:00")).repeats == 0
        again = entered(at("2026-03-20 09:00"))
        assert again.repeats == 1 and entered(at("2026-03-20 10:00"), "DOWN").repeats == 0
        move(again, "cancel", None, at("2026-03-20 11:00"), reason="Ganda")
        db.session.commit()
        assert entered(at("2026-03-21 09:00")).repeats == 1


def test_a_moment_without_a_zone_has_no_place(app):
    """A naive one is refused before it is written: nobody would know which clock it was read from."""
    with app.app_context():
        one(Complaint, subject="Tagihan ganda").opened_at = datetime(2026, 3, 1, 8)
        with pytest.raises(StatementError, match="naive"):
            db.session.commit()
        db.session.rollback()
        assert one(Complaint, subject="Tagihan ganda").opened_at.tzinfo is not None
