"""Days and times as the account's language writes them: typed, or chosen from a calendar with the mouse or the keyboard alone."""

import re
from datetime import date, datetime, timedelta

import pytest

from ecrm import formats
from ecrm.extensions import db
from ecrm.models import Installation, Promo, User, WorkingHours
from ecrm.models.account import Language
from ecrm.models.base import now
from tests.chromium import PHONE, expect, window  # noqa: F401 - fixtures
from tests.conftest import ONE_DATABASE
from tests.test_accessible import AXE, RUN, TAGS
from tests.world import email, one

pytestmark = ONE_DATABASE  # what a browser does is the same on both
NEW = "/admin/support/promo/new/"
WORDS = {"id": ("November 2026", "Rabu, 25 November 2026", "Tulis seperti ini", "Sen"),
         "en": ("November 2026", "Wednesday, November 25, 2026", "Write it like this", "Mon")}
HERE = "document.activeElement.getAttribute('aria-label') || document.activeElement.id"


def desk(app, window, language, **options):  # noqa: F811
    """Open a window of support, whose account has a language that the browser does not have."""
    with app.app_context():
        one(User, email=email("support")).language = Language(language)
        db.session.commit()
    return window(person="support", language="de-DE", **options)


def written(app, language, value):
    """Return a day or a moment as our own pages write it."""
    with app.test_request_context(headers={"Accept-Language": language}):
        return (formats.moment if isinstance(value, datetime) else formats.day)(value).replace("\xa0", " ")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_day_is_chosen_with_the_keyboard_and_typed(app, window, language):  # noqa: F811
    """Down opens the calendar in the account's language, arrows walk, Enter takes, Escape goes back; what is no day is said at the field."""
    page = desk(app, window, language)
    _month, day_name, bad, monday = WORDS[language]
    page.goto(NEW)
    first, last, sent = page.locator("#valid_from-text"), page.locator("#valid_until-text"), page.locator("[name=valid_from]")
    for text in ("2026-11-24", "24/11/2026", "24 Nov 26", "Nov 24, 2026"):
        first.fill(text)
        first.press("Tab")
        expect(first).to_have_value(written(app, language, date(2026, 11, 24)))
        expect(sent).to_have_value("2026-11-24")
    first.press("ArrowDown")
    expect(page.get_by_role("dialog", name=re.compile("Mulai|From|Start"))).to_be_visible()
    expect(page.locator(".flatpickr-calendar.open .flatpickr-weekday").first).to_have_text(monday)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(HERE) == day_name
    page.keyboard.press("Escape")
    expect(page.locator(".flatpickr-calendar.open")).to_have_count(0)
    expect(first).to_be_focused()
    expect(sent).to_have_value("2026-11-24")
    first.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    expect(first).to_have_value(written(app, language, date(2026, 12, 1)))
    expect(sent).to_have_value("2026-12-01")
    for text in ("31/02/2026", "kapan-kapan"):
        last.fill(text)
        last.press("Tab")
        expect(last).to_have_attribute("aria-invalid", "true")
        expect(last).to_have_value(text)
        expect(page.locator(".date-box .invalid-feedback", has_text=bad)).to_be_visible()
    last.fill("1/12/2026")  # must follow the first
    last.press("Tab")
    expect(page.locator("#valid_until-text-fault")).to_contain_text(written(app, language, date(2026, 12, 2)))
    page.locator(".date-open").last.click()
    page.locator(".flatpickr-calendar.open").get_by_role("option", name=re.compile("31 Des|December 31")).click()
    expect(page.locator("#valid_until-text-fault")).to_be_hidden()
    for name, text in (("code", f"D{language}"), ("title", "Desember"), ("text", "Hemat.")):
        page.fill(f"#{name}", text)
    page.select_option("#audience", index=1)
    page.click("#save")
    expect(page.locator(".alert-success")).to_be_visible()
    with app.app_context():
        row = one(Promo, code=f"D{language}")
        assert (row.valid_from, row.valid_until) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_visit_gets_its_day_and_hour(app, window, language):  # noqa: F811
    """The hour is written as the language does, and is the reader's own; the form that was refused shows what was typed."""
    page = desk(app, window, language)
    with app.app_context():
        number = one(Installation, applicant_name="Pemohon technician").id
    day = datetime.combine(now().astimezone(formats.ZoneInfo("Asia/Jakarta")).date() + timedelta(days=3), datetime.min.time()).replace(hour=14, minute=5)
    page.goto(f"/admin/support/installation/details/?id={number}")
    page.click("#verb-schedule summary")
    field = page.locator("#schedule-visit_at-text")
    shown = written(app, language, day.replace(tzinfo=formats.ZoneInfo("Asia/Jakarta")))
    field.fill(f"{day:%d-%m-%Y} 14.05")
    field.press("ArrowDown")
    expect(field).to_have_value(shown)
    page.locator(".flatpickr-calendar.open .flatpickr-minute").fill("30")
    page.keyboard.press("Enter")
    expect(field).to_have_value(shown.replace("05", "30") if "05" not in f"{day:%d}" else re.compile("30"))
    page.select_option("#verb-schedule select", index=1)
    page.click("[data-verb=schedule]")
    expect(page.locator(".alert-success")).to_be_visible()
    with app.app_context():
        assert one(Installation, id=number).visit_at.astimezone(formats.ZoneInfo("Asia/Jakarta")).replace(tzinfo=None) == day.replace(minute=30)


def test_an_hour_is_written_as_the_language_does(app, window):  # noqa: F811
    """The day's hours of a branch, on the clock that the page shows elsewhere."""
    with app.app_context():
        number = one(WorkingHours, id=1).id
    page = window(person="administrator", language="en-US")
    page.goto(f"/admin/administrator/working_hours/edit/?id={number}")
    field = page.locator("#opens-text")
    expect(field).to_have_value("08.00")
    field.fill("25.00")
    field.press("Tab")
    expect(page.locator("#opens-text-fault")).to_contain_text("14.05")
    field.fill("7:45 am")
    field.press("ArrowDown")
    expect(field).to_have_value("07.45")
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    expect(page.locator("[name=opens]")).to_have_value("07:45")


def test_days_of_a_filter_are_typed_and_the_calendar_breaks_no_rule(app, window):  # noqa: F811
    """Enter sends both days; a slip is not sent; an open calendar is as accessible as the page, in both themes."""
    page = desk(app, window, "id", bypass_csp=True)
    page.goto("/admin/support/promo/?view=all")
    if page.locator("label.filters-button").is_visible():
        page.click("label.filters-button")
    first, last = page.get_by_role("textbox", name=re.compile(", dari")).first, page.get_by_role("textbox", name=re.compile(", sampai")).first
    first.fill("1 jan 2020")
    last.fill("32 jan 2020")
    last.press("Enter")
    expect(last).to_have_attribute("aria-invalid", "true")
    assert "flt" not in page.url
    last.fill("31/12/2099")
    last.press("Enter")
    expect(page.locator("#chips .chip")).to_contain_text("1 Jan 2020 – 31 Des 2099")
    expect(first).to_have_value("1 Jan 2020")
    page.evaluate(AXE)
    first.press("ArrowDown")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")  # the calendar fades in over the page
        assert page.evaluate(RUN, ["html", "tag", TAGS]) == []


def test_a_phone_keeps_its_own_calendar(app, window):  # noqa: F811
    """Where a thumb is what points, the system's is the best."""
    page = desk(app, window, "id", size=PHONE, has_touch=True, is_mobile=True)
    page.goto(NEW)
    expect(page.locator("input[type=date]")).to_have_count(2)
    assert page.locator(".date-box").count() == 0
