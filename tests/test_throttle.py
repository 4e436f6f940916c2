"""Tries are counted, per account and per address; who guesses at a password locks nobody out who has been here before."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.cookiejar import CookieJar
from socket import socket
from time import sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from limits.errors import StorageError
from limits.storage import MemoryStorage
from redis import StrictRedis

from ecrm.config import BadSetting, read
from tests.conftest import ONE_DATABASE
from tests.portal import complaints, typed
from tests.redis_store import Redis
from tests.test_accounts import code, form, login
from tests.test_config import GIVEN
from tests.test_database_away import failing
from tests.test_two_factor import set_up
from tests.world import PASSWORD, email

WRONG = "salah-sekali-1"
CUSTOMER = email("customer")


def at(person, url, data, address):
    """POST from a network address."""
    return person.send(url, data, environ_overrides={"REMOTE_ADDR": address})


def guess(person, address, account=CUSTOMER, password=WRONG):
    return at(person, "/login", {"email": account, "password": password}, address)


@ONE_DATABASE
def test_ten_wrong_passwords_for_an_account(browser):
    """From however many addresses; the page keeps the e-mail, says when to come back, in the reader's language."""
    for number in range(10):
        assert guess(browser(), f"198.51.100.{number}").status_code == 200
    answer = guess(browser(), "198.51.100.99")
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 300
    assert f'value="{CUSTOMER}"' in answer.text and "Terlalu banyak" in answer.text and WRONG not in answer.text
    assert guess(browser(), "198.51.100.99", password=PASSWORD).status_code == 429
    english = browser().send("/login", {"email": CUSTOMER, "password": WRONG}, headers={"Accept-Language": "en"})
    assert english.status_code == 429 and "Too many tries" in english.text and "send it again in " in english.text


@ONE_DATABASE
def test_ten_wrong_passwords_from_an_address(browser):
    """For however many accounts, known or not; other addresses go on."""
    for number in range(10):
        assert guess(browser(), "198.51.100.7", f"tebak{number}@test.example").status_code == 200
    assert guess(browser(), "198.51.100.7", "tebak99@test.example").status_code == 429
    assert guess(browser(), "198.51.100.8", "tebak98@test.example").status_code == 200


@ONE_DATABASE
def test_ipv6_counts_by_household(browser):
    """Who has 2⁶⁴ addresses has one counter."""
    for number in range(10):
        guess(browser(), f"2001:db8:1:2::{number:x}", f"tebak{number}@test.example")
    assert guess(browser(), "2001:db8:1:2:ffff::1", "tebak77@test.example").status_code == 429
    assert guess(browser(), "2001:db8:1:3::1", "tebak78@test.example").status_code == 200


@ONE_DATABASE
def test_an_address_that_is_none(browser):
    """A proxy that does not say who asks has one counter for all."""
    for number in range(10):
        assert guess(browser(), ("", "unix:", "siapa")[number % 3], f"tebak{number}@test.example").status_code == 200
    assert guess(browser(), "", "tebak77@test.example").status_code == 429
    assert guess(browser(), "198.51.100.8", "tebak78@test.example").status_code == 200


@ONE_DATABASE
def test_the_store_dies_while_a_try_is_given_back(browser, monkeypatch, caplog):
    """Who gave the right password is in; the try stays counted, and the log says why."""
    count = MemoryStorage.incr

    def dying(self, key, expiry, amount=1):
        if amount < 0:
            raise StorageError(ConnectionError("away"))
        return count(self, key, expiry, amount)

    monkeypatch.setattr(MemoryStorage, "incr", dying)
    assert [guess(browser(), f"198.51.100.{number}", password=PASSWORD).status_code for number in range(11)] == [302] * 10 + [429]
    assert "a try could not be given back: away" in caplog.text


@ONE_DATABASE
def test_a_known_browser_is_not_locked_out(browser):
    """Its person logs in while others guess, from the same address too; the guesser gains nothing by having an account."""
    mine = browser()
    assert guess(mine, "203.0.113.5", password=PASSWORD).status_code == 302
    mine.send("/logout")
    for _try in range(12):
        guess(browser(), "203.0.113.5")
    assert guess(browser(), "203.0.113.5", password=PASSWORD).status_code == 429
    assert guess(mine, "203.0.113.5", password=PASSWORD).status_code == 302
    mine.send("/logout")
    for number in range(11):  # a known browser has its own ten tries
        last = guess(mine, "203.0.113.6")
    assert last.status_code == 429 and number == 10
    assert guess(mine, "203.0.113.7", "customer2@test.example").status_code == 200


