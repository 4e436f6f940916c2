"""The demo's customers: made one after the other, kept as a few numbers each, and drawn when one complains."""

from array import array
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ecrm.models.account import Language, RoleName
from ecrm.models.customer import ContactChannel as W, CustomerStatus as C, SubscriptionStatus as S
from ecrm.rules.customer import CUSTOMER, SUBSCRIPTION
from ecrm.seeds.accounts import DEMO_LOGINS
from ecrm.seeds.demo import acts
from ecrm.seeds.demo.acts import Draft, Subject
from ecrm.seeds.demo.caller import Caller
from ecrm.seeds.demo.company import Company, Place
from ecrm.seeds.demo.corpus import shared
from ecrm.seeds.demo.names import identity_number, mailbox, phone
from ecrm.seeds.demo.staff import add_account

DEMO_LOGIN = next(email for role, email, _ in DEMO_LOGINS if role is RoleName.CUSTOMER)
EPOCH = 6 * 365  # days since the first customer
UNHAPPY, UNHAPPY_DAYS = 0.03, 80  # the share of complaints that those who leave within so many days add
HERO_DAYS = 1250  # days since the demo's customer login became a customer


class Crowd:
    """All customers, in the order of their first day."""

    COLUMNS = ("id", "account", "mail", "place", "area", "subscription", "plan", "since", "until")

    def __init__(self, company: Company) -> None:
        """Begin without customers."""
        self._company = company
        self._names: list[str] = []
        self._numbers = {name: array("l") for name in self.COLUMNS}
        self.hero = 0
        self._leavers: list[tuple[int, int]] | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._names)

    def keep(self, name: str, **numbers: int) -> None:
        """Remember a customer; 0 stands for none."""
        self._names.append(name)
        for column, values in self._numbers.items():
            values.append(numbers[column])

    def caller(self, index: int) -> Caller:
        """Return the customer at a place in the list."""
        n = {column: values[index] for column, values in self._numbers.items()}
        name = self._names[index]
        email = DEMO_LOGIN if index == self.hero else mailbox(name, n["id"]) if n["mail"] else None
        language = Language.ENGLISH if n["account"] and n["id"] % 17 == 0 else Language.INDONESIAN
        return Caller(n["id"], name, email, n["account"] or None, n["place"], n["area"], n["subscription"], n["plan"], language)

    def days(self, index: int) -> tuple[date, date | None]:
        """Return the first day of a customer, and the last where there was one."""
        since, until = self._numbers["since"][index], self._numbers["until"][index]
        return date.fromordinal(since), date.fromordinal(until) if until else None

    def connected(self, index: int, day: int) -> bool:
        """Return whether a customer had a connection on a day."""
        numbers = self._numbers
        return bool(numbers["subscription"][index]) and numbers["since"][index] < day and not 0 < numbers["until"][index] <= day

    def draw(self, at: datetime) -> Caller:
        """Return somebody who may complain at a moment; some complain more than others, the demo's login never by chance."""
        rng, day = self._company.rng, at.toordinal()
        if rng.random() < UNHAPPY and (index := self._leaving(day)) is not None:
            return self.caller(index)
        there = bisect_right(self._numbers["since"], day - 1)
        for _ in range(40):
            index = int(rng.random() * there)
            if rng.random() < 0.3:
                index -= index % 11
            if index != self.hero and self.connected(index, day):
                return self.caller(index)
        return self.caller(next(i for i in range(len(self)) if i != self.hero and self._numbers["subscription"][i]))


    def _leaving(self, day: int) -> int | None:
        """Return one of those who leave soon after a day: who leaves has mostly complained before."""
        if self._leavers is None:
            self._leavers = sorted((until, index) for index, until in enumerate(self._numbers["until"]) if until)
        first, end = (bisect_right(self._leavers, (day + ahead, 0)) for ahead in (1, UNHAPPY_DAYS))
        index = self._leavers[self._company.rng.randrange(first, end)][1] if first < end else None
        return index if index is not None and self.connected(index, day) else None


def make(company: Company, count: int, hashed: str, role_id: int, progress: Any) -> Crowd:
    """Make `count` customers with accounts, subscriptions and their trail; the hero is the demo's customer login."""
    crowd, today = Crowd(company), company.now.date()
    ages = sorted((1 + int(EPOCH * (1 - company.rng.random() ** 0.8)) for _ in range(count - 1)), reverse=True)
    crowd.hero = sum(age > HERO_DAYS for age in ages)
    ages.insert(crowd.hero, HERO_DAYS)
    for index, age in enumerate(ages):
        fate = _fate(company, index, age, count, crowd.hero)
        _Newcomer(company, crowd, index, today - timedelta(days=age), fate).settle(hashed, role_id)
        progress(1)
    company.bulk.flush()
    return crowd


def _fate(company: Company, index: int, age: int, count: int, hero: int) -> C:
    """Return how a customer stands today; among few there is one of each."""
    if index == hero:
        return C.ACTIVE
    if index == count - 1 or (age < 45 and company.rng.random() < 0.12):
        return C.PROSPECT
    chance = company.rng.random()
    if index == 1 or (age > 200 and chance < 0.07):
        return C.ENDED
    return C.SUSPENDED if index == 2 or (age > 200 and chance < 0.1) else C.ACTIVE


