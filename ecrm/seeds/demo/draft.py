"""Rows of the demo in the making, and what the rules ask of them beside their columns."""

from collections import Counter, deque
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from ecrm.rules.calendar import AROUND_THE_CLOCK, Calendar
from ecrm.rules.complaint import REPEAT_DAYS

WIB = ZoneInfo("Asia/Jakarta")
Key = tuple[int, int]


class Draft(SimpleNamespace):
    """The columns of a row in the making; of the relations that a rule asks for there is only the branch's clock.

    What is set on the class is no column: a complaint's `calendar` is that of a class made for its branch.
    """

    subscription = None
    calendar = AROUND_THE_CLOCK
    customer = SimpleNamespace(branch=SimpleNamespace(local=lambda at: at.astimezone(WIB)))


def of_branch(calendar: Calendar) -> type[Draft]:
    """Return the class of the rows that count in a branch's working time."""
    return type("Draft", (Draft,), {"calendar": calendar})


class Recent:
    """How many complaints a customer has entered about the same in the REPEAT_DAYS before; older ones are forgotten."""

    def __init__(self) -> None:
        """Begin with none."""
        self._days: deque[tuple[datetime, Key]] = deque()
        self._counts: Counter[Key] = Counter()

    def count(self, key: Key, at: datetime) -> int:
        """Return how many there are at a moment; moments are asked for in their order."""
        while self._days and self._days[0][0] < at - timedelta(days=REPEAT_DAYS):
            _at, old = self._days.popleft()
            self._counts[old] -= 1
            if not self._counts[old]:
                del self._counts[old]
        return self._counts[key]

    def add(self, key: Key, at: datetime) -> None:
        """Count one more, opened at a moment."""
        self._days.append((at, key))
        self._counts[key] += 1
