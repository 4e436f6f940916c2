"""An XLSX workbook written as a stream: the first bytes leave before the last row is read, and nothing is kept."""

import re
import zipfile
from collections.abc import Generator, Iterable
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MOST_ROWS = 1_048_576  # of one sheet, says Excel; the rest goes on the next
MOST_TEXT = 32_767  # characters in a cell, says Excel
SHORT = 40  # characters of a text that may be worth remembering
PIECE = 16 * 1024  # bytes: the first rows of a list fill it before the ids of all the others are read
EPOCH = datetime(1899, 12, 30)  # day 0 of Excel's calendar, from March 1900 on
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TITLE, DAY, MOMENT = 1, 2, 3  # places in the styles below
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy-mm-dd hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>'
    '<xf xfId="0" numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # how Excel writes what XML forbids; as plain text it must be escaped itself
FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}
FORBIDDEN |= dict.fromkeys(range(0xD800, 0xE000))


def pieces(header: list[str], rows: Iterable[list[Any]], title: str) -> Generator[bytes]:
    """Yield the bytes of a workbook of `rows` under `header`: numbers, dates, naive datetimes, text and None."""
    pipe, rows, names = _Pipe(), iter(rows), []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:  # type: ignore[arg-type]
        while True:
            names.append(f"{title} {len(names) + 1}" if names else title)
            with book.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as sheet:
                written = 0
                for text in _sheet(header, islice(rows, MOST_ROWS - 1)):
                    written += 1
                    sheet.write(text.encode())
                    yield from pipe.full()
            following = next(rows, None) if written > MOST_ROWS else None
            if following is None:
                break
            rows = _before(following, rows)
        for name, text in _frame(names):
            book.writestr(name, text)
    yield pipe.take()


def _before(first: Any, rest: Iterable[Any]) -> Generator[Any]:
    yield first
    yield from rest


def _sheet(header: list[str], rows: Iterable[list[Any]]) -> Generator[str]:
    """Yield the XML of a sheet: one text with the titles, one for each row, one for the end."""
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    start = (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f'<cols><col min="1" max="{max(1, len(header))}" width="20" customWidth="1"/></cols><sheetData>'
    )
    yield f"{start}<row>{''.join(_text(title, TITLE) for title in header)}</row>"
    for row in rows:
        yield f"<row>{''.join(map(_cell, row))}</row>"
    yield "</sheetData></worksheet>"


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return _text(value, 0) if len(value) > SHORT else _short_text(value, 0)
    if value is None:
        return "<c/>"
    if isinstance(value, datetime):
        return f'<c s="{MOMENT}"><v>{(value - EPOCH).total_seconds() / 86_400:.10f}</v></c>'
    if isinstance(value, date):
        return f'<c s="{DAY}"><v>{(value - EPOCH.date()).days}</v></c>'
    return f"<c><v>{value}</v></c>"


def _text(value: str, style: int) -> str:
    """Return a cell of text: text even where it looks like something else."""
    clean = (value if value.isprintable() else value.translate(FORBIDDEN))[:MOST_TEXT]
    if "_x" in clean:
        clean = ESCAPED.sub("_x005F_", clean)
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


_short_text = lru_cache(4096)(_text)  # a column of states, names or branches says the same again and again


def _frame(names: list[str]) -> list[tuple[str, str]]:
    """Return (path, text) of the parts around the sheets."""
    sheets = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(names) + 1)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in range(1, len(names) + 1)
    )
    return [
        ("xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
         f'<Relationship Id="rId{len(names) + 1}" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>'),
        ("xl/styles.xml", STYLES),
        ("_rels/.rels", f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
         f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("[Content_Types].xml", f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
         'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{parts}'
         f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>'),
    ]


class _Pipe:
    """A file without a way back, which hands over what was written to it."""

    def __init__(self) -> None:
        """Begin empty."""
        self.held = bytearray()

    def write(self, data: Any) -> int:
        """Keep what the archive writes."""
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: take() hands over."""

    def full(self) -> Generator[bytes]:
        """Yield what is held when it is enough to send."""
        if len(self.held) >= PIECE:
            yield self.take()

    def take(self) -> bytes:
        """Return what is held, and forget it."""
        taken = bytes(self.held)
        self.held.clear()
        return taken
