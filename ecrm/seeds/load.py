"""Loads the operator's CSV files, again and again: new rows are added, changed ones updated, bad files refused whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import Branch, Role, WorkingHours
from ecrm.models.account import RoleName
from ecrm.models.base import now
from ecrm.rules import holidays, opening
from ecrm.seeds import sheet
from ecrm.seeds.cells import BadCell
from ecrm.seeds.kinds import KINDS, Kind, Values

YEARS_BEHIND = 3  # of public holidays, for what is entered afterwards and for the demo
ROLES = {
    RoleName.CUSTOMER: "Pelanggan di portal",
    RoleName.SUPPORT: "Menerima dan membagi keluhan, mengelola pelanggan, paket, dan promo",
    RoleName.TECHNICIAN: "Menyelesaikan keluhan dan pemasangan di lapangan",
    RoleName.SALES: "Survei area dan pendaftaran pelanggan baru",
    RoleName.MANAGER: "Memantau semua daftar dan laporan",
    RoleName.ADMINISTRATOR: "Akun, cabang, kategori, dan riwayat",
}


@dataclass(frozen=True)
class Problem:
    """Why a file was refused: its name, the line and column (0 and "" for the whole file), and the reason."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        """Say it in one line."""
        where = [self.file, f"line {self.line}" if self.line else "", f"column {self.column}" if self.column else ""]
        return f"{', '.join(part for part in where if part)}: {self.reason}"


@dataclass
class Report:
    """What a load did: (new, changed) by file, and the problems of the files that were refused."""

    done: dict[str, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def load_seeds(session: Session, folder: Path) -> Report:
    """Load what KINDS names from `folder`; files may be absent, a bad one leaves its table alone; flushed, not committed.

    The public holidays of some years behind and ahead come along, and a new branch that no file gives hours the usual ones.
    """
    report = Report()
    make_roles(session)
    holidays.add_missing(session, range(now().year - YEARS_BEHIND, now().year + holidays.YEARS_AHEAD + 1))
    branches = set(session.scalars(select(Branch.id)))
    known = {kind(session).file for kind in KINDS}
    present = {path.name for path in folder.glob("*.csv")} if folder.is_dir() else set()
    names = ", ".join(sorted(known))
    for name in sorted(present - known):
        report.problems.append(Problem(name, 0, "", _("Unknown file; the names are %(names)s.", names=names)))
    if not present & known:
        report.problems.append(Problem(str(folder), 0, "", _("No such file in this folder: %(names)s.", names=names)))
    for make in KINDS:
        kind = make(session)
        if kind.file in present:
            _load_file(session, kind, folder / kind.file, report)
    without = select(Branch).where(Branch.id.not_in(branches), Branch.id.not_in(select(WorkingHours.branch_id)))
    for branch in session.scalars(without).all():
        opening.usual_hours(session, branch)
    session.flush()
    return report


def make_roles(session: Session) -> None:
    """Add the roles that are not there yet."""
    there = set(session.scalars(select(Role.name)))
    session.add_all(Role(name=role.value, description=text) for role, text in ROLES.items() if role.value not in there)
    session.flush()


def _load_file(session: Session, kind: Kind, path: Path, report: Report) -> None:
    problems: list[Problem] = []
    try:
        found = list(_read(kind, path, problems))
    except sheet.Unreadable as error:
        problems, found = [Problem(path.name, 0, "", error.reason)], []
    if problems:
        report.problems += problems
    else:
        report.done[kind.file] = _apply(session, kind, found)


def _read(kind: Kind, path: Path, problems: list[Problem]) -> Iterator[Values]:
    """Yield the values of each good row, and add what is wrong with the others to `problems`."""
    lines = sheet.rows(path)
    number, header = next(lines)
    header = [name.lower() for name in header]
    faults = list(_header_faults(kind, header))
    problems += [Problem(path.name, number, column, reason) for column, reason in faults]
    if faults:
        return
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in lines:
        texts = dict(zip(header, cells + [""] * (len(header) - len(cells))))
        values, faults = _values(kind, texts)
        if any(cells[len(header):]):
            faults.append(("", _("The row has more cells than the header.")))
        key = tuple(texts[name].casefold() for name in kind.key)
        if key in seen:
            name = kind.key[-1]
            faults.append((name, _("“%(text)s” stands in line %(line)s already.", text=texts[name], line=seen[key])))
        seen.setdefault(key, number)
        problems += [Problem(path.name, number, column, reason) for column, reason in faults]
        if not faults:
            yield values


def _header_faults(kind: Kind, header: list[str]) -> Iterator[tuple[str, str]]:
    names = [column.name for column in kind.columns]
    later = {column.name for column in kind.columns if column.later}
    for name in header:
        if name not in names:
            yield name, _("Unknown column; the columns are %(names)s.", names=", ".join(names))
    for name in names:
        if header.count(name) != 1 and (name in header or name not in later):
            yield name, _("This column is missing.") if name not in header else _("This column stands here twice.")


def _values(kind: Kind, texts: dict[str, str]) -> tuple[Values, list[tuple[str, str]]]:
    """Return the values of a row, and (column, reason) of what is wrong with it."""
    values: Values = {}
    faults: list[tuple[str, str]] = []
    for column in kind.columns:
        if column.name not in texts:
            continue  # the row keeps what it has, a new one takes the default
        text = texts[column.name]
        if not text and column.needed:
            faults.append((column.name, _("This field is required.")))
            continue
        try:
            values[column.name] = column.parse(text) if text else column.empty
        except BadCell as error:
            faults.append((column.name, str(error)))
    return values, faults or list(kind.check(values))


def _apply(session: Session, kind: Kind, found: list[Values]) -> tuple[int, int]:
    """Add and update rows; return how many are new and how many changed."""
    there = {_key(kind, vars_of(row, kind)): row for row in session.scalars(select(kind.model))}
    new = changed = 0
    for values in found:
        row = there.get(_key(kind, values))
        if row is None:
            session.add(kind.model(**values | {name: list(v) for name, v in values.items() if isinstance(v, (list, tuple))}))
            new += 1
        else:
            changed += _update(row, values)
    session.flush()
    return new, changed


def vars_of(row: Any, kind: Kind) -> Values:
    """Return the values of a row in the columns that tell rows apart."""
    return {name: getattr(row, name) for name in kind.key}


def _key(kind: Kind, values: Values) -> tuple[Any, ...]:
    return tuple(value.casefold() if isinstance(value := values[name], str) else value for name in kind.key)


def _update(row: Any, values: Values) -> bool:
    """Write the values that differ; return whether any did."""
    changed = False
    for name, value in values.items():
        old = getattr(row, name)
        if isinstance(value, (list, tuple)):
            if {item.id for item in old} != {item.id for item in value}:
                setattr(row, name, list(value))
                changed = True
        elif old != value:
            setattr(row, name, value)
            changed = True
    return changed
