"""Every list and every details page of every role answers."""

import pytest

from ecrm import policy
from ecrm.admin.screens import SCREENS
from ecrm.extensions import db
from ecrm.models import User
from ecrm.models.account import STAFF
from tests.world import email, one

CELLS = [(role, screen) for role in STAFF for screen in SCREENS if policy.grant(screen.model, role)]


@pytest.mark.parametrize(("role", "screen"), CELLS, ids=lambda value: getattr(value, "value", None) or value.__name__)
def test_pages_answer(app, browser, role, screen):
    """The list, a row, and the forms where the role has them."""
    person = browser(role.value)
    base = f"/admin/{role.value}/{screen.model.__tablename__}/"
    assert person.get(base).status_code == 200
    with app.app_context():
        row = db.session.scalars(policy.visible(screen.model, role, one(User, email=email(role.value)))).first()
    if row is not None:
        assert person.get(f"{base}details/?id={row.id}").status_code == 200
    if policy.may(role, screen.model, policy.Right.CREATE) and (screen.form or screen.form_create):
        assert person.get(f"{base}new/").status_code == 200
    if policy.may(role, screen.model, policy.Right.EDIT) and row is not None:
        assert person.get(f"{base}edit/?id={row.id}").status_code == 200
    if policy.may(role, screen.model, policy.Right.EXPORT):
        for kind in ("csv", "xlsx"):
            assert person.get(f"{base}export/{kind}/").status_code == 200
