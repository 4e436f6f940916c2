"""Tables as CSV and XLSX, written row by row, with formulas made harmless."""

import csv
import enum
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from flask_babel import get_timezone, gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

BOM = "\ufeff"  # Excel takes a CSV file for Latin-1 without it
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
PIECE = 64 * 1024  # bytes of a finished XLSX file that are sent at a time
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def response(kind: str, name: str, header: list[str], rows: Iterable[list[Any]]) -> Response:
    """Return the download of a table as `kind` csv or xlsx under the file name `name`, sent while `rows` are read."""
    body = csv_pieces(header, rows) if kind == "csv" else xlsx_pieces(header, rows)
    answer = Response(body, content_type=TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def csv_pieces(header: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, UTF-8 with BOM."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow([harmless(title) for title in header])
    for row in rows:
        yield writer.writerow([_as_text(value) for value in row])


def xlsx_pieces(header: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """Yield the bytes of an XLSX file; the sheet grows in a temporary file, not in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, title) for title in header])
    for row in rows:
        sheet.append([_cell(sheet, _plain(value)) for value in row])
    handle, path = tempfile.mkstemp(suffix=".xlsx")
    try:
        os.close(handle)
        book.save(path)
        with open(path, "rb") as file:
            yield from iter(lambda: file.read(PIECE), b"")
    finally:
        os.remove(path)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe before =, +, -, @ and control characters."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _plain(value: Any) -> Any:
    """Return what a spreadsheet can hold: numbers, local dates and moments, and harmless text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(str(get_timezone()))).replace(tzinfo=None, microsecond=0)
    if isinstance(value, (date, float)) or (isinstance(value, int) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, list):
        return harmless(", ".join(str(item) for item in value))
    return harmless(str(value))


def _as_text(value: Any) -> str:
    value = _plain(value)
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else str(value)


def _cell(sheet: Any, value: Any) -> Any:
    """Return a cell; text is text, even where it looks like something else, without characters that XML forbids."""
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        if isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm:ss"
        return cell
    clean = "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")[:32767]
    cell = WriteOnlyCell(sheet, clean)
    cell.data_type = "s"
    return cell


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text