class _Newcomer:
    """One customer on the way into the tables."""

    def __init__(self, company: Company, crowd: Crowd, index: int, since: date, fate: C) -> None:
        rng = company.rng
        self.company, self.crowd, self.index, self.since, self.fate = company, crowd, index, since, fate
        self.hero = index == crowd.hero
        self.place_index = 0 if self.hero else rng.choices(range(len(company.places)), range(len(company.places) + 2, 2, -1))[0]
        self.place: Place = company.places[self.place_index]
        self.person = company.names.person(rng) if self.hero else company.names.customer(rng)
        self.area = rng.randrange(len(self.place.areas))
        self.begun = datetime.combine(since, time(3), tzinfo=UTC) + timedelta(minutes=rng.randint(0, 480))  # in opening hours
        self.clerk = acts.worker(rng.choice(company.staff[RoleName.SUPPORT]))
        self.left: datetime | None = None
        self.paused = company.now - timedelta(days=rng.uniform(2, 40))

    def settle(self, hashed: str, role_id: int) -> None:
        """Add the account, the customer and the subscription."""
        rng, number = self.company.rng, self.company.bulk.new_id("customer")
        mail = self.hero or rng.random() < 0.8
        account = self.company.bulk.new_id("user") if self.hero or (mail and rng.random() < 0.6) else 0
        email = DEMO_LOGIN if self.hero else mailbox(self.person.name, number) if mail else None
        if account and email:
            language = Language.ENGLISH if number % 17 == 0 and not self.hero else Language.INDONESIAN
            add_account(self.company, role_id, account, email, self.person.name, hashed if self.hero else None, language=language,
                        created_at=self.begun, confirmed_at=self.begun)
        row = self._customer(number, account, email)
        self.company.bulk.add("customer", vars(row))
        plan, subscription = 0, 0
        if self.fate is not C.PROSPECT:
            plan = self._plan()
            subscription = self._subscribe(row, plan)
        self.crowd.keep(self.person.name, id=number, account=account, mail=int(mail), place=self.place_index, area=self.area,
                        subscription=subscription, plan=plan, since=self.since.toordinal(),
                        until=self.left.toordinal() if self.left else 0)

    def _customer(self, number: int, account: int, email: str | None) -> Draft:
        rng, (area_id, area, postcode) = self.company.rng, self.place.areas[self.area]
        self.company.counters["PLG"] = self.company.counters.get("PLG", 0) + 1
        row = Draft(
            id=number, number=f"PLG-{self.company.counters['PLG']:06d}", name=self.person.name,
            identity_number=None if self.person.company else identity_number(rng, self.place.code, self.person.female),
            phone=phone(rng), email=email, preferred_channel=W.WHATSAPP if number % 9 == 4 and not self.hero else W.EMAIL, address=self.company.names.address(rng, area, self.place.city, postcode),
            branch_id=self.place.id, area_id=area_id, since=self.since, status=C.PROSPECT, user_id=account or None, version=1,
        )
        subject = self._subject("customer", row, CUSTOMER, f"{row.number} {row.name}")
        acts.create(subject, self.clerk, self.begun - timedelta(days=2))
        if self.fate is not C.PROSPECT:
            acts.move(self.company, subject, "activate", self.clerk, self.begun)
        self._leave(subject)
        return row

    def _leave(self, subject: Subject) -> None:
        """Suspend or end where that is the fate."""
        rng, days = self.company.rng, (self.company.now - self.begun).days
        if self.fate is C.SUSPENDED:
            acts.move(self.company, subject, "suspend", self.clerk, self.paused, rng.choice(shared.SUSPENDED))
        elif self.fate is C.ENDED:
            self.left = self.begun + timedelta(days=max(1, rng.uniform(0.3, 0.97) * days))
            acts.move(self.company, subject, "end", self.clerk, self.left, rng.choice(shared.ENDED))

    def _subscribe(self, customer: Draft, plan: int) -> int:
        rng, number = self.company.rng, self.company.bulk.new_id("subscription")
        row = Draft(id=number, customer_id=customer.id, plan_id=self.company.plans[plan].id, address=customer.address,
                    valid_from=self.since, valid_until=None, status=S.ACTIVE, version=1)
        subject = self._subject("subscription", row, SUBSCRIPTION, "")
        acts.create(subject, self.clerk, self.begun)
        if self.fate is C.SUSPENDED:
            acts.move(self.company, subject, "suspend", self.clerk, self.paused, rng.choice(shared.SUSPENDED))
        if self.left:
            acts.move(self.company, subject, "end", self.clerk, self.left, "Pelanggan berhenti")
        self.company.bulk.add("subscription", vars(row))
        return number

    def _plan(self) -> int:
        """Return the place of a plan in the price list: cheap ones are common, firms take the dear ones."""
        plans, rng = self.company.plans, self.company.rng
        if self.hero:
            return min(3, len(plans) - 1)
        if self.person.company:
            return len(plans) - 1 - int(rng.random() ** 2 * min(3, len(plans)))
        return int(rng.random() ** 1.6 * max(1, len(plans) - 2))

    def _subject(self, table: str, row: Draft, lifecycle: Any, title: str) -> Subject:
        return Subject(table, row, lifecycle, title, lambda _at, name, values: self.company.bulk.add(name, values))
