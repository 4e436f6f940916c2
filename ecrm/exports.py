"""Tables as CSV and XLSX, sent while their rows are read, in the reader's language, with formulas made harmless."""

import enum
import re
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

import phonenumbers
from flask import Response, stream_with_context

from ecrm import formats, xlsx
from ecrm.i18n import gettext as _

BOM = "\ufeff"  # Excel takes a CSV file for Latin-1 without it
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SPECIAL = re.compile('[",\r\n]')  # in CSV
PIECE = 32 * 1024  # characters of a CSV file that are sent at a time
HOME_DIGITS = 9  # of +62812345…, by which the telephone network groups the rest
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Phone(str):
    """A telephone number in E.164, which a spreadsheet would take for a sum."""


def response(kind: str, name: str, header: list[str], rows: Iterable[list[Any]], made: bool = False) -> Response:
    """Return the download of a table as `kind` csv or xlsx under the file name `name`, sent while `rows` are read.

    Rows that are `made` hold what Cells.writer() makes, other rows the values of columns.

    The first piece is made at once: what fails before the first byte is an error page, not half a file.
    """
    make: Callable[..., Generator[Any]] = csv_pieces if kind == "csv" else xlsx_pieces
    pieces = make(header, rows, made)
    answer = Response(stream_with_context(_go_on(next(pieces), pieces)), content_type=TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return answer


def _go_on(first: Any, rest: Generator[Any]) -> Generator[Any]:
    with closing(rest):  # a reader who goes away ends the reading
        yield first
        yield from rest


def csv_pieces(header: list[str], rows: Iterable[list[Any]], made: bool = False) -> Generator[str]:
    """Yield a CSV file, UTF-8 with BOM, some kilobytes at a time."""
    cells = Cells()
    piece = [BOM + _line([harmless(title) for title in header])]
    length = len(piece[0])
    for row in rows:
        line = _line(row if made else [cells.text(value) for value in row])
        piece.append(line)
        length += len(line)
        if length >= PIECE:
            yield "".join(piece)
            piece, length = [], 0
    yield "".join(piece)


def _line(texts: Iterable[str]) -> str:
    """Return a line of a CSV file (RFC 4180), all texts in quotes where one needs them: the standard library looks at each character, six times as long.

    No text holds NUL, which harmless() takes away.
    """
    line = "\0".join(texts)
    if line and not SPECIAL.search(line):
        return f"{line}\r\n".replace("\0", ",")
    inside = line.replace('"', '""').replace("\0", '","')
    return f'"{inside}"\r\n'


def xlsx_pieces(header: list[str], rows: Iterable[list[Any]], made: bool = False) -> Generator[bytes]:
    """Yield an XLSX file, some kilobytes at a time."""
    cells = Cells()
    titles = [harmless(title) for title in header]
    yield from xlsx.pieces(titles, rows if made else ([cells.plain(value) for value in row] for row in rows), _("Data"))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe before =, +, -, @ and control characters."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(DANGEROUS) else text


class Cells:
    """Values as a spreadsheet takes them, in the language and the time zone of the reader, both asked for once."""

    def __init__(self) -> None:
        """Keep the reader's zone, yes and no."""
        self.zone = formats.zone()
        self.words: dict[Any, str] = {True: _("Yes"), False: _("No")}
        self.hours: dict[str, str] = {}

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

    def writer(self, kind: str, members: Iterable[Any], plain: bool) -> Callable[[str], Any]:
        """Return what makes the value of a cell of the text that the database has: for a workbook if `plain`, else as text."""
        if kind in ("word", "flag"):
            words = {str(member.value): harmless(str(member)) for member in members} or {"1": self.words[True], "0": self.words[False]}
            return lambda text: words.get(text, "")
        if not plain:
            return {"moment": self._local, "phone": telephone, "hour": _hour, "text": harmless}.get(kind, str)
        makers = {"moment": self._moment, "number": _number, "day": date.fromisoformat, "phone": telephone, "hour": _hour, "text": harmless}
        return lambda text: makers[kind](text) if text else None

    def _local(self, text: str) -> str:
        """Return a moment of the database on the reader's clock, to the second; what an hour becomes is remembered."""
        hour = text[:13]
        if hour not in self.hours:
            begin = self._slow(f"{hour}:00:00") if hour else datetime.min
            # A zone that is apart by a part of an hour is counted anew each time.
            self.hours[hour] = "" if not hour or begin.minute else f"{begin:%Y-%m-%d %H}"
        begins = self.hours[hour]
        return begins + text[13:19] if begins or not text else str(self._slow(text[:19]))

    def _slow(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)

    def _moment(self, text: str) -> datetime:
        return datetime.fromisoformat(self._local(text))

    def _word(self, value: Any) -> str:
        key = value if isinstance(value, bool) else (type(value), value)
        if key not in self.words:
            self.words[key] = harmless(str(value))
        return self.words[key]


def telephone(number: str) -> str:
    """Return an E.164 number as people write it and no spreadsheet counts with it: 0812-… at home, (+65) … abroad."""
    shape = _shape(number[:HOME_DIGITS], len(number)) if number.startswith("+62") and len(number) > HOME_DIGITS and number[3:].isdigit() else None
    if shape:
        return "".join(f"{before}{number[start:end]}" for before, start, end in shape)
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return harmless(number)
    if parsed.country_code == 62:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return f"(+{parsed.country_code}) {phonenumbers.national_significant_number(parsed)}"


@lru_cache(4096)
def _shape(begins: str, length: int) -> list[tuple[str, int, int]] | None:
    """Return (what stands before, from, to) of the groups of all home numbers that begin so; None where there is no such rule.

    How digits are grouped follows from the first ones and their number; to ask for each of a million numbers takes minutes.
    """
    national = f"{begins[3:]}{'0' * (length - len(begins))}"
    written = phonenumbers.format_number(phonenumbers.parse(f"+62{national}"), phonenumbers.PhoneNumberFormat.NATIONAL)
    if re.sub(r"\D", "", written) not in (national, f"0{national}"):
        return None
    place, shape = 3 - (len(re.sub(r"\D", "", written)) - len(national)), []
    for between, digits in re.findall(r"(\D*)(\d+)", written):
        start, place = place, place + len(digits)
        shape.append((f"{between}0" if start < 3 else between, max(start, 3), place))
    return shape


def _hour(text: str) -> str:
    return text[:5]


def _number(text: str) -> int | float:
    return float(text) if "." in text or "e" in text else int(text)
