"""Printed from the browser, a recap is whole: on A4, with its head and its lines to sign on, without the buttons of the screen."""

import io

import pytest
from pypdf import PdfReader

from tests.chromium import window  # noqa: F401 - fixtures
from tests.test_journey import log_in
from tests.world import email

WIDE = {"width": 1016, "height": 700}  # A4 on its side within its margins, at 96 dots per inch


@pytest.fixture
def reports(window):  # noqa: F811
    """The manager's window, as wide as the paper."""
    page = window(WIDE)
    log_in(page, email("manager"))
    return page


def test_a_recap_on_paper(reports):
    """No column is cut off; head, title, lines to sign on and page numbers are there, what only a screen needs is not."""
    reports.goto("/admin/manager/recaps/complaints/")
    reports.emulate_media(media="print")
    cut = "[...document.querySelectorAll('.figures')].map(table => table.scrollWidth - table.parentElement.clientWidth)"
    widths = reports.evaluate(cut)
    assert len(widths) > 3 and max(widths) <= 1
    paper = PdfReader(io.BytesIO(reports.pdf(prefer_css_page_size=True)))
    said = [page.extract_text() for page in paper.pages]
    assert sorted(map(round, paper.pages[0].mediabox[2:])) == [595, 842]
    for text in ("PT Prestasi Piranti Informasi", "(021) 50101234", "Rekapitulasi keluhan", "Disiapkan oleh", "Disetujui oleh"):
        assert text in "".join(said), text
    assert all(f"{number} / {len(said)}" in text for number, text in enumerate(said, 1))
    assert not [text for text in ("XLSX", "Cetak", "Keluar") if text in "".join(said)]
