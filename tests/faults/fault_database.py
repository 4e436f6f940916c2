"""MariaDB is killed, restarted and frozen under the application, which is not touched and must find back by itself."""

import os
import signal
import time

import pytest

from tests.faults.machines import Site, wait_for
from tests.faults.people import Crowd, Person, look

KILLS = int(os.environ.get("KILLS") or 2)


@pytest.fixture(scope="module")
def site(database, tmp_path_factory):
    """The site on a MariaDB of this file's own."""
    made = Site(tmp_path_factory.mktemp("site") / "mariadb", database.make())
    database.settle()
    made.start()
    yield made
    made.kill()


def test_mariadb_is_killed(site, database, say):
    """kill -9 in the middle of eight writers, again and again; nobody starts the application again."""
    with Crowd(site) as crowd:
        for _ in range(KILLS):
            wait_for(lambda seen=len(crowd.received): crowd.more(seen + 8))
            database.kill()
            wait_for(lambda seen=crowd.answers[503]: crowd.answers[503] > seen)
            database.start()
        back = wait_for(lambda seen=len(crowd.received): crowd.more(seen + 20))
    assert set(crowd.answers) <= {302, 503}
    say(f"{KILLS} kills; {look(site, crowd.received)}; longest pause {crowd.pause:.1f} s, twenty more {back:.1f} s after the start; "
        f"answers {dict(crowd.answers)}")


def test_mariadb_restarts_under_the_pool(site, database, say):
    """With connections in the pool that have died meanwhile: the next pages are served, none fails."""
    person = Person(site)
    for _ in range(4):
        assert person.get("/home")[0] == 200
    database.signal(signal.SIGTERM)
    database.running.wait(60)
    away = person.get("/home")
    database.start()
    codes = [person.get("/home")[0] for _ in range(20)]
    assert away[0] == 503 and codes == [200] * 20
    say("503 while it was down; after it 20 of 20 pages served")


def test_a_frozen_database(site, database, say):
    """It takes connections and says nothing: pages end with 503 in time, what needs no database goes on, all is well afterwards."""
    person = Person(site)
    form = person.form(f"{site.folder.name} frozen")
    database.signal(signal.SIGSTOP)
    began = time.monotonic()
    code, page, _where = person.post("/complaints/new", form)
    took = time.monotonic() - began
    fast = time.monotonic()
    alive, ready = person.get("/healthz")[0], person.get("/readyz")
    fast = time.monotonic() - fast
    database.signal(signal.SIGCONT)
    back = wait_for(lambda: person.get("/home")[0] == 200)
    received = []
    assert code == 503 and form["description"] in page and took < 15 and alive == 200
    assert ready[0] == 503 and "database" in ready[1] and fast < 5
    code, page, _where = person.post("/complaints/new", form)
    assert code == 302, page
    received.append(form["subject"])
    say(f"503 after {took:.1f} s with what was typed, /healthz and /readyz together {fast:.1f} s, back {back:.1f} s after it woke; {look(site, received)}")


def test_a_frozen_database_under_load(site, database, say):
    """Eight people press on while it is frozen for some seconds: threads and pool are free afterwards."""
    with Crowd(site) as crowd:
        wait_for(lambda: crowd.more(10))
        database.signal(signal.SIGSTOP)
        time.sleep(13)
        database.signal(signal.SIGCONT)
        back = wait_for(lambda seen=len(crowd.received): crowd.more(seen + 20))
    say(f"{look(site, crowd.received)}; twenty more {back:.1f} s after it woke; answers {dict(crowd.answers)}")
