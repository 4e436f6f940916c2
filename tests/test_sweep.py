"""Every (role, table, action) cell over HTTP: what the policy grants answers, what it does not is refused and writes nothing."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import inspect

from ecrm.admin.guard import NEEDS
from ecrm.models import Role, User
from ecrm.policy import Right
from tests import sweep
from tests.sweep import BOTH, NOBODY, WIDEST, cells, few, nothing_written, refused

INNER = re.compile(r"\b[A-Z]\w*\(\w+=|object at 0x|datetime\.")
EACH, ON_SQLITE = cells(BOTH), cells([cell for cell in BOTH if cell[0] == "sqlite"])


@pytest.fixture
def cell(app, role, model):
    """The cell under test."""
    return sweep.cell_of(app, role, model)


@EACH
def test_list_and_details(app, cell):
    """The list answers; so does each row in scope, for the role that sees most; a row out of scope answers as one that does not exist."""
    with nothing_written(app, "reading"):
        answer = cell.person.get(f"{cell.base}?view=all")
        assert answer.status_code == 200 and not INNER.search(answer.text), "a cell shows an object as Python writes it"
        for number in cell.inside if (cell.role, cell.model) in WIDEST else few(cell.inside):
            assert cell.person.get(f"{cell.base}details/?id={number}").status_code == 200
        none = cell.person.get(f"{cell.base}details/?id={NOBODY}")
        assert none.status_code == 404
        for number in few(cell.outside):
            answer = cell.person.get(f"{cell.base}details/?id={number}")
            refused(app, answer, f"details of row {number} out of scope", 404)
            assert _same(answer) == _same(none)


def _same(answer):
    """A page without what changes from one request to the next."""
    return re.sub(r'nonce="[^"]*"|content="[^"]*"|value="[^"]*"|\b[0-9a-f]{16}\b', "", answer.get_data(as_text=True))


@ON_SQLITE
def test_create(app, cell):
    """The form opens where the policy says CREATE and the screen has one; an empty POST saves nothing in any case."""
    wanted = cell.may(Right.CREATE) and bool(cell.view._form_names("create"))
    for method in (cell.person.get, cell.person.send):
        with nothing_written(app, "creating with an empty form"):
            answer = method(f"{cell.base}new/")
            assert answer.status_code == (200 if wanted else 403), f"{method.__name__} new/: {answer.status_code}"


@ON_SQLITE
def test_edit(app, cell):
    """The form opens where the policy says EDIT, for rows in scope that are not fixed; elsewhere nothing is written."""
    may = cell.may(Right.EDIT) and bool(cell.view._form_names("edit"))
    if cell.inside:
        with nothing_written(app, "opening a form"):
            answer = cell.person.get(f"{cell.base}edit/?id={cell.inside[0]}")
        assert answer.status_code in ((200, 302) if may else (403,))
    targets = [(NOBODY, 404), *((number, 404) for number in cell.outside)] if may else [(n, 403) for n in few(cell.inside) + few(cell.outside)]
    for number, status in targets:
        with nothing_written(app, f"editing {cell.model.__name__} {number}"):
            refused(app, cell.person.get(f"{cell.base}edit/?id={number}"), f"GET edit {number}", status)
            typed = {column.key: "x" for column in inspect(cell.model).columns}
            refused(app, cell.person.send(f"{cell.base}edit/?id={number}", typed), f"POST edit {number}", status)


@ON_SQLITE
def test_delete(app, cell):
    """Deleting is refused without DELETE, and out of scope with it."""
    for number in (cell.outside + [NOBODY]) if cell.may(Right.DELETE) else few(cell.inside) + few(cell.outside):
        with nothing_written(app, f"deleting {cell.model.__name__} {number}"):
            refused(app, cell.person.send(f"{cell.base}delete/", {"id": number}), f"delete {number}")


@ON_SQLITE
def test_bulk_actions(app, cell):
    """A bulk action is a verb of the policy that asks for nothing; any other is refused; rows out of scope stay as they are."""
    for name in {*cell.view.all_verbs(), "delete", ""}:
        bulk = name in cell.grant.verbs and not cell.view.all_verbs()[name].needs
        with nothing_written(app, f"bulk action {name} out of scope"):
            answer = cell.person.send(f"{cell.base}action/", {"action": name, "rowid": [*cell.outside, NOBODY, "1,2", "x", "-1"]})
            assert answer.status_code == (302 if bulk else 403), f"bulk {name}: {answer.status_code}"
        if not bulk:
            with nothing_written(app, f"bulk action {name}"):
                refused(app, cell.person.send(f"{cell.base}action/", {"action": name, "rowid": cell.inside}), f"bulk {name}", 403)


@ON_SQLITE
def test_verbs(app, cell):
    """A verb that the policy does not name is refused for every row; one that it names, for rows out of scope."""
    facts = {"reason": "x", "technician": "1", "visit_at": f"{date.today() + timedelta(days=700)}T10:00", "survey_result": "x", "report": "x"}
    for name in {*cell.view.all_verbs(), "nonsense"}:
        rows = cell.outside if name in cell.grant.verbs else cell.inside[:1] + cell.outside[:1]
        for number in [*rows, NOBODY]:
            with nothing_written(app, f"verb {name}"):
                answer = cell.person.send(f"{cell.base}move/?id={number}&verb={name}", facts)
                refused(app, answer, f"verb {name} on row {number}")
    for name in cell.view.all_verbs():
        for number in cell.inside[:1]:
            with nothing_written(app, f"GET of verb {name}"):
                assert cell.person.get(f"{cell.base}move/?id={number}&verb={name}").status_code == 405


@ON_SQLITE
def test_exports(app, cell):
    """CSV answers where the policy says EXPORT; without it both formats are refused, as are formats that we do not write."""
    with nothing_written(app, "exporting"):
        for kind in ("csv", "xlsx") if not cell.may(Right.EXPORT) else ("csv",):
            answer = cell.person.get(f"{cell.base}export/{kind}/")
            assert answer.status_code == (200 if cell.may(Right.EXPORT) else 403)
        for kind in ("json", "xls", "html", "yaml", "csv%00"):
            refused(app, cell.person.get(f"{cell.base}export/{kind}/"), f"export {kind}")


@ON_SQLITE
def test_lookups(app, cell):
    """A look-up answers for the relations of a form that the role may open, and finds rows in scope only."""
    writes = bool(cell.grant.may & (Right.CREATE | Right.EDIT))
    names = {relation.key for relation in inspect(cell.model).relationships} | {"password", "id", "", "__class__"}
    with nothing_written(app, "looking up"):
        for name in names:
            known = writes and name in cell.view._form_ajax_refs
            answer = cell.person.get(f"{cell.base}ajax/lookup/?name={name}&query=&limit=1000000")
            if not known:
                refused(app, answer, f"look-up {name}")
                continue
            assert answer.status_code == 200
            remote = sweep.cell_of(app, cell.role, inspect(cell.model).relationships[name].mapper.class_)
            found = [number for number, _text in answer.get_json()]
            assert set(found) <= set(remote.inside), f"look-up {name} finds rows out of scope"
            assert len(found) <= 20


@ON_SQLITE
def test_inline_edit(app, cell):
    """There is no inline edit, for anybody."""
    for number in cell.inside[:1] + cell.outside[:1]:
        with nothing_written(app, "inline edit"):
            data = {"list_form_pk": number, "name": "x", "status": "closed", "active": "", "priority": "1"}
            refused(app, cell.person.send(f"{cell.base}ajax/update/", data), "inline edit")


@EACH
def test_forged_relations(app, cell):
    """A form refuses the id of a related row that does not exist for the person, in look-ups and in lists alike."""
    for kind, right in (("create", Right.CREATE), ("edit", Right.EDIT)):
        if not (cell.may(right) and cell.view._form_names(kind)) or (kind == "edit" and not cell.inside):
            continue
        url = f"{cell.base}new/" if kind == "create" else f"{cell.base}edit/?id={cell.inside[0]}"
        page = cell.person.get(url)
        if page.status_code != 200:
            continue
        filled = sweep.valid(app, cell, sweep.fields_of(page))
        for name in cell.view._form_names(kind):
            relation = inspect(cell.model).relationships.get(name)
            if relation is not None:
                outside = sweep.cell_of(app, cell.role, relation.mapper.class_).outside
                for forged in [*outside[:2], NOBODY, "1,2", "x", "9" * 30]:
                    with nothing_written(app, f"{kind} with {name}={forged}"):
                        answer = cell.person.send(url, filled | {name: str(forged)})
                        assert answer.status_code == 200, f"{kind} with {name}={forged}: {answer.status_code}"
        answer = cell.person.send(url, filled)
        assert answer.status_code == 302 or 'id="token"' in answer.text, f"{kind} with true ids: the refusals above may have had another reason"


@ON_SQLITE
def test_a_views_needs_are_known(app, cell):
    """Each view of a screen stands in guard.NEEDS or in the screen's extra_needs; the rest is refused."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{cell.view.endpoint}.")]
    for rule in rules:
        name = rule.endpoint.rpartition(".")[2]
        if name not in NEEDS | cell.view.extra_needs and name != "static":
            for method in rule.methods & {"GET", "POST"}:
                url = rule.rule.replace("<export_type>", "csv")
                with nothing_written(app, url):
                    answer = cell.person.get(url) if method == "GET" else cell.person.send(url)
                    refused(app, answer, f"{rule.endpoint} has no entry in extra_needs of its screen", 403)
    assert cell.model is not Role or not cell.may(Right.EDIT), "roles are the policy's: no screen may change them"
    assert cell.model is not User or cell.role.value == "administrator" or not cell.may(Right.CREATE | Right.EDIT)
