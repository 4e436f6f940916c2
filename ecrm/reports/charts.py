"""Where the bars, lines and words of a chart stand: plain geometry, drawn as SVG on a page and as vectors in a PDF."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from ecrm.reports import words
from ecrm.reports.shapes import Chart, Drawn

WIDTH, TOP, BOTTOM, LEFT, RIGHT = 720, 30, 26, 48, 34
NAMES, ROW, THICK = 184, 30, 20  # of horizontal bars: room for the names, height of a row and of its bar
LINES_HEIGHT = 240
LETTER = 6.8  # width of a letter under the lines, in a wide font
LONGEST_NAME = 25


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
    """A chart on a sheet of `width` × `height`, from the upper left corner down; `legend` are (x, series, name)."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    grid: tuple[Rule, ...]
    words: tuple[Word, ...]
    legend: tuple[tuple[float, int, str], ...]


def picture(chart: Chart) -> Picture:
    """Return the geometry of a chart."""
    return _lines(chart) if chart.drawn is Drawn.LINES else _bars(chart)


def ticks(most: float, about: int = 4) -> list[int]:
    """Return whole numbers from 0 to `most` or above, 1, 2 or 5 times a power of ten apart."""
    step = 1
    while step * about < most:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return list(range(0, (int(-(-most // step)) or 1) * step + 1, step))


def _legend(chart: Chart) -> tuple[tuple[float, int, str], ...]:
    if len(chart.series) < 2:
        return ()
    found, x = [], float(LEFT)
    for number, series in enumerate(chart.series):
        found.append((x, number, str(series.name)))
        x += 34 + 7.2 * len(str(series.name))
    return tuple(found)


def _lines(chart: Chart) -> Picture:
    values = [value for series in chart.series for value in series.values if value is not None]
    marks = ticks(max(values, default=0))
    bottom, count = LINES_HEIGHT - BOTTOM, max(len(chart.labels) - 1, 1)

    def place(number: int, value: float) -> tuple[float, float]:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * number / count, 1), round(bottom - (bottom - TOP) * value / marks[-1], 1)

    lines = tuple(
        Line(tuple(place(number, value) for number, value in enumerate(series.values) if value is not None), place_in_chart)
        for place_in_chart, series in enumerate(chart.series))
    room = LETTER * (max(map(len, chart.labels), default=0) + 1)
    every = ceil(room * count / (WIDTH - LEFT - RIGHT))
    under = [Word(place(number, 0)[0], LINES_HEIGHT - 8, text, "middle") for number, text in enumerate(chart.labels) if number % every == 0]
    beside = [Word(LEFT - 6, place(0, mark)[1] + 4, words.text(chart.kind, mark), "end") for mark in marks]
    grid = tuple(Rule(LEFT, place(0, mark)[1], WIDTH - RIGHT, place(0, mark)[1]) for mark in marks)
    return Picture(WIDTH, LINES_HEIGHT, (), lines, grid, (*under, *beside), _legend(chart))


def _bars(chart: Chart) -> Picture:
    stacked = chart.drawn is Drawn.STACK or len(chart.series) == 1
    sums = [[series.values[number] or 0 for series in chart.series] for number in range(len(chart.labels))]
    most = max((sum(values) if stacked else max(values) for values in sums), default=0)
    marks, thick = ticks(most), THICK if stacked else THICK / len(chart.series)
    scale = (WIDTH - NAMES - RIGHT - 60) / marks[-1]
    bars: list[Bar] = []
    texts: list[Word] = []
    for number, values in enumerate(sums):
        y, x = TOP + number * ROW, float(NAMES)
        texts.append(Word(NAMES - 8, y + 15, _short(chart.labels[number]), "end"))
        for place, value in enumerate(values):
            said = f"{chart.labels[number]}, {chart.series[place].name}: {words.text(chart.kind, value)}"
            at = (x, y) if stacked else (float(NAMES), y + place * thick)
            if value:
                bars.append(Bar(round(at[0], 1), round(at[1], 1), round(value * scale, 1), round(thick, 1), place, said))
            x += value * scale
        if stacked:
            texts.append(Word(round(x + 6, 1), y + 15, words.text(chart.kind, sum(values))))
    height = TOP + len(sums) * ROW + 6
    grid = tuple(Rule(round(NAMES + mark * scale, 1), TOP - 4, round(NAMES + mark * scale, 1), height - 6) for mark in marks)
    return Picture(WIDTH, height, tuple(bars), (), grid, tuple(texts), _legend(chart))


def _short(text: Any) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME - 1]}…"
