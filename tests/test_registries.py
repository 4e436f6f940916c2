"""A new table costs one line in each registry; each omission is found here, and the failure names the file."""

import pytest
from flask_babel import LazyString
from sqlalchemy import inspect

from ecrm import policy
from ecrm.admin import lookup
from ecrm.admin.screens import SCREENS
from ecrm.cli.policy import details, markdown
from ecrm.extensions import db
from ecrm.models import MODELS, Branch, ComplaintCategory, CoverageArea, Plan, Role
from ecrm.models.account import STAFF, RoleName
from ecrm.rules import LIFECYCLES
from tests.test_floors import ROOT

TABLES = {mapper.class_ for mapper in db.Model.registry.mappers}
SCREEN_OF = {screen.model: screen for screen in SCREENS}
every = pytest.mark.parametrize("model", sorted(TABLES, key=lambda model: model.__name__), ids=lambda model: model.__name__)


@every
def test_registered(model):
    """Each table is in MODELS, has a screen, and a policy entry that somebody on the staff can read."""
    assert model in MODELS, f"{model.__name__}: add it to MODELS in ecrm/models/__init__.py"
    assert model in SCREEN_OF, f"{model.__name__}: write its screen in ecrm/admin/screens/ and add it to SCREENS in its __init__.py"
    assert model in policy.POLICY, f"{model.__name__}: give it an entry in POLICY of ecrm/policy.py"
    readers = [role for role in STAFF if policy.may(role, model, policy.Right.READ)]
    assert readers, f"{model.__name__}: nobody on the staff may read it; see its entry in ecrm/policy.py"


@every
def test_labelled(model):
    """Each table, column and relation says what people call it, in a text that can be translated."""
    for name in ("__label__", "__labels__"):
        assert isinstance(getattr(model, name, None), LazyString), f"{model.__name__}: give it {name} = _l(…) in its file in ecrm/models/"
    for item in (*inspect(model).columns, *inspect(model).relationships):
        assert isinstance(item.info.get("label"), LazyString), f"{model.__name__}.{item.key}: info=label(_l(…)) is missing in ecrm/models/"
    assert model.__str__ is not object.__str__ and "__str__" in vars(model), f"{model.__name__}: write its __str__ in ecrm/models/"


@every
def test_grants_name_what_exists(model):
    """Hidden columns and verbs of the policy exist; a misspelt one would hide or allow nothing."""
    known = set(inspect(model).all_orm_descriptors.keys())
    lifecycle = LIFECYCLES.get(model)
    verbs = {verb.name for verb in lifecycle.verbs} if lifecycle else set()
    verbs |= {deed.name for deed in SCREEN_OF[model].deeds}
    for role, grant in policy.POLICY[model].items():
        assert grant.hidden <= known, f"{role.value} on {model.__name__} in ecrm/policy.py hides unknown {sorted(grant.hidden - known)}"
        assert grant.verbs <= verbs, f"{role.value} on {model.__name__} in ecrm/policy.py names unknown verbs {sorted(grant.verbs - verbs)}"
        assert policy.Right.READ in grant.may, f"{role.value} on {model.__name__} in ecrm/policy.py may do things without reading"


@every
def test_screens_name_what_exists(model):
    """Each column that a screen declares exists, and each column of the table has a place on the screen or is left out on purpose."""
    screen = SCREEN_OF[model]
    known = set(inspect(model).columns.keys()) | set(inspect(model).relationships.keys())
    for attribute in ("columns", "details", "form", "form_create", "form_edit", "search", "filters", "sortable"):
        for path in getattr(screen, attribute) or ():
            assert path.partition(".")[0] in known, f"{screen.__name__}.{attribute} in ecrm/admin/screens/ names unknown “{path}”"
    for attribute in ("search", "sortable"):
        for name in getattr(screen, attribute):
            assert name in inspect(model).columns, f"{screen.__name__}.{attribute}: “{name}” is no column of the table"
    for name in ("status", "version", "id"):
        for form in (screen.form, screen.form_create or (), screen.form_edit or ()):
            assert name not in form, f"{screen.__name__}: “{name}” is on a form; a status changes by move() alone"


@every
def test_world_has_rows(app, model):
    """The tests' little company has a row of each table, so that every sweep meets it."""
    with app.app_context():
        assert db.session.query(model).first() is not None, f"{model.__name__}: add a row in tests/world.py"


