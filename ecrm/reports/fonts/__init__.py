"""The letters of our PDFs: DejaVu Sans Condensed, embedded, for names from Łódź to Đà Nẵng."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "DejaVuSansCondensed", "DejaVuSansCondensed-Bold"
_ONE_BY_ONE = threading.Lock()


@contextmanager
def in_hand() -> Iterator[None]:
    """Have the fonts for one PDF; another thread waits, as reportlab reads a font with a single cursor."""
    with _ONE_BY_ONE:
        _register()
        yield


@cache
def _register() -> None:
    """Make the fonts known to reportlab, which embeds of them the letters that a PDF uses."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, Path(__file__).with_name(f"{name}.ttf")))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
