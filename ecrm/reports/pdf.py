"""A report as a PDF on A4: letterhead, period, charts, tables, notes, page numbers and the lines to sign on."""

import io
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table as Grid

from ecrm.i18n import gettext as _
from ecrm.reports import charts, fonts, words
from ecrm.reports.letterhead import Letterhead
from ecrm.reports.shapes import Kind, Row, Sheet, Table

MARGIN, INSET, PADDING = 15 * mm, 6, 3  # of the page, of reportlab's frame in it, of a cell
COLOURS = tuple(map(HexColor, ("#1f6feb", "#d9480f", "#2f9e44", "#9c36b5", "#f08c00", "#0c8599")))
INK, FAINT, LINE = HexColor("#1c2733"), HexColor("#5b6875"), HexColor("#c9d1d9")
PLAIN = ParagraphStyle("plain", fontName=fonts.PLAIN, fontSize=8.5, leading=11, textColor=INK)
SMALL = ParagraphStyle("small", PLAIN, fontSize=7.5, leading=9.5, textColor=FAINT)
CELL = ParagraphStyle("cell", PLAIN, fontSize=7.5, leading=9)
NUMBER = ParagraphStyle("number", CELL, alignment=TA_RIGHT)
TITLE = ParagraphStyle("title", PLAIN, fontName=fonts.BOLD, fontSize=15, leading=19)
HEADING = ParagraphStyle("heading", PLAIN, fontName=fonts.BOLD, fontSize=10.5, leading=14, spaceBefore=8, spaceAfter=3)


def make(sheet: Sheet, letterhead: Letterhead) -> bytes:
    """Return the PDF; the same figures give the same bytes."""
    size = landscape(A4) if sheet.wide else A4
    file = io.BytesIO()
    page = SimpleDocTemplate(file, pagesize=size, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=18 * mm,
                             title=str(sheet.title), author=letterhead.company, invariant=1)
    with fonts.in_hand():
        page.build(_story(sheet, letterhead, size[0] - 2 * (MARGIN + INSET)), canvasmaker=numbered(letterhead))
    return file.getvalue()


def _story(sheet: Sheet, letterhead: Letterhead, width: float) -> list[Any]:
    """Return what stands on the pages, one under the other."""
    story: list[Any] = [*head(sheet.title, letterhead, width)]
    if sheet.empty:
        story.append(Paragraph(said(_("There is nothing in this period.")), PLAIN))
    for chart in sheet.charts:
        story.append(KeepTogether([Paragraph(said(chart.title), HEADING), _drawn(chart, width)]))
    for table in sheet.tables:
        story += [CondPageBreak(25 * mm), Paragraph(said(table.title), HEADING), _table(table, width)]  # no heading alone at the foot
    return [*story, Spacer(1, 6), *(Paragraph(said(note), SMALL) for note in sheet.notes), signatures(letterhead, width)]


def said(text: Any) -> str:
    """Return a text that Paragraph takes for text."""
    return escape(str(text))


def head(title: Any, letterhead: Letterhead, width: float) -> list[Any]:
    """Return the letterhead with a title."""
    top = Grid([[Paragraph(f"<b>{said(letterhead.company)}</b>", PLAIN), Paragraph(said(letterhead.phone), NUMBER)]], [width * 0.7, width * 0.3])
    top.setStyle([("LINEBELOW", (0, 0), (-1, -1), 1, INK), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)])
    return [top, Spacer(1, 8), Paragraph(said(title), TITLE), Paragraph(said(letterhead.about), PLAIN),
            Paragraph(said(letterhead.made), SMALL), Spacer(1, 4)]


def _table(table: Table, width: float) -> Any:
    if not table.rows:
        return Paragraph(said(_("There is nothing in this period.")), PLAIN)
    styles = [CELL if column.kind in (Kind.TEXT, Kind.DAY) else NUMBER for column in table.columns]
    texts = [_texts(table, row, row is table.total) for row in table.lines]
    cells = [[Paragraph(f"<b>{said(column.label)}</b>", look) for column, look in zip(table.columns, styles, strict=True)],
             *([Paragraph(said(text), look) for text, look in zip(line, styles, strict=True)] for line in texts)]
    grid = LongTable(cells, _widths(table, texts, width), repeatRows=1)
    style: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 2),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 2), ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
                        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING), ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK)]
    grid.setStyle([*style, *([("LINEABOVE", (0, -1), (-1, -1), 0.8, INK)] if table.total else [])])
    return grid


