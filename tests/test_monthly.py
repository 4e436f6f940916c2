"""On the first of the month the managers get the recaps of the month before as PDF, once."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale
from sqlalchemy.orm import Session

from ecrm.extensions import db
from ecrm.jobs import Hand, send_recaps
from ecrm.letters.delivery import message_of
from ecrm.models import Job, Letter, Recap
from ecrm.models.recap import FrozenBecause
from ecrm.reports import freezing, monthly
from tests.test_recaps import text_of

FIRST = datetime(2026, 11, 30, 17, 5, tzinfo=UTC)  # five past midnight on 1 December in Jakarta


def sent(at=FIRST):
    """Run the job and return how many letters it wrote."""
    return send_recaps(db.session(), at, Hand("test"))


def test_once_a_month(app):
    """The same month is sent once, however often the job runs, the next one again; each recap is kept with its fingerprint."""
    with app.app_context():
        assert [sent(), sent(), sent(datetime(2026, 12, 31, 16, 59, tzinfo=UTC))] == [1, 0, 0]
        assert sent(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == 1
        kept = db.session.query(Recap).filter_by(because=FrozenBecause.SENT).order_by(Recap.id).all()
        assert [row.kind for row in kept[:6]] == [row.kind for row in kept[6:]] and {row.kind for row in kept} == set(monthly.KINDS)
        assert [f"{row.first_day} {row.last_day}" for row in (kept[0], kept[6])] == ["2026-11-01 2026-11-30", "2026-12-01 2026-12-31"]


def test_two_workers(app, monkeypatch):
    """The second of two workers that looked at the same moment writes nothing."""
    with app.app_context():
        assert sent() == 1
        monkeypatch.setattr(monthly, "select", lambda column: _Blind(column))
        assert sent() == 0
        assert db.session.query(Letter).filter_by(template="recap_monthly_manager").count() == 1


def test_nobody_waits_for_the_figures(app, monkeypatch):
    """While they are counted, which takes its time, others write."""
    freeze, wrote = freezing.freeze, []

    def slowly(*given, **more):
        with Session(db.engine) as other:
            other.add(Job(name=f"other{len(wrote)}"))
            other.commit()
            wrote.append(1)
        return freeze(*given, **more)
    with app.app_context():
        monkeypatch.setattr(freezing, "freeze", slowly)
        assert sent() == 1 and len(wrote) == len(monthly.KINDS)


class _Blind:
    """A SELECT that does not see what the other worker has written yet."""

    def __init__(self, column):
        self.column = column

    def where(self, *_conditions):
        """Find nothing."""
        return db.select(self.column).where(db.false())


def test_the_letter_brings_the_papers(app, browser):
    """The manager's letter has a PDF for each recap; the link leads to the kept figures, for the manager alone."""
    with app.app_context():
        sent()
        letter = db.session.query(Letter).filter_by(template="recap_monthly_manager").one()
        number, message = letter.data["id"], message_of(letter, FIRST)
        files = {part.get_filename(): part.get_payload(decode=True) for part in message.message().walk() if part.get_filename()}
    assert set(files) == {f"{kind}-2026-11.pdf" for kind in monthly.KINDS}
    assert "Rekapitulasikeluhan" in text_of(files["complaints-2026-11.pdf"])
    assert "November 2026" in message.subject and f"/go/recap/{number}" in message.body
    answer = browser("manager").get(f"/admin/go/recap/{number}", follow_redirects=True)
    assert answer.status_code == 200 and b'id="fingerprint"' in answer.data
    assert browser("technician").get(f"/admin/go/recap/{number}").status_code == 404


def test_one_letterhead(app, browser):
    """The letter's paper, the kept figures, the recap's page and its files have the same head, with the number as people dial it."""
    with app.app_context():
        sent()
        row = db.session.query(Recap).filter_by(kind="complaints", because=FrozenBecause.SENT).one()
        with force_locale("id"):
            letter, number = text_of(monthly.paper(row)[1]), row.id
    asked = "?month=2026-11"
    page = browser("manager").get(f"/admin/manager/recaps/complaints/{asked}").get_data(as_text=True)
    kept = browser("manager").get(f"/admin/manager/recap/details/?id={number}").get_data(as_text=True)
    paper = text_of(browser("manager").get(f"/admin/manager/recaps/complaints/pdf/{asked}").data)
    for said in ("PT Prestasi Piranti Informasi", "(021) 50101234", "November 2026", "Disiapkan oleh", "Disetujui oleh"):
        assert said in page and said in kept
        assert said.replace(" ", "") in letter and said.replace(" ", "") in paper
    assert not [text for text in (page.partition("<article")[2], letter, paper) if "+6221" in text]


@pytest.mark.parametrize("missing", [[10**6]])
def test_a_paper_that_is_gone(app, missing):
    """A recap that is no more there is an unreadable letter, not the end of the worker."""
    from ecrm.letters.delivery import UNREADABLE

    with app.app_context():
        sent()
        letter = db.session.query(Letter).filter_by(template="recap_monthly_manager").one()
        letter.data = letter.data | {"recaps": missing}
        with pytest.raises(UNREADABLE):
            message_of(letter, FIRST)
