"""Names, addresses, telephone and identity numbers of people who do not exist."""

import re
from datetime import date
from random import Random
from typing import NamedTuple

PREFIXES = ("811", "812", "813", "821", "822", "852", "853",
            "815", "856", "857", "858", "817", "819", "859", "877", "878", "895", "896", "897")
REGIONS = {"JKT": ("317201", "317203", "317305"), "BDG": ("327301", "327312", "327324"), "BTM": ("217102", "217108", "217110"),
           "MDN": ("127103", "127111", "127121")}  # province, town and district as identity cards have them
SHOPS = ("Toko {}", "Warung {}", "Apotek {}", "Klinik {}", "Bengkel {}", "Kafe {}",
         "Laundry {}", "Koperasi {}", "Kos {}", "Bimbel {}")
MAIL = "mail.example"  # a domain that nobody can own: no letter of the demo reaches a stranger


class Person(NamedTuple):
    """A name and how it shows in an identity number."""

    name: str
    female: bool
    company: bool


class Names:
    """Names of Faker's Indonesian lists, and combinations of them."""

    def __init__(self, seed: int) -> None:
        """Draw the lists from which names are combined."""
        from faker import Faker  # takes a while to load, and the demo alone needs it

        fake = Faker("id_ID")
        fake.seed_instance(seed)
        self._men = [fake.first_name_male() for _ in range(600)]
        self._women = [fake.first_name_female() for _ in range(600)]
        self._families = [fake.last_name() for _ in range(600)]
        self._streets = [fake.street_name().replace("Jalan ", "Jl. ").replace("Gang ", "Gg. ") for _ in range(800)]
        self._firms = [fake.company() for _ in range(300)]

    def person(self, rng: Random) -> Person:
        """Return a private person."""
        female = rng.random() < 0.45
        first = rng.choice(self._women if female else self._men)
        return Person(f"{first} {rng.choice(self._families)}", female, False)

    def customer(self, rng: Random) -> Person:
        """Return a private person, or now and then a shop or a firm."""
        chance = rng.random()
        if chance > 0.1:
            return self.person(rng)
        if chance > 0.03:
            return Person(rng.choice(SHOPS).format(rng.choice(self._families)), False, True)
        return Person(rng.choice(self._firms), False, True)

    def address(self, rng: Random, area: str, city: str, postcode: str) -> str:
        """Return street, number, neighbourhood, area, town and postcode."""
        street, number = rng.choice(self._streets), 1 + int(rng.random() ** 2 * 180)
        block = f"RT {rng.randint(1, 15):03d}/RW {rng.randint(1, 12):03d}"
        return f"{street} No. {number}, {block}, {area}, {city} {postcode}".strip()


def phone(rng: Random) -> str:
    """Return a mobile number in E.164; the block after the prefix is one that operators do not give out."""
    return f"+62{rng.choice(PREFIXES)}00{rng.randrange(10**6):06d}"


def identity_number(rng: Random, branch: str, female: bool) -> str:
    """Return a NIK: region, day of birth (women's plus 40), month, year, serial number."""
    born = date.fromordinal(rng.randint(date(1958, 1, 1).toordinal(), date(2004, 12, 31).toordinal()))
    region = rng.choice(REGIONS.get(branch, REGIONS["JKT"]))
    return f"{region}{born.day + 40 * female:02d}{born:%m%y}{rng.randint(1, 9999):04d}"


def mailbox(name: str, number: int) -> str:
    """Return an e-mail address made of a name, one for each `number`."""
    return f"{slug(name)}{number}@{MAIL}"


def slug(name: str) -> str:
    """Return a name as an address has it."""
    return re.sub(r"[^a-z]+", ".", name.lower()).strip(".")[:40]
