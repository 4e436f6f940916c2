"""Tables that people keep in a spreadsheet, CSV or XLSX, read row by row as text."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ecrm.i18n import gettext as _

Row = tuple[int, list[str]]  # the number of the line where it begins, and its cells without blanks around them
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number and makes the others zero


class Unreadable(Exception):
    """A file is not a table that we can read; str() is one line for the person."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep the file and the reason."""
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        """Name the file and the reason."""
        return f"{self.path.name}: {self.reason}"


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, the header first, blank rows left out.

    Raises Unreadable at once or on the way: no such file, another type, not UTF-8, damaged, or empty.
    """
    kinds = {".csv": _csv, ".xlsx": _xlsx}
    if path.suffix.lower() not in kinds:
        raise Unreadable(path, _("only .csv and .xlsx files can be read."))
    found = False
    try:
        for number, cells in kinds[path.suffix.lower()](path):
            if any(cells):
                found = True
                yield number, cells
    except OSError as error:
        raise Unreadable(path, error.strerror or str(error)) from error
    if not found:
        raise Unreadable(path, _("the file is empty."))


def delimiter(path: Path) -> str:
    """Return what separates the cells of a CSV file: the one of ; , and tab that its first line has most of."""
    if path.suffix.lower() != ".csv":
        return ","
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        first = next((line for line in file if line.strip()), "")
    return max(",;\t", key=first.count)


def _csv(path: Path) -> Iterator[Row]:
    begin = 1
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter(path), strict=True)
            for cells in reader:
                yield begin, [_plain(cell) for cell in cells]
                begin = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise Unreadable(path, _("the text is not UTF-8; save it as “CSV UTF-8”.")) from error
    except csv.Error as error:
        raise Unreadable(path, _("line %(line)s is damaged (%(why)s).", line=begin, why=str(error))) from error


def _xlsx(path: Path) -> Iterator[Row]:
    from openpyxl import load_workbook  # a large library that a server of pages does not need
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise Unreadable(path, _("this is not an XLSX file, or it is damaged.")) from error
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_plain(_as_text(cell)) for cell in cells]
    finally:
        book.close()


def _plain(text: str) -> str:
    """Return a cell without blanks around it and without the apostrophe that our own export puts before a + or =."""
    text = text.replace("\xa0", " ").replace("\0", "").strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _as_text(cell: Any) -> str:
    """Return what a person sees in a cell; a long number in the short form, as its last digits are not to be trusted."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, float)) and abs(cell) >= EXACT:
        return f"{cell:.5E}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
