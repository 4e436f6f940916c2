"""Where the bars, lines and words of a chart stand: plain geometry, drawn as SVG on a page and as vectors in a PDF."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from ecrm.reports import words
from ecrm.reports.shapes import Chart, Drawn

TOP, BOTTOM, LEFT, RIGHT = 30, 26, 48, 34
THICK, SUMS = 20, 44  # of horizontal bars: height, and room for the sums beside the longest
LINES_HEIGHT = 240
LEGEND = 18  # height of a line of the legend
LETTER = 6.8  # width of a letter under the lines, in a wide font


@dataclass(frozen=True)
class Sheet:
    """What a chart is drawn on: its width, and of horizontal bars the room for the names at the left, none where they stand above."""

    width: int
    names: int
    row: int
    longest_name: int


WIDE, NARROW = Sheet(720, 184, 30, 25), Sheet(330, 0, 44, 44)  # a desk or paper, and a phone


@dataclass(frozen=True)
class Bar:
    """A rectangle of series number `series`; `text` says label, series and value."""

    x: float
    y: float
    width: float
    height: float
    series: int
    text: str


@dataclass(frozen=True)
class Line:
    """The points of series number `series`."""

    points: tuple[tuple[float, float], ...]
    series: int


@dataclass(frozen=True)
class Word:
    """A text at a place: its anchor is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Rule:
    """A line of the grid from one point to another."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Picture:
    """A chart on a sheet of `width` × `height`, from the upper left corner down; `legend` are (x, y, series, name)."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    grid: tuple[Rule, ...]
    words: tuple[Word, ...]
    legend: tuple[tuple[float, float, int, str], ...]


def picture(chart: Chart, sheet: Sheet = WIDE) -> Picture:
    """Return the geometry of a chart on a sheet."""
    return _lines(chart, sheet) if chart.drawn is Drawn.LINES else _bars(chart, sheet)


def ticks(most: float, about: int = 4) -> list[int]:
    """Return whole numbers from 0 to `most` or above, 1, 2 or 5 times a power of ten apart."""
    step = 1
    while step * about < most:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return list(range(0, (int(-(-most // step)) or 1) * step + 1, step))


def _legend(chart: Chart, sheet: Sheet) -> tuple[tuple[float, float, int, str], ...]:
    """Return the names of the series, on as many lines as they need."""
    if len(chart.series) < 2:
        return ()
    begin = float(LEFT if sheet.names else 0)
    found, x, y = [], begin, 4.0
    for number, series in enumerate(chart.series):
        wide = 34 + 7.2 * len(str(series.name))
        if x > begin and x + wide > sheet.width:
            x, y = begin, y + LEGEND
        found.append((x, y, number, str(series.name)))
        x += wide
    return tuple(found)


def _top(legend: tuple[tuple[float, float, int, str], ...]) -> float:
    """Return how far down a chart begins."""
    return TOP + legend[-1][1] - 4 if legend else TOP / 2


def _lines(chart: Chart, sheet: Sheet) -> Picture:
    values = [value for series in chart.series for value in series.values if value is not None]
    marks = ticks(max(values, default=0))
    legend = _legend(chart, sheet)
    top, bottom, count, right = _top(legend), LINES_HEIGHT - BOTTOM, max(len(chart.labels) - 1, 1), sheet.width - RIGHT

    def place(number: int, value: float) -> tuple[float, float]:
        return round(LEFT + (right - LEFT) * number / count, 1), round(bottom - (bottom - top) * value / marks[-1], 1)

    lines = tuple(
        Line(tuple(place(number, value) for number, value in enumerate(series.values) if value is not None), place_in_chart)
        for place_in_chart, series in enumerate(chart.series))
    room = LETTER * (max(map(len, chart.labels), default=0) + 1)
    every = ceil(room * count / (right - LEFT))
    under = [Word(place(number, 0)[0], LINES_HEIGHT - 8, text, "middle") for number, text in enumerate(chart.labels) if number % every == 0]
    beside = [Word(LEFT - 6, place(0, mark)[1] + 4, words.text(chart.kind, mark), "end") for mark in marks]
    grid = tuple(Rule(LEFT, place(0, mark)[1], right, place(0, mark)[1]) for mark in marks)
    return Picture(sheet.width, LINES_HEIGHT, (), lines, grid, (*under, *beside), legend)


def _bars(chart: Chart, sheet: Sheet) -> Picture:
    stacked = chart.drawn is Drawn.STACK or len(chart.series) == 1
    sums = [[series.values[number] or 0 for series in chart.series] for number in range(len(chart.labels))]
    most = max((sum(values) if stacked else max(values) for values in sums), default=0)
    marks, thick = ticks(most), THICK if stacked else THICK / len(chart.series)
    legend, begin, above = _legend(chart, sheet), float(sheet.names), 0 if sheet.names else 16
    top, scale = _top(legend), (sheet.width - begin - SUMS) / marks[-1]
    bars: list[Bar] = []
    texts: list[Word] = []
    for number, values in enumerate(sums):
        x, y = begin, top + number * sheet.row + above
        name = _short(chart.labels[number], sheet.longest_name)
        texts.append(Word(0, y - 5, name) if above else Word(begin - 8, y + 15, name, "end"))
        for place, value in enumerate(values):
            said = f"{chart.labels[number]}, {chart.series[place].name}: {words.text(chart.kind, value)}"
            at = (x, y) if stacked else (begin, y + place * thick)
            if value:
                bars.append(Bar(round(at[0], 1), round(at[1], 1), round(value * scale, 1), round(thick, 1), place, said))
            x += value * scale
        if stacked:
            texts.append(Word(round(x + 6, 1), y + 15, words.text(chart.kind, sum(values))))
    height = top + len(sums) * sheet.row + 6
    grid = tuple(Rule(round(begin + mark * scale, 1), top - 4, round(begin + mark * scale, 1), height - 6) for mark in marks)
    return Picture(sheet.width, height, tuple(bars), (), grid, tuple(texts), legend)


def _short(text: Any, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest - 1]}…"