@ONE_DATABASE
def test_right_logins_are_not_counted(browser):
    """An office behind one address comes in, in the morning; and a success does not wash failures away."""
    for _person in range(12):
        assert guess(browser(), "203.0.113.20", password=PASSWORD).status_code == 302
    for number in range(9):
        guess(browser(), "203.0.113.20", f"tebak{number}@test.example")
    guess(browser(), "203.0.113.20", email("support"), PASSWORD)
    assert guess(browser(), "203.0.113.20", "tebak97@test.example").status_code == 200
    assert guess(browser(), "203.0.113.20", "tebak98@test.example").status_code == 429


@ONE_DATABASE
def test_guesses_at_the_same_moment(app, browser):
    """Of thirty at once ten are answered."""
    people = [browser() for _guess in range(30)]
    tokens = [person.token() for person in people]
    seen, together = [], threading.Barrier(6)

    def run(part):
        together.wait()
        for person, token in zip(people[part::6], tokens[part::6]):
            data = {"email": "siapa@test.example", "password": WRONG, "csrf_token": token}
            seen.append(person.post("/login", data=data, environ_overrides={"REMOTE_ADDR": f"198.51.100.{people.index(person)}"}).status_code)

    threads = [threading.Thread(target=run, args=(part,)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200] * 10 + [429] * 20


@ONE_DATABASE
def test_second_factor(app, browser):
    """Five codes in five minutes, recovery codes counted in the same way."""
    person = browser("support")
    key, path = set_up(person)
    person.send(path, {"code": code(key)})
    for url, data in (("/tf-validate", {"code": "000000"}), ("/mf-recovery", {"code": "x" * 10})):
        thief = browser()
        login(thief, email("support"))
        assert [thief.send(url, data).status_code for _try in range(6)] == [200] * 5 + [429]


@ONE_DATABASE
def test_a_copied_session_cannot_guess_the_password(browser):
    """Neither where the password is asked again nor where it is changed."""
    person = browser("customer")
    assert [person.send("/verify", {"password": WRONG}).status_code for _try in range(11)] == [200] * 10 + [429]
    change = {"password": WRONG, "new_password": "soto-ayam-hangat", "new_password_confirm": "soto-ayam-hangat"}
    assert person.send("/change", change).status_code == 200


@ONE_DATABASE
@pytest.mark.parametrize(("url", "most"), [("/reset", 5), ("/confirm", 3)])
def test_letters_that_anybody_can_ask_for(browser, url, most):
    """So many for an address, known or not, from wherever; and the page stays filled in."""
    for account in (CUSTOMER, "siapa@test.example"):
        tries = [at(browser(), url, {"email": account}, f"198.51.100.{number}") for number in range(most + 1)]
        assert [answer.status_code for answer in tries] == [200] * most + [429]
        assert f'value="{account}"' in tries[-1].text
    flood = [at(browser(), url, {"email": f"x{number}@test.example"}, "203.0.113.9").status_code for number in range(21)]
    assert flood == [200] * 20 + [429]


@ONE_DATABASE
def test_registrations(app, browser):
    """Three for an e-mail; what was typed is still there."""
    tries = [at(browser(), "/register", form(app), f"198.51.100.{number}") for number in range(4)]
    assert [answer.status_code for answer in tries] == [302] * 3 + [429]
    assert 'value="Rina Baru"' in tries[-1].text and "nasi-uduk-pagi" not in tries[-1].text


@ONE_DATABASE
def test_complaints(app, browser):
    """Twenty an hour; the words of the next one are kept."""
    person = browser("customer")
    statuses = [person.send("/complaints/new", typed(app, subject=f"Keluhan {number}")).status_code for number in range(20)]
    assert statuses == [302] * 20
    answer = person.send("/complaints/new", typed(app, subject="Keluhan terakhir"))
    assert answer.status_code == 429 and 'value="Keluhan terakhir"' in answer.text and complaints(app, subject="Keluhan terakhir") == 0
    assert person.get("/complaints/new").status_code == 200


@ONE_DATABASE
def test_what_we_could_not_answer_is_not_counted(app, browser, monkeypatch):
    """Who pressed on while the database was away is let in when it is back, and guesses before it are remembered."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    customer, office = browser("customer"), browser()
    assert [guess(browser(), "203.0.113.30").status_code for _try in range(8)] == [200] * 8
    with monkeypatch.context() as patch:
        failing(patch, 99, 2003, "away")
        assert {guess(office, "203.0.113.30", password=PASSWORD).status_code for _try in range(12)} == {503}
        assert {customer.send("/complaints/new", typed(app)).status_code for _try in range(22)} == {503}
    assert customer.send("/complaints/new", typed(app)).status_code == 302
    assert [guess(browser(), "203.0.113.30").status_code for _try in range(3)] == [200, 200, 429]


@pytest.fixture
def redis_server(tmp_path):
    """Redis on a port of its own, which can be killed and started again."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed; make test installs it, as root")
    server = Redis(tmp_path)
    yield server
    server.kill()