def _texts(table: Table, row: Row, total: bool) -> list[str]:
    """Return what stands in a row; what is not summed up stays blank in the total."""
    pairs = zip(table.columns, row.values, strict=True)
    return ["" if total and value is None else words.text(column.kind, value) for column, value in pairs]


def _widths(table: Table, texts: list[list[str]], width: float) -> list[float]:
    """Return the widths of the columns: none breaks a word or a number, longer texts share what is left, then all do."""
    least, lack = [], []
    for column, *cells in zip(table.columns, *texts, strict=True):
        pieces = [piece for text in cells for piece in (text.split() if column.kind is Kind.TEXT else [text])]
        narrow = max([*(stringWidth(word, fonts.BOLD, CELL.fontSize) for word in str(column.label).split()),
                      *(stringWidth(piece, fonts.PLAIN, CELL.fontSize) for piece in pieces)], default=0) + 2 * PADDING + 1
        least.append(narrow)
        lack.append(max(0, *(stringWidth(text, fonts.PLAIN, CELL.fontSize) + 2 * PADDING + 1 - narrow for text in cells)))
    free = width - sum(least)
    if free < 0:
        return [narrow * width / sum(least) for narrow in least]
    share = min(1, free / (sum(lack) or 1))
    rest = (free - share * sum(lack)) / len(least)
    return [narrow + more * share + rest for narrow, more in zip(least, lack, strict=True)]


def _drawn(chart: Any, width: float) -> Drawing:
    """Return the chart as vectors; reportlab counts from the lower left corner."""
    made = charts.picture(chart)
    drawing = Drawing(made.width, made.height)
    for rule in made.grid:
        drawing.add(Line(rule.x1, made.height - rule.y1, rule.x2, made.height - rule.y2, strokeColor=LINE, strokeWidth=0.5))
    for bar in made.bars:
        drawing.add(Rect(bar.x, made.height - bar.y - bar.height, bar.width, bar.height, fillColor=COLOURS[bar.series % 6], strokeColor=white, strokeWidth=0.3))
    for line in made.lines:
        points = [number for x, y in line.points for number in (x, made.height - y)]
        drawing.add(PolyLine(points, strokeColor=COLOURS[line.series % 6], strokeWidth=1.8))
    for word in made.words:
        drawing.add(String(word.x, made.height - word.y, word.text, fontName=fonts.PLAIN, fontSize=10, fillColor=FAINT, textAnchor=word.anchor))
    for x, y, series, name in made.legend:
        drawing.add(Rect(x, made.height - y - 10, 10, 10, fillColor=COLOURS[series % 6], strokeColor=None))
        drawing.add(String(x + 15, made.height - y - 9, name, fontName=fonts.PLAIN, fontSize=10, fillColor=INK))
    scale = min(width / made.width, 0.85)
    drawing.scale(scale, scale)
    drawing.width, drawing.height = made.width * scale, made.height * scale
    return drawing


def signatures(letterhead: Letterhead, width: float) -> Any:
    """Return the lines to sign on."""
    if not letterhead.signs:
        return Spacer(1, 1)
    cells = [[Paragraph(said(text), PLAIN) for text in letterhead.signs], [Spacer(1, 42)] * len(letterhead.signs),
             [Paragraph("(..............................................)", PLAIN)] * len(letterhead.signs)]
    return KeepTogether([Spacer(1, 16), Grid(cells, [width / len(letterhead.signs)] * len(letterhead.signs))])


def numbered(letterhead: Letterhead) -> type[Canvas]:
    """Return the canvas that writes “page 2 of 5” when it knows how many there are."""

    class Numbered(Canvas):
        """Keeps its pages until the last one is known."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 reportlab's name
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, state in enumerate(self.kept, 1):
                self.__dict__.update(state)
                self.setFont(fonts.PLAIN, 7.5)
                self.setFillColor(FAINT)
                self.drawString(MARGIN, 10 * mm, letterhead.made)
                self.drawRightString(self._pagesize[0] - MARGIN, 10 * mm, _("Page %(page)s of %(pages)s", page=number, pages=len(self.kept)))
                Canvas.showPage(self)
            super().save()

    return Numbered
