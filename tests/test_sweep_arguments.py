"""Whatever an address says, a list answers without a crash, without SQL in its text, and leads nowhere else."""

import itertools
import random
import re

import pytest
from sqlalchemy import inspect

from ecrm.policy import Right
from tests import sweep
from tests.sweep import IN_TURN, cells, nothing_written

ODD = (
    "0", "-1", "1", "9999999999999999999", "9" * 26, "9" * 5000, "-" + "9" * 30, "1e9", "0x10", "1.5", " 1 ", "１２", "٣", "NaN", "true",
    "\0", "a\0b", "'", "''", '"', "\\", "%", "_", "%00", "%%%%", "a'; DROP TABLE user; --", "') OR 1=1 --", "1,2", "1;2", "[1]", "{}",
    "../../etc/passwd", "<script>alert(1)</script>", "Ünïcødé", "日本語", "🤦‍♀️", "\u202e", "\r\nX: y", "x" * 3000, "none", "None", "null",
    "..", "..2026-01-01", "2026-02-30", "0000-00-00", "9999-12-31", "2026-01-01..0001-01-01", "0001-01-01", "0001-01-01..2026-01-01", "10000-01-01", "-2026-01-01",
)
TAKEN = ("_scheme", "_external", "_anchor", "_method", "endpoint", "self", "export_type")  # Flask's own names
TELLTALE = re.compile(r"\[SQL:|sqlalchemy|pymysql|sqlite3\.|Traceback|SELECT .* FROM|/site-packages/", re.I)
FAR = ("https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example", "javascript:alert(1)",
       "java\nscript:alert(1)", "http://[", "https://localhost@evil.example", "/\t/evil.example", "data:text/html,x", " //evil.example", "http://")


def some(values, cell, number):
    """Return so many of the values, others for each cell and the same in each run."""
    return random.Random(cell.base).sample(values, number)


def check(answer, address, most=499):
    """Fail on a crash, on words that only the inside knows, and on a way out of the site."""
    assert answer.status_code <= most, f"{address}: {answer.status_code}"
    if not answer.is_streamed or "html" in answer.content_type:
        found = TELLTALE.search(answer.get_data(as_text=True))
        assert not found, f"{address} shows {found}"
    target = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", target), f"{address} leads to {target}"


@cells(IN_TURN)
def test_list_arguments(app, role, model):
    """page, page_size, sort, desc, search, every filter, and names that Flask would take for its own."""
    cell = sweep.cell_of(app, role, model)
    filters = [f"flt{n}_{key}" for n, key in enumerate(cell.view._filter_args or ())]
    names = ["page", "page_size", "sort", "desc", "search", "id", "view", *filters, "flt", "flt_", "flt0_", "flt99999999999999999999_x"]
    names += [*TAKEN, "page[]", "limit", "offset"]
    odd = itertools.cycle(some(ODD, cell, len(ODD)))
    with nothing_written(app, "odd arguments"):
        for _round in range(2):
            arguments = {name: next(odd) for name in names}
            check(cell.person.get(cell.base, query_string=arguments), arguments)
        for name in some(TAKEN, cell, 2):
            check(cell.person.get(cell.base, query_string={name: "javascript"}), f"{name}=javascript")
        check(cell.person.get(cell.base, query_string=[(name, "1") for name in names for _twice in range(2)]), "everything twice")


@pytest.mark.parametrize("name", ["page", "page_size", "sort", "desc", "search", "flt0_status", "flt0_opened_at", "flt0_technician", "flt0_customer"])
def test_every_odd_value(app, name):
    """Odd values, others for each kind of argument, in one rich list and in its export."""
    cell = sweep.cell_of(app, sweep.RoleName.SUPPORT, sweep.MODELS[0])
    odd = random.Random(name).sample(ODD, len(ODD))
    for value in odd[:10]:
        check(cell.person.get(cell.base, query_string={name: value}), f"{name}={value[:60]}")
    for value in odd[:4]:
        check(cell.person.get(f"{cell.base}export/csv/", query_string={name: value}), f"export {name}={value[:60]}")


@cells(IN_TURN)
def test_ids_and_lookups(app, role, model):
    """An id that is none is a 404, and a look-up bounds what it is asked for."""
    cell = sweep.cell_of(app, role, model)
    with nothing_written(app, "odd ids"):
        for value in some(ODD, cell, 6):
            check(cell.person.get(f"{cell.base}details/", query_string={"id": value}), f"details id={value[:60]}")
        check(cell.person.get(f"{cell.base}details/?id=1&id=2"), "two ids")
        check(cell.person.get(f"{cell.base}edit/?id=1&id=2"), "two ids")
        for name in (cell.view._form_ajax_refs or ()) if cell.grant.may & (Right.CREATE | Right.EDIT) else ():
            for value in some(ODD, cell, 6):
                given = {"name": name, "query": value, "offset": value, "limit": value}
                check(cell.person.get(f"{cell.base}ajax/lookup/", query_string=given), str(given)[:100])


@cells(IN_TURN)
def test_url_leads_nowhere_else(app, role, model):
    """The return address of a form stays on this site, on every page that takes one."""
    cell = sweep.cell_of(app, role, model)
    number = cell.inside[0] if cell.inside else 1
    for far in some(FAR, cell, 1):
        for page in ("", "details/", "edit/", "new/"):
            answer = cell.person.get(f"{cell.base}{page}", query_string={"url": far, "id": number})
            check(answer, f"{page}?url={far}")
            text = answer.get_data(as_text=True)
            assert not re.search(r'(href|action|value)="\s*(https?:)?[/\\]{1,3}evil', text) and "javascript:alert" not in text, f"{page}?url={far}"
        for page in ("delete/", "action/", "edit/", "new/", "move/"):
            answer = cell.person.send(f"{cell.base}{page}?id={number}&verb=x", {"url": far, "id": number})
            check(answer, f"POST {page} url={far}")


@cells([cell for cell in IN_TURN if sweep.policy.grant(cell[2], cell[1]).may & (Right.CREATE | Right.EDIT)])
def test_odd_values_in_forms(app, role, model):
    """Whatever is typed into a form is saved or refused beside its field; it is never a crash."""
    cell = sweep.cell_of(app, role, model)
    draw = random.Random(cell.base)
    for kind in ("create", "edit"):
        url = f"{cell.base}new/" if kind == "create" else f"{cell.base}edit/?id={cell.inside[0] if cell.inside else 0}"
        page = cell.person.get(url)
        if page.status_code != 200:
            continue
        names, filled = cell.view._form_names(kind), sweep.valid(app, cell, sweep.fields_of(page))
        for value in some(ODD, cell, 3):
            check(cell.person.send(url, dict.fromkeys(names, value)), f"{kind} with {value[:60]!r} everywhere")
        for name in names:
            if name in inspect(model).columns:
                for value in draw.sample(("", "   ", "x" * 12_000, "9" * 30, "-5", "\0", "😀" * 400), 1):
                    typed = filled | {name: value}
                    check(cell.person.send(url, typed), f"{kind} with {name}={value[:60]!r}")
