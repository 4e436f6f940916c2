"""Which named areas a person may mean who says where they live."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from ecrm.models import CoverageArea

ALIKE = 0.75  # of 1; below it two names are different places
MOST_WORDS = 15  # of what was typed that are looked at
WORD = re.compile(r"[^\W_]+")


def nearest(text: str, areas: Iterable[CoverageArea]) -> list[CoverageArea]:
    """Return the areas whose name or postcode the text has or nearly has, the likeliest first; an address may stand around it."""
    typed = WORD.findall(text.casefold())[:MOST_WORDS]
    found = [(_likeness(typed, area), area) for area in areas]
    return [area for likeness, area in sorted(found, key=lambda pair: (-pair[0], pair[1].name)) if likeness >= ALIKE]


def _likeness(typed: list[str], area: CoverageArea) -> float:
    """Return how much a part of what was typed is like the area's name, from 0 to 1; a beginning of the name counts as 0.9."""
    if not typed:
        return 0.0
    if area.postcode in typed:
        return 1.0
    name = WORD.findall(area.name.casefold())
    whole, start = " ".join(name), " ".join(typed)
    best = 0.9 if len(start) > 2 and (whole.startswith(start) or f" {start}" in f" {whole}") else 0.0
    for first in range(max(1, len(typed) - len(name) + 1)):
        best = max(best, _ratio(whole, " ".join(typed[first:first + len(name)])))
    return best


def _ratio(one: str, other: str) -> float:
    """Return the likeness of two texts; the cheap upper bounds spare most comparisons."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0
