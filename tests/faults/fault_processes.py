"""The web server and MariaDB die in the middle of eight people's work; slow clients; a clock that jumps."""

import os
import signal
import socket
import threading
import time
from collections import Counter
from statistics import quantiles

from tests.faults.machines import wait_for
from tests.faults.people import PDF, Crowd, Person, look

KILLS = int(os.environ.get("KILLS") or 3)  # in each test


def test_the_web_server_is_killed(site, say):
    """kill -9 at moments that nobody chose; those who saw no answer press again."""
    with Crowd(site) as crowd:
        for _ in range(KILLS):
            wait_for(lambda seen=len(crowd.received): crowd.more(seen + 8))
            site.kill()
            site.start()
        wait_for(lambda seen=len(crowd.received): crowd.more(seen + 8))
    say(f"{KILLS} kills; {look(site, crowd.received)}; longest pause {crowd.pause:.1f} s; answers {dict(crowd.answers)}")


def test_half_made_uploads_are_cleaned(site, say):
    """kill -9 in the middle of uploads: each row has its file, and what was half written goes after a day."""
    with Crowd(site, PDF) as crowd:
        wait_for(lambda: crowd.more(10))
        site.kill()
        site.start()
        wait_for(lambda seen=len(crowd.received): crowd.more(seen + 10))
    (site.attachments / "incoming").mkdir(exist_ok=True)
    (site.attachments / "incoming" / "half").write_bytes(b"%PDF")
    site.work_once("faketime", "-m", "-f", "+2d")
    left = list((site.attachments / "incoming").iterdir())
    assert not left
    say(f"{look(site, crowd.received, files=True)}; half-made files left {len(left)}")


def test_it_stops_gracefully(site, say):
    """SIGTERM under load: it ends within ten seconds, and whoever it had let in was answered."""
    with Crowd(site) as crowd:
        wait_for(lambda: crowd.more(15))
        began = time.monotonic()
        site.signal(signal.SIGTERM)
        code = site.running.wait(20)
        took = time.monotonic() - began
        site.start()
        wait_for(lambda seen=len(crowd.received): crowd.more(seen + 5))
    assert code == 0 and took < 10
    say(f"ended after {took:.1f} s with {code}; {look(site, crowd.received)}; answers {dict(crowd.answers)}")


def test_half_open_clients(site, say):
    """Two hundred clients that never finish their request do not keep the others out."""
    person = Person(site)
    half = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(200)]
    for number, connection in enumerate(half):
        connection.sendall(b"POST /complaints/new HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n" + (b"\r\n12" if number % 2 else b""))
    times = []
    for _ in range(30):
        began = time.monotonic()
        assert person.get("/home")[0] == 200
        times.append(time.monotonic() - began)
    for connection in half:
        connection.close()
    say(f"200 half-open, 30 of 30 pages answered, median {quantiles(times, n=20)[9] * 1000:.0f} ms, p95 {quantiles(times, n=20)[18] * 1000:.0f} ms")


def test_two_hundred_people(site, say):
    """Each is logged in and opens a page every ten seconds, beside 900 clients that never finish their request: nobody gets an error."""
    people = [Person(site, next(site.newcomers)) for _ in range(200)]
    half = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(900)]
    for connection in half:
        connection.sendall(b"POST /complaints/new HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n")
    seen = []

    def read(number):
        time.sleep(number / 20)  # a twentieth of a second after the one before
        for path in ("/home", "/complaints", "/complaints/new", "/promos", "/profile", "/home"):
            began = time.monotonic()
            seen.append((people[number].get(path)[0], time.monotonic() - began))
            time.sleep(max(0.0, began + 10 - time.monotonic()))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for connection in half:
        connection.close()
    assert len(seen) == 6 * len(people) and {code for code, _took in seen} == {200}, Counter(code for code, _took in seen)
    places = quantiles([took for _code, took in seen], n=100)
    say(f"{len(seen)} pages of 200 people beside 900 half-open, all 200; median {places[49] * 1000:.0f} ms, p95 {places[94] * 1000:.0f} ms, p99 {places[98] * 1000:.0f} ms")


def test_the_clock_jumps(site, say):
    """A day forward and back: no error, and the trail is in the order in which things happened."""
    from sqlalchemy import select

    from ecrm.extensions import db
    from ecrm.models import Step
    received = []
    for jump in ("+1d", "-1d", "+0d"):
        site.kill()
        site.start("faketime", "-m", "-f", jump)
        person = Person(site)
        for count in range(3):
            subject = f"{site.folder.name} clock {jump} {count}"
            code, page, _where = person.post("/complaints/new", person.form(subject))
            assert code == 302, page[:2000]
            received.append(subject)
        assert person.get("/home")[0] == person.get("/complaints")[0] == 200
    with site.app.app_context():
        subjects = [step.after.get("subject") for step in db.session.scalars(select(Step).filter_by(table="complaint", action="create").order_by(Step.id))]
        db.session.remove()
    assert [subject for subject in subjects if subject in received] == received
    site.kill()
    site.start()
    say(f"+1 day, −1 day, back; {look(site, received)}; no 500; the trail is in order")
