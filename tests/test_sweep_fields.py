"""Hidden and secret columns stay hidden on every page of every role, and no form writes what is not on it."""

import io
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import JSON, Boolean, Date, DateTime, Enum, Integer, LargeBinary, String, inspect

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import MODELS, Installation, Reply, Role, Step, User
from ecrm.models.account import STAFF
from ecrm.models.base import UtcDateTime, now
from ecrm.policy import Right
from tests import sweep
from tests.conftest import ONE_DATABASE
from tests.sweep import CELLS, EACH, NOBODY, cells, fields_of, name_of, valid

PLANTED_AT = datetime(2001, 2, 3, 4, 5, 6)
SHORT = 6  # characters below which a text may stand on a page by chance


def plant(app: Any) -> dict[tuple[type, str], set[str]]:
    """Write a recognisable value in every text column that is secret, or hidden from some role; return them all."""
    planted: dict[tuple[type, str], set[str]] = {}
    with app.app_context(), db.engine.begin() as connection:
        for model in MODELS:
            hidden = set().union(*(grant.hidden for grant in policy.POLICY[model].values()))
            for column in inspect(model).columns:
                if column.info.get("secret") or column.key in hidden:
                    for number in connection.scalars(db.select(model.id)).all():
                        value = _value(model, column, number)
                        if value is not None:
                            _plant_step(connection, model, column, number, value)
                            connection.execute(model.__table__.update().where(model.id == number).values({column.key: value}))
                            planted.setdefault((model, column.key), set()).update(_shown(value))
    return planted


def _value(model: type, column: Any, number: int) -> Any:
    if column.key == "fs_uniquifier" or isinstance(column.type, (Boolean, Enum, Integer)) or column.foreign_keys:
        return None  # the session of the browser hangs on the first; the others have no text that can be told apart
    if isinstance(column.type, (UtcDateTime, DateTime, Date)):
        return PLANTED_AT.replace(tzinfo=UTC) if isinstance(column.type, UtcDateTime) else PLANTED_AT
    if isinstance(column.type, JSON):
        return {"planted": f"PLANTED-{model.__tablename__}-{column.key}-{number}"}
    if column.key == "identity_number":
        return f"99887766554433{number:02d}"
    text = f"PLANTED-{column.key}-{number}"[: getattr(column.type, "length", None) or 80]
    return text.encode() if isinstance(column.type, LargeBinary) else text


def _plant_step(connection: Any, model: type, column: Any, number: int, value: Any) -> None:
    """Write a step that changed the column, as the trail would; secrets it masks by itself."""
    if not column.info.get("secret") and model is not Step and not getattr(model, "__no_trail__", False):
        connection.execute(Step.__table__.insert().values(
            at=now(), via="admin", table=model.__tablename__, row_id=number, action="update", before={},
            after={column.key: value.date().isoformat() if isinstance(value, datetime) else value},
        ))


def _shown(value: Any) -> set[str]:
    if isinstance(value, datetime):
        return {"2001-02-03", "3 Feb 2001", "2/3/01"}
    if isinstance(value, bytes):
        return {value.decode(), b64encode(value).decode()}
    return {value["planted"]} if isinstance(value, dict) else {str(value)}


def pages(app: Any, role: Any, files: bool = True) -> dict[str, str]:
    """Return {address: text} of all that a role can read: lists, rows, forms, and with `files` exports and look-ups of all its tables."""
    found = {}
    person = app.test_client().become(role.value)
    for model in (model for each, model in CELLS if each is role):
        cell = sweep.Cell(app, role, model, person)
        addresses = [f"{cell.base}", f"{cell.base}?view=all&page_size=100", f"{cell.base}new/"]
        addresses += [f"{cell.base}{page}/?id={number}" for number in sweep.few(cell.inside) for page in ("details", "edit")[:1 + cell.may(Right.EDIT)]]
        if files:
            addresses += [f"{cell.base}export/{kind}/" for kind in ("csv", "xlsx")]
            addresses += [f"{cell.base}ajax/lookup/?name={name}&query=&limit=100" for name in cell.view._form_ajax_refs or ()]
        for address in addresses:
            answer = person.get(address)
            if answer.status_code == 200:
                found[address] = _text(answer)
    found["front"] = _text(person.get(f"/admin/{role.value}/"))
    return found


def _text(answer: Any) -> str:
    if "spreadsheetml" in answer.content_type:
        sheet = load_workbook(io.BytesIO(answer.data)).active
        return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)
    return answer.get_data(as_text=True)


@ONE_DATABASE
@pytest.mark.parametrize("role", STAFF, ids=name_of)
def test_pages_show_what_the_policy_shows(app, role):
    """No list, page, form, export or look-up of a role contains a secret, a hidden column, or the name of a row out of its scope."""
    planted = plant(app)
    with app.app_context(), db.engine.begin() as connection:  # rows in scope that lead to one that may not be
        connection.execute(Installation.__table__.update().values(customer_id=1))
    texts = pages(app, role)
    assert len(texts) > 10
    leaks = [f"{address} shows {what}" for what, values in (*hidden_from(role, planted), *out_of_scope(app, role))
             for address, text in texts.items() for value in values if value in text and not known_there(address, what)]
    assert not leaks, "\n".join(leaks[:20])


