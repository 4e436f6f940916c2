"""Creates and moves rows as ecrm/rules does, in bulk: the same lifecycles, steps of the trail, and letters."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ecrm.models.letter import LetterState
from ecrm.models.step import Via
from ecrm.rules.errors import FactMissing, NotNow
from ecrm.rules.lifecycle import Lifecycle
from ecrm.seeds.demo.company import LETTERS, Company, Recipient, Worker
from ecrm.seeds.demo.draft import Draft


class NotYet(Exception):
    """What would happen next lies in the future: the row stays as it is now."""


class Actor(NamedTuple):
    """Who does it, and through which door."""

    id: int | None
    name: str | None
    email: str | None
    via: Via


SYSTEM = Actor(None, None, None, Via.CLI)


def worker(person: Worker) -> Actor:
    """Return a person of the staff as the doer."""
    return Actor(person.id, person.name, person.email, Via.ADMIN)


@dataclass
class Subject:
    """A row with what its moves need; `put` takes the steps and letters.

    `reader` names whom a letter goes to, `facts` gives what rules.facts says of the row in a letter.
    """

    table: str
    row: Draft
    lifecycle: Lifecycle
    title: str
    put: Callable[[datetime, str, dict[str, Any]], None]
    reader: Callable[[str], Recipient | None] = lambda audience: None
    facts: Callable[[], dict[str, Any]] = dict


def create(subject: Subject, by: Actor, at: datetime, leave_out: tuple[str, ...] = ()) -> None:
    """Write the step of a new row; `leave_out` names columns that the trail of the demo spares."""
    after = {key: plain(value) for key, value in vars(subject.row).items() if value is not None and key not in leave_out}
    for key in ("id", "version"):
        after.pop(key, None)
    _step(subject, by, at, "create", None, subject.row.status.value, None, {}, after)


def move(company: Company, subject: Subject, name: str, by: Actor, at: datetime, reason: str | None = None, **facts: Any) -> None:
    """Carry out a verb as rules.move() does; raises NotYet in the future, and what the rules refuse."""
    if at > company.now:
        raise NotYet
    row, verb = subject.row, subject.lifecycle.by_name[name]
    if row.status not in verb.sources:
        raise NotNow(verb, row.status)
    if "reason" in verb.needs and not reason:
        raise FactMissing("reason")
    if verb.guard:
        verb.guard(row, at)
    old = dict(vars(row))
    vars(row).update(facts)
    row.status = verb.target_of(row)
    if verb.effect:
        verb.effect(row, at)
    changed = [key for key, value in old.items() if value != getattr(row, key)]
    row.version += 1
    before = {key: plain(old[key]) for key in changed if old[key] is not None}
    after = {key: plain(value) for key in changed if (value := getattr(row, key)) is not None}
    _step(subject, by, at, name, old["status"].value, row.status.value, reason, before, after)
    for audience in verb.tells:
        tell(company, subject, name, audience, by, at, reason)


def _step(subject: Subject, by: Actor, at: datetime, action: str, source: str | None, target: str, reason: str | None,
          before: dict[str, Any], after: dict[str, Any]) -> None:
    subject.put(at, "step", {
        "at": at, "actor_id": by.id, "via": by.via, "table": subject.table, "row_id": subject.row.id, "action": action,
        "from_status": source, "to_status": target, "reason": reason, "before": before, "after": after,
    })


def tell(company: Company, subject: Subject, verb: str, audience: str, by: Actor, at: datetime, reason: str | None) -> None:
    """Write the letter of a move to a reader who has an address, if it is of the last weeks; it has been sent."""
    if at < company.now - LETTERS:
        return
    reader = subject.reader(audience)
    if reader is not None and reader.email != by.email:
        data = {
            "table": subject.table, "id": subject.row.id, "number": getattr(subject.row, "number", None), "title": subject.title,
            "status": subject.row.status.value, "reason": reason, "by": by.name, "at": at.isoformat(),
        } | subject.facts()
        post(company, subject, f"{subject.table}_{verb}_{audience}", reader, at, data)


def post(company: Company, subject: Subject, template: str, reader: Recipient, at: datetime, data: dict[str, Any]) -> None:
    """Write a letter that was sent within the minute, or in rare cases given up."""
    lost = company.rng.random() < 0.01
    sent_at = min(at + timedelta(seconds=company.rng.randint(2, 50)), company.now)
    subject.put(at, "letter", {
        "to_email": reader.email, "to_name": reader.name, "language": reader.language, "template": template, "data": data,
        "customer_id": reader.customer_id, "state": LetterState.FAILED if lost else LetterState.SENT, "queued_at": at,
        "sent_at": None if lost else sent_at, "tries": 9 if lost else 1, "next_try_at": None,
        "last_error": "550 5.1.1 Mailbox unavailable" if lost else None, "lease_owner": None, "lease_until": None,
    })


def plain(value: Any) -> Any:
    """Return a value as the trail keeps it."""
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