def test_every_lifecycle_has_its_people():
    """Each verb is somebody's, or happens by itself."""
    by_itself = {("BandwidthGrant", "expire")}
    for model, lifecycle in LIFECYCLES.items():
        granted = set().union(*(grant.verbs for grant in policy.POLICY[model].values()))
        for verb in lifecycle.verbs:
            known = verb.name in granted or (model.__name__, verb.name) in by_itself
            assert known, f"{model.__name__}.{verb.name}: no role in ecrm/policy.py may do it"


def test_the_policys_page_is_current():
    """docs/policy.md is what the policy says."""
    text = (ROOT.parent / "docs" / "policy.md").read_text()
    assert all(rows for _table, _role, rows, *_more in details()), "a function of rows.py says in its docstring which rows it finds"
    assert text == markdown(), "run: flask --app ecrm policy --markdown > docs/policy.md"


def test_the_policy_is_printed(make_app):
    """`flask policy` prints each table and each role."""
    printed = make_app().test_cli_runner().invoke(args=["policy"])
    assert printed.exit_code == 0
    for name in [*(model.__tablename__ for model in MODELS), *(role.value for role in RoleName)]:
        assert name in printed.output


def test_the_policys_page_is_printed(make_app):
    """`flask policy --markdown` prints docs/policy.md, and nothing else."""
    assert make_app().test_cli_runner().invoke(args=["policy", "--markdown"]).output == (ROOT.parent / "docs" / "policy.md").read_text()


SMALL = (Branch, CoverageArea, ComplaintCategory, Plan, Role)  # tables that a company keeps by hand, and that fit a drop-down list
SPEAK_FOR_THEMSELVES = {
    "name", "name_en", "title", "title_en", "text", "city", "phone", "postcode", "plan", "since", "valid_from", "day", "closes", "down_mbps",
    "up_mbps", "applicant_name", "measure", "unit", "address", "branch",
}


@every
def test_an_empty_list_says_what_the_table_is_for(model):
    """A list without rows is the first that a new company sees."""
    assert isinstance(SCREEN_OF[model].empty, LazyString), f"{SCREEN_OF[model].__name__}: say in `empty` where its first row comes from"


@every
def test_fields_explain_themselves(model):
    """Each field of a form has help, unless its label says all; and help stands only at fields that there are."""
    screen = SCREEN_OF[model]
    fields = {*screen.form, *(screen.form_create or ()), *(screen.form_edit or ())}
    silent = {name for name in fields - set(screen.help) - SPEAK_FOR_THEMSELVES if "." not in name and name != "picture"}
    where = f"ecrm/admin/screens/: {screen.__name__}"
    relations = {relation.key for relation in inspect(model).relationships}
    assert not silent, f"{where} gives no help for {sorted(silent)}, or SPEAK_FOR_THEMSELVES of this test forgets them"
    assert set(screen.help) - {"picture"} <= fields, f"{where} helps with fields that its form does not have"
    for name in fields & relations:
        remote = inspect(model).relationships[name].mapper.class_
        assert remote in SMALL or remote in lookup.LARGE, f"{where}: “{name}” would list every {remote.__name__}; add it to LARGE in lookup.py"


@pytest.mark.parametrize("role", STAFF, ids=lambda role: role.value)
def test_relations_to_large_tables_are_looked_up(make_app, role):
    """In every form that a role gets, a row of a table that grows with the business is found by typing."""
    app = make_app()
    views = [view for site in app.extensions["admin"] if site.role is role for view in site._views if getattr(view, "model", None)]
    with app.test_request_context():
        for view in views:
            for form in (view._create_form_class(), view._edit_form_class()):
                for field in form:
                    relation = inspect(view.model).relationships.get(field.short_name)
                    large = relation is not None and relation.mapper.class_ not in SMALL
                    assert (view.control_of(field) == "lookup") is large, f"{view.endpoint}.{field.short_name}"


OVER = {"closed", "cancelled", "ended", "expired", "withdrawn", "ignored"}  # statuses that ask for nobody's eye: their badge has no colour


@every
def test_every_status_has_its_colour(model):
    """A badge that looks like any other is read letter by letter."""
    style = (ROOT / "static" / "staff" / "staff.css").read_text()
    for column in inspect(model).columns:
        if column.key in ("status", "state", "coverage", "level"):
            for member in column.type.enum_class:
                coloured = f".badge.is-{member.value}" in style
                assert coloured is not (member.value in OVER), f"{model.__name__}.{column.key}: {member.value} in static/staff/staff.css, or OVER"
