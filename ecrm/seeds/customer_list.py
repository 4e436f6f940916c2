"""The columns of an existing customer list: what they are called, and what a row means."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from ecrm.i18n import gettext as _
from ecrm.models import Branch, CoverageArea, Customer, Plan
from ecrm.models.customer import CustomerStatus
from ecrm.seeds import cells, sheet
from ecrm.seeds.cells import BadCell

NEEDED = ("name", "phone", "address", "branch")
NAMES = {  # what people write above a column; our own export's headings come on top
    "number": "number, nomor, no, nomor pelanggan, no pelanggan, id pelanggan, kode pelanggan, customer number, customer no",
    "name": "name, nama, nama pelanggan, nama lengkap, customer name, customer",
    "identity_number": "identity number, nik, no ktp, nomor ktp, ktp, nomor identitas, no identitas",
    "phone": "phone, telepon, telp, no telepon, nomor telepon, hp, no hp, nomor hp, ponsel, handphone, whatsapp, no wa, "
             "telephone, mobile",
    "email": "email, e mail, surel, alamat email",
    "address": "address, alamat, alamat lengkap, alamat pemasangan",
    "branch": "branch, cabang, kode cabang, branch code",
    "area": "area, area layanan, coverage area, wilayah",
    "since": "since, sejak, pelanggan sejak, customer since, tanggal daftar, tanggal pasang, mulai, berlangganan sejak",
    "plan": "plan, paket, layanan, kode paket, plan code",
    "status": "status",
}
FIELDS = {"number": "number", "name": "name", "identity_number": "identity_number", "phone": "phone", "email": "email",
          "address": "address", "branch": "branch_id", "area": "area_id", "since": "since"}
OURS = {"error", "galat", "id", "version", "versi", "account", "akun", "user"}  # columns of our own files that say nothing here
WORDS = {"calon": "prospect", "calon pelanggan": "prospect", "aktif": "active", "nonaktif": "suspended", "isolir": "suspended",
         "ditangguhkan": "suspended", "berhenti": "ended", "putus": "ended", "selesai": "ended"}


@dataclass
class Line:
    """A row of the list: where it stands, its texts as they are, and what they mean or why they mean nothing."""

    number: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class CustomerList:
    """Reads a customer list; raises sheet.Unreadable where the file is none or lacks a column."""

    def __init__(self, session: Session, path: Path) -> None:
        """Read the header and what the cells refer to."""
        self.path = path
        self._lines = sheet.rows(path)
        _number, self.header = next(self._lines)
        known = _headings()
        self._columns = [known.get(_bare(title)) for title in self.header]
        unknown = (title for title, column in zip(self.header, self._columns) if title and not column)
        self.ignored = [title for title in unknown if _bare(title) not in OURS]
        self._check_header()
        self._parsers = _parsers(session)
        self._areas = {(area.branch_id, area.name.lower()): area.id for area in session.scalars(select(CoverageArea))}

    def _check_header(self) -> None:
        missing = [name for name in NEEDED if name not in self._columns]
        if missing:
            raise sheet.Unreadable(self.path, _("these columns are missing: %(names)s.", names=", ".join(missing)))
        twice = sorted({name for name in self._columns if name and self._columns.count(name) > 1})
        if twice:
            raise sheet.Unreadable(self.path, _("these columns stand here twice: %(names)s.", names=", ".join(twice)))

    def __iter__(self) -> Iterator[Line]:
        """Yield the rows under the header, once."""
        for number, texts in self._lines:
            line = Line(number, texts)
            self._read(line)
            yield line

    def _read(self, line: Line) -> None:
        if any(line.cells[len(self.header):]):
            line.faults.append(_("The row has more cells than the header."))
        for column, text in zip(self._columns, line.cells):
            if column and text:
                try:
                    line.values[column] = self._parsers[column](text)
                except BadCell as error:
                    line.faults.append(f"{column}: {error}")
        self._find_area(line)

    def _find_area(self, line: Line) -> None:
        name, branch = line.values.pop("area", None), line.values.get("branch")
        if name is None or branch is None:
            return
        if (branch, name.lower()) in self._areas:
            line.values["area"] = self._areas[branch, name.lower()]
        else:
            line.faults.append("area: " + _("“%(name)s” is not an area of this branch.", name=name))


def _headings() -> dict[str, str]:
    """Return {bare heading: column}: the known ones, and the labels of the model in both languages."""
    known = {name: column for column, names in NAMES.items() for name in names.split(", ")}
    for language in ("id", "en"):
        with force_locale(language):
            for column, name in FIELDS.items():
                known.setdefault(_bare(str(Customer.__table__.c[name].info["label"])), column)
            known.setdefault(_bare(str(Customer.status.info["label"])), "status")
    return known


def _bare(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", title.lower()).strip()


def _parsers(session: Session) -> dict[str, cells.Parse]:
    def text(name: str) -> cells.Parse:
        return cells.text(Customer.__table__.c[name].type.length)

    branches = list(session.scalars(select(Branch).order_by(Branch.code)))
    plans = list(session.scalars(select(Plan).order_by(Plan.code)))
    number = text("number")
    return {
        "number": lambda cell: number(cell.upper()), "name": text("name"), "address": text("address"), "area": cells.text(),
        "identity_number": _identity_number, "phone": cells.phone, "email": _email, "since": _since, "status": _status(),
        "branch": _named({row.code: row.id for row in branches}, {row.name: row.id for row in branches}),
        "plan": _named({row.code: row.id for row in plans}, {row.name: row.id for row in plans}),
    }


def _named(codes: dict[str, Any], names: dict[str, Any]) -> cells.Parse:
    """Return the parser of a code, or of a name; the reason lists the codes."""
    by_code, by_name = cells.choice(codes), {name.lower(): value for name, value in names.items()}
    return lambda cell: by_name[cell.lower()] if cell.lower() in by_name else by_code(cell)


def _status() -> cells.Parse:
    values: dict[str, Any] = {}
    for language in ("id", "en"):
        with force_locale(language):
            values |= {str(status.label): status for status in CustomerStatus}
    values |= {word: CustomerStatus(value) for word, value in WORDS.items()}
    return _named({status.value: status for status in CustomerStatus}, values)


def _identity_number(cell: str) -> str:
    if re.search(r"\dE\+?\d", cell, re.IGNORECASE):
        raise BadCell(str(cells.SHORTENED))
    bare = re.sub(r"[\s.\-]", "", cell)
    if not re.fullmatch(r"[0-9]{16}", bare):
        raise BadCell(_("A NIK has sixteen digits."))
    return bare


def _email(cell: str) -> str:
    try:
        return validate_email(cell, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise BadCell(_("“%(cell)s” is not an e-mail address.", cell=cell)) from error


def _since(cell: str) -> date:
    found = cells.day(cell)
    if found > date.today():
        raise BadCell(_("This day is in the future."))
    return found
