"""Which passwords are too easy to guess: common ones, the company's and the person's own names, and nothing but a repetition."""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

SHORTEST, LONGEST = 12, 128  # characters
OURS = (  # common in Indonesia, and missing from lists that were made elsewhere
    "bismillah", "sayang", "rahasia", "katasandi", "indonesia", "cintaku", "sayangku", "alhamdulillah", "jakarta", "bandung", "internet",
    "pelanggan", "terserah", "pancasila", "merdeka", "garuda", "anjing", "kucing", "cinta", "selamanya", "assalamualaikum", "keluarga",
)
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")  # what people put before and after a word so that it counts as safe
LEET = str.maketrans("013457@$", "oieastas")
SHORTEST_NAME = 4  # characters; shorter ones stand in many words by chance


@lru_cache
def common() -> frozenset[str]:
    """Return the 30,000 most common passwords of zxcvbn's list, and ours."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # here, because few processes ever need it

    return frozenset(FREQUENCY_LISTS["passwords"]) | frozenset(OURS)


def easy(password: str, names: Iterable[str] = ()) -> bool:
    """Return whether a password is easy to guess; `names` are words that belong to the person or the company."""
    plain = password.casefold()
    for text in (plain, plain.translate(LEET)):
        core = AROUND.sub("", text)
        if {text, core} & common() or _repeats(text) or _repeats(core) or _joined(core):
            return True
        rest = core
        for name in sorted({word for name in names for word in re.findall(r"\w+", name.casefold())}, key=len, reverse=True):
            rest = rest.replace(name, "") if len(name) >= SHORTEST_NAME else rest
        if rest != core and len(re.sub(r"[\W\d_]", "", rest)) < SHORTEST_NAME:
            return True
    return len(set(plain)) < SHORTEST_NAME


def breached(password: str, hashes: Path) -> bool:
    """Return whether a password stands in a file of SHA-1 hashes in hexadecimal, a line each, sorted, as Have I Been Pwned publishes them.

    The file may have tens of gigabytes: some forty lines of it are read. Raises OSError where it cannot be read.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with open(hashes, "rb") as file:
        size = hashes.stat().st_size
        place = bisect_left(range(size), wanted, key=lambda place: _hash_from(file, place))
        return place < size and _hash_from(file, place) == wanted


def _hash_from(file: BinaryIO, place: int) -> bytes:
    """Return the first hash that begins at a place of a file or behind it; behind the last one comes what sorts after all of them."""
    file.seek(max(0, place - 1))
    if place:
        file.readline()
    return file.readline()[:40].upper() or b"~"


def _repeats(text: str) -> bool:
    """Return whether a text is one short piece again and again, or runs along the alphabet or the digits."""
    steps = {ord(after) - ord(before) for before, after in zip(text, text[1:])}
    return bool(re.fullmatch(r"(.{1,6}?)\1+.{0,2}", text)) or (len(text) > 3 and steps <= {1, -9} or steps == {-1})


def _joined(text: str) -> bool:
    """Return whether a text is two of the common passwords one after the other."""
    return any(text[:cut] in common() and text[cut:] in common() for cut in range(4, len(text) - 3))
