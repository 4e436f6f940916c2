"""Compares the rows of a customer list with what is there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import Customer, Subscription
from ecrm.models.customer import CustomerStatus as C, SubscriptionStatus
from ecrm.rules.customer import CUSTOMER
from ecrm.seeds.customer_list import FIELDS, NEEDED, CustomerList, Line

CHUNK = 500  # rows that are compared, and written, together


@dataclass
class Found:
    """What a row would do: `changes` maps columns of the customer to values; `verb` moves it; `plan` begins a subscription."""

    line: Line
    customer: Any = None
    changes: dict[str, Any] = field(default_factory=dict)
    verb: str | None = None
    plan: int | None = None

    @property
    def verdict(self) -> str:
        """Return new, changed, unchanged or error."""
        if self.line.faults:
            return "error"
        if self.customer is None:
            return "new"
        return "changed" if self.changes or self.verb or self.plan else "unchanged"

    def __str__(self) -> str:
        """Say it in one line."""
        what = self.line.values.get("number") or self.line.values.get("name", "")
        more = [*self.changes, *([self.verb] if self.verb else []), *(["plan"] if self.plan else [])]
        why = " ".join(self.line.faults) or ", ".join(more)
        return f"line {self.line.number}: {self.verdict} {what}" + (f" ({why})" if why else "")


def compare(session: Session, customers: CustomerList) -> Iterator[Found]:
    """Yield what each row would do."""
    numbers: dict[str, int] = {}
    people: dict[tuple[str, str], int] = {}
    lines = iter(customers)
    while chunk := list(islice(lines, CHUNK)):
        known = _Known(session, chunk)
        for line in chunk:
            found = Found(line, known.by_number.get(line.values.get("number", "")))
            _check_double(line, numbers, people)
            if found.customer is None:
                _check_new(line, known)
            else:
                _differ(found, known)
            yield found


class _Known:
    """What is there of the customers of some rows, as plain rows."""

    def __init__(self, session: Session, lines: list[Line]) -> None:
        numbers = {line.values["number"] for line in lines if "number" in line.values}
        phones = {line.values["phone"] for line in lines if "phone" in line.values and "number" not in line.values}
        table = Customer.__table__
        self.by_number = {row.number.upper(): row for row in session.execute(select(table).where(table.c.number.in_(numbers)))}
        same = session.execute(select(table.c.number, table.c.phone, table.c.name).where(table.c.phone.in_(phones)))
        self.by_person = {(row.phone, row.name.casefold()): row.number for row in same}
        ids = [row.id for row in self.by_number.values()]
        running = select(Subscription.customer_id, Subscription.plan_id).where(
            Subscription.customer_id.in_(ids), Subscription.status != SubscriptionStatus.ENDED)
        self.plans: dict[int, list[int]] = {}
        for customer_id, plan_id in session.execute(running):
            self.plans.setdefault(customer_id, []).append(plan_id)


def _person(line: Line) -> tuple[str, str]:
    return line.values.get("phone", ""), line.values.get("name", "").casefold()


def _check_double(line: Line, numbers: dict[str, int], people: dict[tuple[str, str], int]) -> None:
    """Refuse the second row of the same customer."""
    number = line.values.get("number")
    seen, key = (numbers, number) if number else (people, _person(line))
    if key in seen and (number or all(key)):
        line.faults.append(_("Line %(line)s is the same customer.", line=seen[key]))
    seen.setdefault(key, line.number)


def _check_new(line: Line, known: _Known) -> None:
    for name in NEEDED:
        if name not in line.values and not any(fault.startswith(f"{name}: ") for fault in line.faults):
            line.faults.append(f"{name}: {_('This field is required.')}")
    if "number" not in line.values and _person(line) in known.by_person:
        number = known.by_person[_person(line)]
        text = _("Customer %(number)s has this name and phone; write that number in the row to update it.", number=number)
        line.faults.append(text)
    if "plan" in line.values and line.values.get("status", C.ACTIVE) not in (C.ACTIVE, C.SUSPENDED):
        line.faults.append("plan: " + _("Only active and suspended customers have a plan."))


def _differ(found: Found, known: _Known) -> None:
    """Find what a row changes; an empty cell leaves what is there."""
    row, values = found.customer, found.line.values
    for column, name in FIELDS.items():
        if column in values and column != "number" and values[column] != getattr(row, name):
            found.changes[name] = values[column]
    if "branch_id" in found.changes and "area" not in values and row.area_id is not None:
        found.changes["area_id"] = None  # an area of another branch
    status = values.get("status", row.status)
    if status is not row.status:
        verbs = [verb.name for verb in CUSTOMER.verbs if row.status in verb.sources and verb.target is status]
        if verbs:
            found.verb = verbs[0]
        else:
            found.line.faults.append("status: " + _("“%(old)s” cannot become “%(new)s”.", old=row.status.label, new=status.label))
    _compare_plan(found, known, status)


def _compare_plan(found: Found, known: _Known, status: C) -> None:
    plan, plans = found.line.values.get("plan"), known.plans.get(found.customer.id, [])
    if plan is None or plan in plans:
        return
    if plans:
        found.line.faults.append("plan: " + _("The customer has another plan; change the subscription in the application."))
    elif status not in (C.ACTIVE, C.SUSPENDED):
        found.line.faults.append("plan: " + _("Only active and suspended customers have a plan."))
    else:
        found.plan = plan
