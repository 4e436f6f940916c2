"""A report as a file: CSV, XLSX and PDF, with the same numbers as the page."""

import csv
import io
from typing import Any

from ecrm.exports import BOM, TYPES, Cells, harmless
from ecrm.i18n import gettext as _
from ecrm.reports import words
from ecrm.reports.letterhead import Letterhead
from ecrm.reports.shapes import Kind, Sheet, Table

TYPES = TYPES | {"pdf": "application/pdf"}
FORMATS = {Kind.PERCENT: "0.0", Kind.RATING: "0.00", Kind.RUPIAH: "#,##0", Kind.DAY: "yyyy-mm-dd"}
WIDEST, LEAST = 60, 10  # characters of a column
BAD_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def as_csv(sheet: Sheet, letterhead: Letterhead) -> bytes:
    """Return the report as CSV: its heading, then the tables one under the other."""
    file, cells = io.StringIO(), Cells()
    writer = csv.writer(file)
    writer.writerows([harmless(text) for text in line] for line in _heading(sheet, letterhead))
    for table in sheet.tables:
        writer.writerows([[], [harmless(str(table.title))], [harmless(words.heading(column)) for column in table.columns]])
        writer.writerows([cells.text(value) for value in row.values] for row in table.lines)
    return (BOM + file.getvalue()).encode()


def as_xlsx(sheet: Sheet, letterhead: Letterhead) -> bytes:
    """Return the report as a workbook, a sheet for each table: real numbers and days, the headings frozen."""
    from openpyxl import Workbook  # a large library that is loaded when somebody asks for a workbook

    book = Workbook()
    book.remove(book.active)
    first = book.create_sheet(_("About this report"))
    for line in (*_heading(sheet, letterhead), *([harmless(str(note))] for note in sheet.notes)):
        first.append(line)
    first.column_dimensions["A"].width = WIDEST
    for table in sheet.tables:
        _fill(book.create_sheet(str(table.title).translate(BAD_IN_TITLES)[:31]), table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_pdf(sheet: Sheet, letterhead: Letterhead) -> bytes:
    """Return the report on paper."""
    from ecrm.reports import pdf  # its library takes a tenth of a second to load, which no page but this one needs

    return pdf.make(sheet, letterhead)


def _fill(page: Any, table: Table) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    cells = Cells()
    headings = [harmless(words.heading(column)) for column in table.columns]
    page.append(headings)
    widths = [len(text) for text in headings]
    for row in table.lines:
        page.append([cells.plain(value) for value in row.values])
        widths = [max(width, len(words.text(column.kind, value))) for width, column, value in zip(widths, table.columns, row.values, strict=True)]
    for number, (column, width) in enumerate(zip(table.columns, widths, strict=True), 1):
        page.column_dimensions[get_column_letter(number)].width = max(LEAST, min(width + 2, WIDEST))
        for cell in next(page.iter_cols(number, number, 2)) if page.max_row > 1 else ():
            cell.number_format = FORMATS.get(column.kind, "General")
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "B2"


def _heading(sheet: Sheet, letterhead: Letterhead) -> list[list[str]]:
    nothing = [[_("There is nothing in this period.")]] if sheet.empty else []
    return [[letterhead.company], [str(sheet.title)], [letterhead.about], [letterhead.made], *nothing]


def make(kind: str, sheet: Sheet, letterhead: Letterhead) -> bytes:
    """Return the report as csv, xlsx or pdf."""
    return {"csv": as_csv, "xlsx": as_xlsx, "pdf": as_pdf}[kind](sheet, letterhead)
