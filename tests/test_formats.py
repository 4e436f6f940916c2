"""Days, times, money and sizes are written as the reader's language writes them, the same in portal, staff sites, letters and paper."""

import re
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale

from ecrm import formats
from ecrm.admin import formats as cells, story
from ecrm.extensions import db
from ecrm.letters.rendering import compose
from ecrm.models import Plan, Subscription, User, WorkingHours
from ecrm.models.account import Language
from ecrm.reports import words
from ecrm.reports.shapes import Kind
from tests.conftest import ONE_DATABASE
from tests.world import email, one

AT = datetime(2026, 11, 23, 7, 5, 9, tzinfo=UTC)
WRITTEN = [
    (lambda: formats.exact(AT), "23 November 2026 14.05 WIB", "November 23, 2026, 2:05\xa0PM WIB"),
    (lambda: formats.exact(AT, ZoneInfo("Asia/Makassar")), "23 November 2026 15.05 WITA", "November 23, 2026, 3:05\xa0PM WITA"),
    (lambda: formats.exact(AT, ZoneInfo("Asia/Jayapura"), "full"), "Senin, 23 November 2026 16.05 WIT", "Monday, November 23, 2026, 4:05\xa0PM WIT"),
    (lambda: formats.moment(AT), "23 Nov 2026 14.05", "Nov 23, 2026, 2:05\xa0PM"),
    (lambda: formats.brief(AT, AT), "23 Nov 14.05", "Nov 23, 2:05\xa0PM"),
    (lambda: formats.brief(AT, AT.replace(year=2027)), "23 Nov 2026", "Nov 23, 2026"),
    (lambda: formats.day(date(2026, 5, 2)), "2 Mei 2026", "May 2, 2026"),
    (lambda: formats.day(date(2026, 5, 2), "long"), "2 Mei 2026", "May 2, 2026"),
    (lambda: formats.weekday(date(2026, 5, 2)), "Sab, 2 Mei 2026", "Sat, May 2, 2026"),
    (lambda: formats.weekday(date(2026, 5, 2), year=False), "Sab, 2 Mei", "Sat, May 2"),
    (lambda: formats.month(date(2026, 8, 1)), "Agustus 2026", "August 2026"),
    (lambda: formats.hour(time(8, 30)), "08.30", "8:30\xa0AM"),
    (lambda: formats.hour(AT.astimezone(formats.zone()), seconds=True), "14.05.09", "2:05:09\xa0PM"),
    (lambda: formats.rupiah(250_000), "Rp\xa0250.000", "Rp\xa0250,000"),
    (lambda: formats.number(1234567.5), "1.234.567,5", "1,234,567.5"),
    (lambda: formats.size(2_500_000), "2,5 MB", "2.5 MB"),
    (lambda: formats.size(10), "1 kB", "1 kB"),
    (lambda: words.text(Kind.RUPIAH, 1_234_567), "Rp\xa01.234.567", "Rp\xa01,234,567"),
    (lambda: words.text(Kind.DAY, "2026-05-02"), "2 Mei 2026", "May 2, 2026"),
    (lambda: story.shown(None, Plan, "monthly_price", None, 250_000), "250.000", "250,000"),
    (lambda: story.shown(None, Plan, "on_sale", None, False), "Tidak", "No"),
    (lambda: story.shown(None, Subscription, "valid_from", None, "2026-05-02"), "2 Mei 2026", "May 2, 2026"),
    (lambda: story.shown(None, WorkingHours, "opens", None, "08:00:00"), "08.00", "8:00\xa0AM"),
    (lambda: story.shown(None, Plan, "name", None, None), "–", "–"),
]


@pytest.mark.parametrize("place", range(2), ids=["id", "en"])
def test_each_language_has_its_own(company, place):
    """The helpers, the words of reports, and what the trail wrote down."""
    app, _rows = company
    with app.test_request_context(), force_locale(("id", "en")[place]):
        for number, (write, *wanted) in enumerate(WRITTEN):
            assert write() == wanted[place], number


@pytest.mark.parametrize(("language", "price", "moment"), [
    (Language.INDONESIAN, "Rp\xa0250.000", r"\d{1,2} [A-Z][a-z]+ 20\d\d \d\d\.\d\d WIB"),
    (Language.ENGLISH, "Rp\xa0250,000", r"[A-Z][a-z]+ \d{1,2}, 20\d\d, \d{1,2}:\d\d\xa0[AP]M WIB"),
])
def test_pages_use_them(app, browser, language, price, moment):
    """The price on the first page and in the list of plans; a moment in full where the staff's pages show one in short."""
    with app.app_context():
        one(User, email=email("support")).language = language
        db.session.commit()
    assert price in browser().get("/", headers={"Accept-Language": language.value}).text
    person = browser("support")
    assert price in person.get("/admin/support/plan/").text and price in person.get("/admin/support/plan/details/?id=1").text
    assert re.search(rf'title="{moment}"', person.get("/admin/support/complaint/details/?id=1").text)


@pytest.mark.parametrize(("language", "wanted"), [
    (Language.INDONESIAN, "Senin, 23 November 2026 14.05 WIB"), (Language.ENGLISH, "Monday, November 23, 2026, 2:05\xa0PM WIB"),
])
def test_letters_use_them(company, language, wanted):
    """The visit of the technician, on the branch's clock."""
    app, _rows = company
    facts = {"table": "installation", "id": 1, "number": "PSB-1", "name": "Budi", "plan": "Home 20", "address": "Jl. 1", "visit": AT.isoformat(),
             "zone": "Asia/Jakarta", "technician": "Joko", "phone": "+628", "reason": None, "by": "Sari", "at": AT.isoformat()}
    with app.app_context():
        assert wanted in compose("installation_schedule_applicant", language, "Budi", facts).text


@ONE_DATABASE
def test_cells_of_what_has_no_page(company):
    """A related row of a table that the role has no screen for is its text, no link; names and values of a mapping are text, too."""
    app, _rows = company
    with app.test_request_context():
        nowhere, plan = SimpleNamespace(site_has=lambda _model: False), one(Plan, code="HOME20")
        assert cells.rows(nowhere, [plan, "<b>"], "plans") == f"{plan}, &lt;b&gt;"
        assert cells.pairs(None, {"<i>": "<script>", "hari": 7}, "data") == "<b>&lt;i&gt;</b>: &lt;script&gt;<br><b>hari</b>: 7"
