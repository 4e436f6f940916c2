"""Every list, details page, form and export of every table answers on MariaDB; on SQLite the sweeps open those of every role."""

from ecrm import policy
from ecrm.extensions import db
from ecrm.models import User
from tests.sweep import SCREEN_OF, WIDEST, cells
from tests.world import email, one


@cells([("mariadb", *cell) for cell in WIDEST])
def test_pages_answer(app, browser, role, model):
    """The list, a row, and the forms where the role has them."""
    person, screen = browser(role.value), SCREEN_OF[model]
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