def hidden_from(role: Any, planted: dict[tuple[type, str], set[str]]) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each column that is secret or hidden from a role, with its planted values."""
    for (model, key), values in planted.items():
        grant = policy.grant(model, role)
        if inspect(model).columns[key].info.get("secret") or grant is None or key in grant.hidden:
            yield f"{model.__name__}.{key}", values - {value for (other, name), more in planted.items() if (other, name) != (model, key) for value in more}


def out_of_scope(app: Any, role: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each table with those of its rows that do not exist for the person."""
    for model in MODELS:
        if model in (User, Role, Step):
            continue  # people are named beside what they did; roles and steps have no text of their own
        with app.app_context():
            user = sweep.one(User, email=sweep.email(role.value))
            inside = {str(row) for row in db.session.scalars(policy.visible(model, role, user))}
            outside = {str(row) for row in db.session.scalars(db.select(model))} - inside
        yield f"a row of {model.__name__}", {name for name in outside if len(name) >= SHORT and (model is Reply or name not in str(inside))}


def known_there(address: str, what: str) -> bool:
    """Return whether the names of rows may stand there: the whole trail is the administrator's."""
    return what.startswith("a row of") and "/administrator/step/" in address


@cells(EACH)
def test_no_oracle(app, role, model):
    """Search, sort and filter by a column that the role may not see answer the same, whatever the value is."""
    cell = sweep.cell_of(app, role, model)
    keys = [column.key for column in inspect(model).columns if column.info.get("secret") or column.key in cell.grant.hidden]
    known = set(cell.view._filter_args or ())
    assert not known & set(keys) and not set(cell.view.column_searchable_list) & set(keys)
    assert not set(cell.view._sortable_columns) & set(keys)
    assert not cell.view.allowed(tuple(keys)), "a screen that declares it would show it"
    for key in keys:
        plain = _numbers(cell, "")
        assert _numbers(cell, "search=PLANTED-NOWHERE") in ([], plain)
        for value in _real_values(app, model, key):
            if len(value) >= SHORT and not value.isdigit():
                assert _numbers(cell, f"search={value}") == _numbers(cell, "search=PLANTED-NOWHERE"), f"search finds {key}"
            for argument in (f"flt0_{key}", f"flt0_0_{key}", key, f"flt_{key}"):
                assert _numbers(cell, f"{argument}={value}") == plain, f"{argument} filters by {key}"
        for order in (key, str(len(inspect(model).columns)), "99", "-1"):
            assert _numbers(cell, f"sort={order}&desc=1") == plain, f"sort={order}"


def _numbers(cell: Any, arguments: str) -> list[str]:
    """Return the ids of the rows that a list shows, in its order."""
    text = cell.person.get(f"{cell.base}?view=all&{arguments}").get_data(as_text=True)
    return list(dict.fromkeys(re.findall(rf"{cell.model.__tablename__}/details/\?id=(\d+)", text)))


def _real_values(app: Any, model: Any, key: str) -> list[str]:
    if not isinstance(inspect(model).columns[key].type, String):
        return []
    with app.app_context():
        values = db.session.scalars(db.select(getattr(model, key)).limit(3)).all()
    return [value for value in values if isinstance(value, str)]


FORMS = [cell for cell in CELLS if policy.grant(cell[1], cell[0]).may & (Right.CREATE | Right.EDIT)]


@ONE_DATABASE
@pytest.mark.parametrize(("role", "model"), FORMS, ids=name_of)
def test_a_form_writes_only_its_fields(app, role, model):
    """Every column and relation that is not on a form can be posted, and none of them changes anything."""
    cell = sweep.cell_of(app, role, model)
    for kind, right in (("create", Right.CREATE), ("edit", Right.EDIT)):
        names = cell.view._form_names(kind)
        if not (right in cell.grant.may and names) or (kind == "edit" and not cell.inside):
            continue
        url = f"{cell.base}new/" if kind == "create" else f"{cell.base}edit/?id={cell.inside[-1]}"
        if cell.person.get(url).status_code != 200:
            continue
        before, newest = _row(app, model, cell.inside[-1] if kind == "edit" else None), _newest(app, model)
        typed = valid(app, cell, fields_of(cell.person.get(url)))
        keys = {*inspect(model).columns.keys(), *inspect(model).relationships.keys()} - set(names) - {"id"}
        foreign = {pair[0].key for name in names if (relation := inspect(model).relationships.get(name)) for pair in relation.local_remote_pairs}
        extra = {key: _forged(model, key) for key in keys if key not in typed}
        answer = cell.person.send(url, typed | extra | {"id": str(NOBODY)})
        assert answer.status_code == 302 or 'id="token"' in answer.text, f"{kind}: the form was not saved, so nothing was proved"
        after = _row(app, model, cell.inside[-1] if kind == "edit" else _newest(app, model))
        assert kind == "edit" or after["id"] > newest
        for key in keys & set(inspect(model).columns.keys()) - foreign - {"version"}:
            if kind == "edit":
                assert after[key] == before[key], f"{kind} of {model.__name__} wrote {key}"
            else:
                assert str(after[key]) != extra.get(key), f"{kind} of {model.__name__} wrote {key}"


def _forged(model: type, key: str) -> str:
    column = inspect(model).columns.get(key)
    if column is None or column.foreign_keys:
        account = column is not None and any(key.column.table is User.__table__ for key in column.foreign_keys)
        return "1" if account else "2"  # a customer's account, and never the first branch: what no form chooses by itself
    if isinstance(column.type, Enum):
        return column.type.enum_class(list(column.type.enum_class)[-1]).value
    if isinstance(column.type, (UtcDateTime, DateTime, Date)):
        return "2001-02-03 04:05:06"
    return "77" if not isinstance(column.type, String) else "FORGED"


def _row(app: Any, model: type, number: int | None) -> dict[str, Any]:
    with app.app_context(), db.engine.connect() as connection:
        found = connection.execute(model.__table__.select().where(model.id == number)).mappings().one_or_none()
        return dict(found) if found else {}


def _newest(app: Any, model: type) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.max(model.id))) or 0