SERVER = """
import sys
from ecrm import create_app
from ecrm.cli.serving import listen, serve
import threading
app = create_app()
listening = listen("127.0.0.1", 0)
print(listening.getsockname()[1], flush=True)
serve(app, listening, app.config["ECRM"], threading.Event())
"""


@pytest.fixture
def two_servers(make_app, redis_server):
    """The addresses of two server processes on one database, whose tries are counted in Redis."""
    settings = make_app(RATE_STORAGE=f"redis://127.0.0.1:{redis_server.port}/0").config["ECRM"]
    environ = os.environ | {f"ECRM_{name}": str(value) for name, value in settings.items() if value is not None}
    servers = [subprocess.Popen([sys.executable, "-c", SERVER], env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _server in range(2)]
    yield [f"http://127.0.0.1:{server.stdout.readline().strip()}" for server in servers]
    for server in servers:
        server.kill()
        server.wait()
        server.stdout.close()


def guess_at(address, account="siapa@test.example"):
    """Guess a password through the login page of a server and return the status."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    with opener.open(f"{address}/login") as page:
        token = re.search('name="csrf_token"[^>]*value="([^"]*)"', page.read().decode())[1]
    try:
        with opener.open(f"{address}/login", urlencode({"email": account, "password": WRONG, "csrf_token": token}).encode()) as answer:
            return answer.status
    except HTTPError as refused:
        with refused:
            return refused.code


def wait_until_counted(redis_server, addresses):
    """Guess until each server counts in Redis again, and forget the guesses."""
    with StrictRedis(port=redis_server.port) as client:
        for address in addresses:
            client.flushall()
            for _try in range(200):
                guess_at(address)
                if client.dbsize():
                    break
                sleep(0.5)
            else:
                raise AssertionError("it was not found again")
        client.flushall()


def test_redis_counts_for_all_servers(two_servers, redis_server):
    """Guesses at both at once: ten are answered. Redis dies: nobody is kept out, each counts for itself. It comes back: they count together."""
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(guess_at, two_servers * 6)) == [200] * 10 + [429] * 2
        redis_server.process.send_signal(signal.SIGSTOP)
        guessed = [guess_at(two_servers[0])]
        redis_server.kill()
        assert guessed + [guess_at(two_servers[0]) for _try in range(10)] == [200] * 10 + [429]
        assert [guess_at(two_servers[1]) for _try in range(11)] == [200] * 10 + [429]
        redis_server.start()
        wait_until_counted(redis_server, two_servers)
        assert sorted(pool.map(guess_at, two_servers * 6)) == [200] * 10 + [429] * 2


def test_without_its_store_tries_are_counted_here(make_app):
    """Redis away: nobody is kept out, and guesses are still counted."""
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        nobody = free.getsockname()[1]
        app = make_app(RATE_STORAGE=f"redis://127.0.0.1:{nobody}")
        person = app.test_client()
        assert [guess(person, "203.0.113.9").status_code for _try in range(11)] == [200] * 10 + [429]


@pytest.mark.parametrize("value", ["redis", "redis://", "http://x", "memcached://x"])
def test_a_store_that_is_none(tmp_path, value):
    """Refused by name."""
    with pytest.raises(BadSetting, match="ECRM_RATE_STORAGE"):
        read(tmp_path, GIVEN | {"ECRM_RATE_STORAGE": value})
