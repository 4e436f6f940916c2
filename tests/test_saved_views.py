"""A saved view belongs to the person who made it; shared, the others of the role see it and cannot change it."""

import pytest

from ecrm.extensions import db
from ecrm.models import SavedView, User
from ecrm.models.account import RoleName
from tests.sweep import fields_of
from tests.world import email, one


@pytest.fixture
def view(app):
    """A view of technician2's that is shared with the technicians."""
    with app.app_context():
        row = SavedView(name="Bandung", owner=one(User, email=email("technician2")), role=RoleName.TECHNICIAN, table="complaint",
                        query="flt0_status=new", shared=True)
        db.session.add(row)
        db.session.commit()
        return row.id


def test_only_the_owner_changes_it(app, browser, view):
    """Editing and deleting are refused for a colleague, and go through for the owner."""
    base = "/admin/technician/saved_view"
    other, owner = browser("technician"), browser("technician2")
    shown = other.get(f"{base}/details/?id={view}").get_data(as_text=True)
    assert "Bandung" in shown and 'id="edit"' not in shown and 'id="delete"' not in shown
    mine = owner.get(f"{base}/details/?id={view}").get_data(as_text=True)
    assert 'id="edit"' in mine and 'id="delete"' in mine
    for answer in (other.get(f"{base}/edit/?id={view}"), other.send(f"{base}/edit/?id={view}", {"name": "x"}), other.send(f"{base}/delete/", {"id": view})):
        assert answer.status_code == 403
    with app.app_context():
        assert one(SavedView, id=view).name == "Bandung"
    typed = fields_of(owner.get(f"{base}/edit/?id={view}")) | {"name": "Bandung baru"}
    assert owner.send(f"{base}/edit/?id={view}", typed).status_code == 302
    with app.app_context():
        assert one(SavedView, id=view).name == "Bandung baru"
    assert owner.send(f"{base}/delete/", {"id": view}).status_code == 302
    with app.app_context():
        assert db.session.get(SavedView, view) is None


def test_not_shared_it_is_nobody_elses(app, browser, view):
    """What is not shared does not exist for a colleague, nor a shared one for another role."""
    assert browser("support").get(f"/admin/support/saved_view/details/?id={view}").status_code == 404
    with app.app_context():
        one(SavedView, id=view).shared = False
        db.session.commit()
    assert browser("technician").get(f"/admin/technician/saved_view/details/?id={view}").status_code == 404
