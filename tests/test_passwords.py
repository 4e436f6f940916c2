"""New passwords: long, unlike what others try first, and otherwise free."""

import hashlib

import pytest

from ecrm.rules.password import LONGEST, SHORTEST, breached, common, easy
from ecrm.seeds.accounts import DEMO_PASSWORD
from tests.test_accounts import form, login
from tests.world import PASSWORD, email

EASY = ("password1234", "Password123!", "P@ssw0rd1234", "qwertyuiop12", "123456789012", "abcdefghijkl", "aaaaaaaaaaaa", "abababababab",
        "sayangsayang", "Bismillah123", "rahasia12345", "iloveyou!!!!", "dragonmonkey", "000000000000", "superman2026", "passwordpassword")
GOOD = (DEMO_PASSWORD, PASSWORD, "soto-ayam-hangat", "nasi-uduk-pagi", "tujuh kucing di atap", "correct horse battery", "日本語のパスワードです長い",
        "ular naga panjangnya", "x7#kQ!m2Lp0z", "semua huruf kecil saja")


@pytest.mark.parametrize("password", EASY)
def test_easy_ones(password):
    """Common, common with digits around, repeated, in a row, spelt in figures, or two common ones together."""
    assert easy(password)


@pytest.mark.parametrize("password", GOOD)
def test_good_ones(password):
    """A few words are enough; no capital, figure or sign is asked for."""
    assert not easy(password)


@pytest.mark.parametrize("password", ["prestasi2026", "Piranti-12345", "rina.baru.99", "RinaBaru2026", "prestasipiranti", "rina12345678"])
def test_words_around_the_person(password):
    """The company's name and the person's own, with figures around them."""
    assert easy(password, ["PT Prestasi Piranti Informasi", "Rina Baru", "rina.baru"]) and not easy(password.replace("2026", " gunung salju"), ["Joko"])


def test_the_list_is_long_enough():
    """ASVS asks for three thousand."""
    assert len(common()) > 30_000


@pytest.mark.parametrize(("password", "taken"), [
    ("a" * 11, False), ("kucing-tujuh", True), ("  kucing tujuh di atap  ", True), ("kucing tujuh di atap " * 4, True),
    ("k" + "ucing tujuh di atap" * 7, False), ("password1234", False), ("RinaBaru2026", False), ("prestasi 2026", False),
])
def test_registering(app, browser, password, taken):
    """The error stands at the field, in the reader's words; what is taken is kept as it was typed."""
    person = browser()
    answer = person.send("/register", form(app, password=password, password_confirm=password))
    assert answer.status_code == (302 if taken else 200)
    assert taken or 'id="password-error"' in answer.text
    assert SHORTEST == 12 and LONGEST >= 64 and app.config["SECURITY_PASSWORD_LENGTH_MIN"] == SHORTEST


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("count", ("", ":17", ":4\r"))
def test_stolen_ones(tmp_path, place, count):
    """Wherever they stand in the file, with a number of times behind them or without; none of their neighbours is."""
    words = sorted((f"kata sandi nomor {number}" for number in range(6)), key=digest)
    hashes = tmp_path / "hashes.txt"
    hashes.write_bytes("".join(f"{digest(word)}{count}\n" for word in words[:place] + words[place + 1:]).encode())
    assert [breached(word, hashes) for word in words] == [word is not words[place] for word in words]


def digest(word):
    """What the published file has of a password."""
    return hashlib.sha1(word.encode()).hexdigest().upper()


def test_registering_with_a_stolen_one(app, browser, tmp_path, monkeypatch):
    """It is said beside the field; without the file, or while it is away, the password is taken."""
    word, hashes = "soto-ayam-hangat", tmp_path / "hashes.txt"
    hashes.write_text(f"{digest(word)}:3\n")
    monkeypatch.setitem(app.config["ECRM"], "BREACHED_PASSWORDS", str(hashes))
    answer = browser().send("/register", form(app, password=word, password_confirm=word))
    assert answer.status_code == 200 and 'id="password-error"' in answer.text
    hashes.unlink()
    assert browser().send("/register", form(app, password=word, password_confirm=word)).status_code == 302


def test_changing(browser):
    """The account's own name is no password, and one of ours is taken letter for letter."""
    person = browser("customer")
    for new, status in (("customer12345", 200), (" spasi di depan ", 302)):
        answer = person.send("/change", {"password": PASSWORD, "new_password": new, "new_password_confirm": new})
        assert answer.status_code == status
    assert login(browser(), email("customer"), "spasi di depan").status_code == 200
    assert login(browser(), email("customer"), " spasi di depan ").status_code == 302
