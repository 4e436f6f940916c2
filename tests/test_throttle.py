"""Tries are counted, per account and per address; who guesses at a password locks nobody out who has been here before."""

import threading
from contextlib import closing
from socket import socket

import pytest

from ecrm.config import BadSetting, read
from tests.portal import complaints, typed
from tests.test_accounts import code, form, login
from tests.test_config import GIVEN
from tests.test_two_factor import set_up
from tests.world import PASSWORD, email

WRONG = "salah-sekali-1"
CUSTOMER = email("customer")


def at(person, url, data, address):
    """POST from a network address."""
    return person.send(url, data, environ_overrides={"REMOTE_ADDR": address})


def guess(person, address, account=CUSTOMER, password=WRONG):
    return at(person, "/login", {"email": account, "password": password}, address)


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


def test_ten_wrong_passwords_from_an_address(browser):
    """For however many accounts, known or not; other addresses go on."""
    for number in range(10):
        assert guess(browser(), "198.51.100.7", f"tebak{number}@test.example").status_code == 200
    assert guess(browser(), "198.51.100.7", "tebak99@test.example").status_code == 429
    assert guess(browser(), "198.51.100.8", "tebak98@test.example").status_code == 200


def test_ipv6_counts_by_household(browser):
    """Who has 2⁶⁴ addresses has one counter."""
    for number in range(10):
        guess(browser(), f"2001:db8:1:2::{number:x}", f"tebak{number}@test.example")
    assert guess(browser(), "2001:db8:1:2:ffff::1", "tebak77@test.example").status_code == 429
    assert guess(browser(), "2001:db8:1:3::1", "tebak78@test.example").status_code == 200


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


def test_right_logins_are_not_counted(browser):
    """An office behind one address comes in, in the morning; and a success does not wash failures away."""
    for _person in range(12):
        assert guess(browser(), "203.0.113.20", password=PASSWORD).status_code == 302
    for number in range(9):
        guess(browser(), "203.0.113.20", f"tebak{number}@test.example")
    guess(browser(), "203.0.113.20", email("support"), PASSWORD)
    assert guess(browser(), "203.0.113.20", "tebak97@test.example").status_code == 200
    assert guess(browser(), "203.0.113.20", "tebak98@test.example").status_code == 429


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


def test_second_factor(app, browser):
    """Five codes in five minutes, recovery codes counted in the same way."""
    person = browser("support")
    key, path = set_up(person)
    person.send(path, {"code": code(key)})
    for url, data in (("/tf-validate", {"code": "000000"}), ("/mf-recovery", {"code": "x" * 10})):
        thief = browser()
        login(thief, email("support"))
        assert [thief.send(url, data).status_code for _try in range(6)] == [200] * 5 + [429]


def test_a_copied_session_cannot_guess_the_password(browser):
    """Neither where the password is asked again nor where it is changed."""
    person = browser("customer")
    assert [person.send("/verify", {"password": WRONG}).status_code for _try in range(11)] == [200] * 10 + [429]
    change = {"password": WRONG, "new_password": "soto-ayam-hangat", "new_password_confirm": "soto-ayam-hangat"}
    assert person.send("/change", change).status_code == 200


@pytest.mark.parametrize(("url", "most"), [("/reset", 5), ("/confirm", 3)])
def test_letters_that_anybody_can_ask_for(browser, url, most):
    """So many for an address, known or not, from wherever; and the page stays filled in."""
    for account in (CUSTOMER, "siapa@test.example"):
        tries = [at(browser(), url, {"email": account}, f"198.51.100.{number}") for number in range(most + 1)]
        assert [answer.status_code for answer in tries] == [200] * most + [429]
        assert f'value="{account}"' in tries[-1].text
    flood = [at(browser(), url, {"email": f"x{number}@test.example"}, "203.0.113.9").status_code for number in range(21)]
    assert flood == [200] * 20 + [429]


def test_registrations(app, browser):
    """Three for an e-mail; what was typed is still there."""
    tries = [at(browser(), "/register", form(app), f"198.51.100.{number}") for number in range(4)]
    assert [answer.status_code for answer in tries] == [302] * 3 + [429]
    assert 'value="Rina Baru"' in tries[-1].text and "nasi-uduk-pagi" not in tries[-1].text


def test_complaints(app, browser):
    """Twenty an hour; the words of the next one are kept."""
    person = browser("customer")
    statuses = [person.send("/complaints/new", typed(app, subject=f"Keluhan {number}")).status_code for number in range(20)]
    assert statuses == [302] * 20
    answer = person.send("/complaints/new", typed(app, subject="Keluhan terakhir"))
    assert answer.status_code == 429 and 'value="Keluhan terakhir"' in answer.text and complaints(app, subject="Keluhan terakhir") == 0
    assert person.get("/complaints/new").status_code == 200


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
