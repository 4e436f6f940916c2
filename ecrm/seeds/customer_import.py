"""Brings an existing customer list in: compares it with what is there, and writes what is new or changed."""

import csv
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.exports import harmless
from ecrm.i18n import gettext as _
from ecrm.models import Customer, Subscription
from ecrm.models.customer import CustomerStatus as C, SubscriptionStatus
from ecrm.rules import move
from ecrm.rules.customer import CUSTOMER, admit
from ecrm.seeds import sheet
from ecrm.seeds.customer_diff import CHUNK, Found, compare
from ecrm.seeds.customer_list import FIELDS, CustomerList, Line

PREVIEW = 10
REASON = "Impor daftar pelanggan"


@dataclass
class Report:
    """How many rows are new, changed, unchanged, wrong; the first rows that would do something; columns nobody knows."""

    counts: dict[str, int] = field(default_factory=lambda: {"new": 0, "changed": 0, "unchanged": 0, "error": 0})
    first: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def check(session: Session, path: Path, errors: Path) -> Report:
    """Compare a list with what is there, change nothing, and write the wrong rows with their reasons to `errors`.

    Raises sheet.Unreadable. `errors` is made only where there is something wrong.
    """
    report, customers = Report(), CustomerList(session, path)
    report.ignored = customers.ignored
    with ExitStack() as stack:
        writer: Any = None
        for found in compare(session, customers):
            report.counts[found.verdict] += 1
            if found.verdict != "unchanged" and len(report.first) < PREVIEW:
                report.first.append(str(found))
            if found.line.faults:
                writer = writer or _error_file(stack, path, errors, customers.header)
                writer.writerow(_error_row(customers.header, found.line))
    if not any(report.counts.values()):
        raise sheet.Unreadable(path, _("there is no row under the header."))
    return report


def load(session: Session, path: Path, at: datetime) -> None:
    """Write what is new or changed; wrong rows are passed over; flushed, not committed."""
    rows = compare(session, CustomerList(session, path))
    while chunk := list(islice(rows, CHUNK)):
        _write(session, [found for found in chunk if found.verdict in ("new", "changed")], at)
        session.flush()
        session.expunge_all()


def _error_file(stack: ExitStack, path: Path, errors: Path, header: list[str]) -> Any:
    file = stack.enter_context(open(errors, "w", encoding="utf-8-sig", newline=""))
    writer = csv.writer(file, delimiter=sheet.delimiter(path))
    writer.writerow([*(title for title in header if title.lower() != "error"), "error"])
    return writer


def _error_row(header: list[str], line: Line) -> list[str]:
    texts = line.cells + [""] * (len(header) - len(line.cells))
    return [*(harmless(text) for title, text in zip(header, texts) if title.lower() != "error"), " ".join(line.faults)]


def _write(session: Session, rows: list[Found], at: datetime) -> None:
    ids = [found.customer.id for found in rows if found.customer is not None]
    there = {row.id: row for row in session.scalars(select(Customer).where(Customer.id.in_(ids)))}
    for found in rows:
        if found.customer is None:
            _add(session, found.line.values, at.date())
            continue
        row = there[found.customer.id]
        for name, value in found.changes.items():
            setattr(row, name, value)
        if found.verb:
            facts = {"reason": REASON} if "reason" in CUSTOMER.by_name[found.verb].needs else {}
            move(row, found.verb, None, at, **facts)
        if found.plan:
            _subscribe(session, row, found.plan, at.date())


def _add(session: Session, values: dict[str, Any], today: date) -> None:
    columns = {name: values[column] for column, name in FIELDS.items() if column in values}
    row = admit(session, Customer(**{"since": today} | columns, status=values.get("status", C.ACTIVE)))
    if "plan" in values:
        _subscribe(session, row, values["plan"], row.since)


def _subscribe(session: Session, row: Customer, plan: int, since: date) -> None:
    status = SubscriptionStatus.SUSPENDED if row.status is C.SUSPENDED else SubscriptionStatus.ACTIVE
    session.add(Subscription(customer=row, plan_id=plan, address=row.address, valid_from=since, status=status))
