"""Mail breaks: the worker dies between sending and marking, SMTP is down, slow, or refuses somebody; two workers at once."""

import signal
import time
from collections import Counter
from statistics import quantiles

import pytest
from sqlalchemy import delete, select

from ecrm.extensions import db
from ecrm.models import Letter
from ecrm.models.base import now
from ecrm.models.letter import LetterState
from tests.faults.machines import Site, wait_for
from tests.faults.people import Person, letters, look
from tests.outbox import DATA
from tests.smtp import free_port, post_office
from tests.world import email

LATER = ("faketime", "-m", "-f", "+10m")  # after every lease and the first waits


@pytest.fixture(params=["sqlite", "mariadb"])
def make(request, tmp_path, started):
    """Return a function that makes the site with a mail server at a port, and letters to so many people in its outbox."""

    def build(port, count):
        url = request.getfixturevalue("database").make() if request.param == "mariadb" else None
        site = started(Site(tmp_path / request.param, url, MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_USE_TLS="false"))
        with site.app.app_context():
            db.session.execute(delete(Letter))
            db.session.add_all(Letter(template="complaint_resolve_customer", to_email=f"p{number}@mail.example", to_name="P", data=DATA,
                                      queued_at=now(), next_try_at=now()) for number in range(count))
            db.session.commit()
            db.session.remove()
        return site

    return build


def often_each(office):
    """Return how often each person got a letter; the manager's monthly one is no part of this."""
    return Counter(person for person in office.recipients if person != email("manager"))


def said(office):
    """Return it in words."""
    often = Counter(often_each(office).values())
    return ", ".join(f"{people} people got it {times}×" for times, people in sorted(often.items()))


def test_the_worker_is_killed_between_sending_and_marking(make, started, say):
    """kill -9 in the moment when the server has the letter and we do not know it yet, three times; then one that may finish."""
    with post_office() as office:
        site, kills = make(office.port, 30), []
        for at in (5, 12, 20):
            hand = started(site.worker("--once"))
            office.on_data = lambda hand=hand, at=at: kills.append(hand.signal(signal.SIGKILL)) if len(office.received) == at else None
            hand.start(*(LATER[:3] + (f"+{10 * (len(kills) + 1)}m",)))
            hand.running.wait(90)
        office.on_data = lambda: None
        site.work_once(*LATER[:3], "+60m")
    counts = often_each(office)
    assert len(kills) == 3 and len(counts) == 30 and max(counts.values()) <= 2 and sum(counts.values()) <= 33
    assert letters(site) == {"sent": 30}
    say(f"3 kills, 30 letters: {said(office)}; all marked sent")


def test_two_workers_at_once(make, started, say):
    """Started twice by mistake: nobody gets a letter twice."""
    with post_office() as office:
        site = make(office.port, 60)
        hands = [started(site.worker("--once")) for _ in range(2)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.running.wait(90)
        if letters(site)["queued"]:
            site.work_once()
    assert set(often_each(office).values()) == {1} and len(often_each(office)) == 60 and letters(site) == {"sent": 60}
    say(f"60 letters: {said(office)}")


def test_smtp_is_down_and_comes_back(make, started, say):
    """Complaints are taken as ever; the letters wait, and go when it is back."""
    port = free_port()
    site = make(port, 10)
    site.start()
    hand = started(site.worker())
    hand.start()
    person, times = Person(site), []
    subjects = [f"{site.folder.name} {count}" for count in range(10)]
    for subject in subjects:
        form, began = person.form(subject), time.monotonic()
        assert person.post("/complaints/new", form)[0] == 302
        times.append(time.monotonic() - began)
    waiting = letters(site)
    hand.kill()
    with post_office() as office:
        site.settings["MAIL_PORT"] = office.port
        site.work_once(*LATER)
    assert waiting["sent"] == 0 and waiting["queued"] >= 20 and letters(site) == {"sent": waiting["queued"]}
    say(f"{look(site, subjects)}; entering took {quantiles(times, n=2)[0] * 1000:.0f} ms in the middle; {waiting['queued']} letters waited, all sent afterwards")


def test_smtp_is_slow_and_refuses_somebody(make, started, say):
    """A second for each letter keeps no page waiting; who does not exist is marked so, and stops nobody."""
    with post_office() as office:
        office.on_data = lambda: time.sleep(1)
        office.no_such_person = {"p1@mail.example": "550 5.1.1 no such user"}
        site = make(office.port, 6)
        site.start()
        hand = started(site.worker())
        hand.start()
        wait_for(lambda: office.received)
        person, subject = Person(site), f"{site.folder.name} slow"
        form, began = person.form(subject), time.monotonic()
        assert person.post("/complaints/new", form)[0] == 302
        took = time.monotonic() - began
        wait_for(lambda: letters(site)["queued"] == 0)
        hand.kill()
    with site.app.app_context():
        failed = db.session.scalars(select(Letter).where(Letter.state == LetterState.FAILED)).one()
        db.session.remove()
    assert failed.to_email == "p1@mail.example" and "no such user" in failed.last_error and max(often_each(office).values()) <= 2
    say(f"{look(site, [subject])}; entering took {took * 1000:.0f} ms; one refused: “{failed.last_error}”, {letters(site)['sent']} sent")
