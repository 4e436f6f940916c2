"""Tables as CSV and XLSX, sent while their rows are read, in the reader's language, with formulas made harmless."""

import csv
import enum
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Response, stream_with_context
from flask_babel import get_timezone, gettext as _

from ecrm import xlsx

BOM = "\ufeff"  # Excel takes a CSV file for Latin-1 without it
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PIECE = 32 * 1024  # characters of a CSV file that are sent at a time
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Phone(str):
    """A telephone number in E.164, which a spreadsheet would take for a sum."""


def response(kind: str, name: str, header: list[str], rows: Iterable[list[Any]]) -> Response:
    """Return the download of a table as `kind` csv or xlsx under the file name `name`, sent while `rows` are read.

    The first piece is made at once: what fails before the first byte is an error page, not half a file.
    """
    make: Callable[..., Generator[Any]] = csv_pieces if kind == "csv" else xlsx_pieces
    pieces = make(header, rows)
    answer = Response(stream_with_context(_go_on(next(pieces), pieces)), content_type=TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def _go_on(first: Any, rest: Generator[Any]) -> Generator[Any]:
    with closing(rest):  # a reader who goes away ends the reading
        yield first
        yield from rest


def csv_pieces(header: list[str], rows: Iterable[list[Any]]) -> Generator[str]:
    """Yield a CSV file, UTF-8 with BOM, some kilobytes at a time."""
    cells, writer = Cells(), csv.writer(_Echo())
    piece = [BOM + writer.writerow([harmless(title) for title in header])]
    length = len(piece[0])
    for row in rows:
        line = writer.writerow([cells.text(value) for value in row])
        piece.append(line)
        length += len(line)
        if length >= PIECE:
            yield "".join(piece)
            piece, length = [], 0
    yield "".join(piece)


def xlsx_pieces(header: list[str], rows: Iterable[list[Any]]) -> Generator[bytes]:
    """Yield an XLSX file, some kilobytes at a time."""
    cells = Cells()
    titles = [harmless(title) for title in header]
    yield from xlsx.pieces(titles, ([cells.plain(value) for value in row] for row in rows), _("Data"))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe before =, +, -, @ and control characters."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


class Cells:
    """Values as a spreadsheet takes them, in the language and the time zone of the reader, both asked for once."""

    def __init__(self) -> None:
        """Keep the reader's zone, yes and no."""
        self.zone = ZoneInfo(str(get_timezone()))
        self.words: dict[Any, str] = {True: _("Yes"), False: _("No")}

    def plain(self, value: Any) -> Any:
        """Return a number, a local date or moment, harmless text, or None."""
        if value is None or value == "":
            return None
        if isinstance(value, (bool, enum.Enum)):
            return self._word(value)
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None, microsecond=0)
        if isinstance(value, (date, float, int)):
            return value
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, Phone):
            return telephone(value)
        if isinstance(value, list):
            return harmless(", ".join(str(item) for item in value)) or None
        if isinstance(value, dict):
            return harmless("; ".join(f"{key}: {item}" for key, item in value.items())) or None
        return harmless(str(value))

    def text(self, value: Any) -> str:
        """Return the same as text."""
        value = self.plain(value)
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M:%S")
        return "" if value is None else str(value)

    def _word(self, value: Any) -> str:
        key = value if isinstance(value, bool) else (type(value), value)
        if key not in self.words:
            self.words[key] = harmless(str(value))
        return self.words[key]


def telephone(number: str) -> str:
    """Return an E.164 number as people write it and no spreadsheet counts with it: 0812-… at home, (+65) … abroad."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return harmless(number)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    if parsed.country_code == 62:
        return national
    return f"(+{parsed.country_code}) {phonenumbers.national_significant_number(parsed)}"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text
