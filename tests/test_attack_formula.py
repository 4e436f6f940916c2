"""Formulas: nothing that a spreadsheet would calculate leaves by any export of any role, whatever stands in a column."""

import csv
import io

import pytest
from openpyxl import load_workbook

from ecrm import policy
from ecrm.models import MODELS
from ecrm.models.account import STAFF, RoleName
from tests.attack import plant
from tests.sweep import name_of
from tests.world import build

BEGINNINGS = ("=", "+1", "-2", "@", "\t", "\r", "＝")
FORMULAS = ("=HYPERLINK(\"http://evil.example\";\"x\")", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "\t=1+1", "\r=1+1", "＝1+1")


@pytest.fixture(scope="module")
def app(make_app):
    """The little company; the database makes no difference here."""
    app = make_app()
    build(app)
    return app


@pytest.mark.parametrize("role", STAFF, ids=name_of)
def test_no_cell_calculates(app, role):
    """Each cell begins with a letter, a figure or an apostrophe, or is no formula for a program that reads the file."""
    person, cells = app.test_client().become(role.value), 0
    for formula in FORMULAS if role is RoleName.SUPPORT else FORMULAS[:1]:
        plant(app, formula)
        for model in MODELS:
            if policy.may(role, model, policy.Right.EXPORT):
                base = f"/admin/{role.value}/{model.__tablename__}/export"
                table = list(csv.reader(io.StringIO(person.get(f"{base}/csv/").data.decode("utf-8-sig"))))
                for value in (cell for line in table for cell in line):
                    cells += formula.strip()[1:4] in value
                    assert not value.startswith(BEGINNINGS), f"{base}: {value}"
                sheet = load_workbook(io.BytesIO(person.get(f"{base}/xlsx/").data)).active
                for line in sheet.iter_rows():
                    assert all(cell.data_type != "f" for cell in line), base
    assert cells > 0 or not any(policy.may(role, model, policy.Right.EXPORT) for model in MODELS)
