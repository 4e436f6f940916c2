"""The manager's front page: each number of the dashboard is that of the list that it opens."""

import re
from datetime import UTC, timedelta

import pytest
from sqlalchemy import text

from ecrm.admin import look
from ecrm.extensions import db
from ecrm.reports.period import Period
from tests.staff import Page
from tests.test_recaps import manager  # noqa: F401 the fixture

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def front(manager):  # noqa: F811
    """The manager's front page."""
    return manager.get("/admin/manager/")


def test_every_number_opens_its_rows(manager, front):  # noqa: F811
    """Every third link of all tables, so that each column has its turn, but of the long one of the days every thirtieth."""
    page = front.get_data(as_text=True)
    for part in re.findall(r'<table class="table figures" id="table-(\w+)">(.*?)</table>', page, re.S):
        links = re.findall(r'data-key="[a-z_]+"><a href="([^"]+)">([\d.]+)</a>', part[1])
        assert links, part[0]
        for address, number in links[::30 if part[0] == "time" else 3]:
            answer = manager.get(address.replace("&amp;", "&"))
            assert answer.status_code == 200 and Page(answer).count() == int(number.replace(".", "")), f"{part[0]}: {address}"


def test_the_parts_add_up(demo, front):  # noqa: F811
    """What is unsolved by status, by age and at the end of today is the same number, and that of plain SQL."""
    with demo.app_context(), db.engine.connect() as connection:
        unsolved = connection.execute(text("SELECT count(*) FROM complaint WHERE status IN ('new', 'assigned', 'in_progress', 'waiting_customer')")).scalar()
        days = connection.execute(text("SELECT count(*) FROM complaint")).scalar()
    page = front.get_data(as_text=True)
    numbers = {key: re.findall(r">([\d.]+)</a></td>", body) for key, body in re.findall(r'id="table-(\w+)">(.*?)</table>', page, re.S)}
    assert unsolved > 0
    assert [int(numbers[key][-1]) for key in ("status", "age", "backlog")] == [unsolved] * 3
    assert int(numbers["time"][-2]) <= days


def test_pictures_have_names_and_tables(front):
    """Each picture, for a desk and for a phone, is named for those who do not see it, and has its table beside it."""
    page = Page(front)
    assert len(page.all("svg", role="img")) == 2 * len(page.all("figure")) == 18
    assert all(own["aria-label"] for own in page.all("svg", role="img"))


def test_every_headline_opens_what_it_was_made_of(demo, manager, front):  # noqa: F811
    """Shares and medians too: the list has as many rows as plain SQL counts for the figure."""
    shown = front.get_data(as_text=True).partition('id="headlines"')[2].partition("</ul>")[0]
    found = [Page(manager.get(address.replace("&amp;", "&"))).count() for address in re.findall(r'<a href="([^"]+)"', shown)]
    with demo.test_request_context():
        begin = Period(look.today() - timedelta(days=29), look.today(), look.zone()).begin.astimezone(UTC).replace(tzinfo=None)
    counted = ("first_response_at IS NOT NULL", "status IN ('resolved', 'closed')", "reopen_count > 0", "rating IS NOT NULL")
    with demo.app_context(), db.engine.connect() as connection:
        numbers = [connection.execute(text(f"SELECT count(*) FROM complaint WHERE opened_at >= :begin AND {one}"), {"begin": f"{begin}"}).scalar()
                   for one in counted]
    answered, solved, reopened, rated = numbers
    assert rated > 0 and found[1:] == [answered, answered, solved, solved, reopened, rated] and 0 < found[0] <= solved


@pytest.mark.parametrize("role", ["support", "technician", "sales", "administrator"])
def test_the_board_is_the_managers(browser, role):
    """Who works on complaints sees work, not statistics; who may not read them sees neither."""
    assert 'id="board"' not in browser(role).get(f"/admin/{role}/").get_data(as_text=True)


def test_a_company_without_complaints(app, browser):
    """Nothing is divided by nothing."""
    with app.app_context(), db.engine.begin() as connection:
        for table in ("escalation", "attachment", "incoming_message", "visit", "reply", "provision_call", "bandwidth_grant", "complaint"):
            connection.execute(text(f"DELETE FROM {table}"))
    answer = browser("manager").get("/admin/manager/")
    assert answer.status_code == 200 and not re.search(r">0[.,]0 %<", answer.get_data(as_text=True))
