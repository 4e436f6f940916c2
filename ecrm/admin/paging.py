"""Which rows of a list a page shows, and the ways from there: numbers for the first pages, then "next", "previous" and "last"."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from ecrm.admin import lookup, stretches
from ecrm.admin.stretches import MOST_COUNTED, Stretch

END = "end"


@dataclass(frozen=True)
class Listed:
    """A page of a list: the ids of its rows, how many there are, and whether there are more than could be counted.

    `previous` and `next` are what an address says to go on from here, None at either end or where a number says it.
    """

    ids: list[int]
    count: int
    more: bool = False
    numbered: bool = True
    previous: dict[str, Any] | None = None
    next: dict[str, Any] | None = None
    last: bool = False


def place() -> dict[str, str]:
    """Return the part of the address that says a place by a row: after=7, before=7, before=end."""
    found = {name: request.args[name] for name in ("after", "before") if request.args.get(name)}
    return {name: value for name, value in found.items() if value == END or lookup.whole(value) is not None}


def listed(query: Any, everything: Any, order: Sequence[Stretch], page: int, size: int, most: int = MOST_COUNTED, least: int = 0) -> Listed:
    """Return the page that the address asks for, of the rows of `query`; a place is that of any row of `everything`.

    At most `most` rows are counted, and none where there are known to be more: at `least` so many.
    """
    def count_all() -> int:
        return least if least > most else stretches.counted(query, most + 1)

    where = place() if all(stretch.keyed for stretch in order) else {}
    if "after" in where and where["after"] != END:
        return _forward(query, stretches.behind(everything, order, int(where["after"])), size, count_all(), most)
    if "before" in where:
        return _backward(query, everything, order, where["before"], size, count_all(), most)
    ids = stretches.take(query, order, size + 1, page * size)
    beyond, ids = len(ids) > size, ids[:size]
    count = page * size + len(ids) if not beyond and (ids or not page) else count_all()
    more = count > most
    follows = {"after": ids[-1]} if beyond and (page + 1) * size >= most and order[-1].keyed else None
    return Listed(ids, min(count, most), more, next=follows, last=more and order[-1].keyed)


def _forward(query: Any, rest: Sequence[Stretch], size: int, count: int, most: int) -> Listed:
    ids = stretches.take(query, rest, size + 1)
    beyond, ids = len(ids) > size, ids[:size]
    return Listed(ids, min(count, most), count > most, False, previous={"before": ids[0]} if ids else {"before": END},
                  next={"after": ids[-1]} if beyond else None, last=beyond)


def _backward(query: Any, everything: Any, order: Sequence[Stretch], row: str, size: int, count: int, most: int) -> Listed:
    order = stretches.reverse(order)
    ids = stretches.take(query, order if row == END else stretches.behind(everything, order, int(row)), size + 1)
    beyond, ids = len(ids) > size, ids[size - 1::-1] if len(ids) > size else ids[::-1]
    return Listed(ids, min(count, most), count > most, False, previous={"before": ids[0]} if beyond else None,
                  next={"after": ids[-1]} if ids and row != END else None, last=row != END)
