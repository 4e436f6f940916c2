"""Lifecycles as tables of verbs, and move(), the only writer of a status."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import flag_modified

from ecrm.models import User
from ecrm.rules import told
from ecrm.rules.errors import FactMissing, NotNow, Over, Refused


@dataclass(frozen=True)
class Verb:
    """One row of a lifecycle: from which states, to which state, who is told, which facts it needs.

    `target` is a status, or a function of the row where the way back depends on it. `needs` and `takes` name
    columns or relations of the row, or "reason", which goes to the trail. `guard(row, at)` may raise Refused;
    `effect(row, at)` writes the other columns of the projection; `signs` names the relation to who did it.
    """

    name: str
    label: Any
    sources: frozenset[Any]
    target: Any
    tells: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    guard: Callable[[Any, datetime], None] | None = None
    effect: Callable[[Any, datetime], None] | None = None
    signs: str | None = None

    def target_of(self, row: Any) -> Any:
        """Return the status that this verb leads to from `row`."""
        return self.target(row) if callable(self.target) else self.target


@dataclass(frozen=True)
class Moved:
    """What a move did; the trail writes it down."""

    verb: str
    source: Any
    target: Any
    by: User | None
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Lifecycle:
    """The verbs of one table, in the order of the buttons; rows in a `fixed` status are not edited any more."""

    verbs: tuple[Verb, ...]
    fixed: frozenset[Any] = frozenset()
    by_name: dict[str, Verb] = field(init=False)

    def __post_init__(self) -> None:
        """Index the verbs by name."""
        object.__setattr__(self, "by_name", {verb.name: verb for verb in self.verbs})

    def possible(self, row: Any, at: datetime) -> tuple[Verb, ...]:
        """Return the verbs that start from the row's status and whose moment is not over at `at`."""
        return tuple(verb for verb in self.verbs if row.status in verb.sources and not _over(verb, row, at))


def _over(verb: Verb, row: Any, at: datetime) -> bool:
    """Return whether it is too late for a verb; what else a guard refuses is said when somebody tries."""
    try:
        if verb.guard:
            verb.guard(row, at)
    except Over:
        return True
    except Refused:
        return False
    return False


def move(row: Any, name: str, by: User | None, at: datetime, **facts: Any) -> None:
    """Carry out the verb `name` on `row`: status, projected columns, the trail's step and the letters, unflushed.

    `by` is the person, None for the system; `at` is aware. Raises KeyError for an unknown verb, NotNow where the
    status does not allow it, FactMissing where a needed fact is absent or blank, other Refused from the guard.
    """
    verb: Verb = row.__lifecycle__.by_name[name]
    if row.status not in verb.sources:
        raise NotNow(verb, row.status)
    if verb.guard:
        verb.guard(row, at)
    reason = _take(row, verb, facts)
    source, target = row.status, verb.target_of(row)
    row.status = target
    if source is target:
        flag_modified(row, "status")  # a move to the same status is a move too: its step must be written
    if verb.signs:
        setattr(row, verb.signs, by)
    session = object_session(row)
    if verb.effect:
        with session.no_autoflush:  # what an effect looks up must not send half a move to the database
            verb.effect(row, at)
    row.__dict__.setdefault("_moves", []).append(Moved(name, source, target, by, at, reason))
    for audience in verb.tells:
        session.add_all(told.letters(row, verb, audience, by, at, reason))


def _take(row: Any, verb: Verb, facts: dict[str, Any]) -> str | None:
    """Write the facts on the row, and return the reason."""
    unknown = set(facts) - set(verb.needs) - set(verb.takes)
    if unknown:
        raise TypeError(f"{verb.name} takes no {', '.join(sorted(unknown))}")
    facts = {name: value.strip() if type(value) is str else value for name, value in facts.items()}  # a member of an enum is text, too, and stays what it is
    for name in verb.needs:
        if facts.get(name) in (None, ""):
            raise FactMissing(name)
    for name, value in facts.items():
        if name != "reason" and value not in (None, ""):
            setattr(row, name, value)
    return facts.get("reason") or None
