"""The letters of our PDFs: DejaVu Sans Condensed, embedded, for names from Łódź to Đà Nẵng."""

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"


@cache
def register() -> None:
    """Make the fonts known to reportlab, once for each process; it embeds of them the letters that a PDF uses."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, Path(__file__).with_name(f"{name}.ttf")))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
