"""The first account of an installation: made at the command line, its password chosen on a page."""

import re

from ecrm import create_app
from ecrm.extensions import db
from ecrm.models import User
from tests.smtp import free_port
from tests.world import email, one


def run(app, *words, code=0):
    """Run the command and return what it said."""
    done = app.test_cli_runner().invoke(args=["administrator", *words])
    assert done.exit_code == code, done.output
    return done.output


def test_it_opens_the_door(app, browser):
    """The link chooses the password; with it the administrator's site opens; a second run gives a new link."""
    path = re.search(r"http://127\.0\.0\.1:8000(/reset/\S+)", run(app, "Sari@Mail.Example", "Sari Dewi"))[1]
    person = browser()
    assert person.send(path, {"password": "kata-sandi-panjang-7", "password_confirm": "kata-sandi-panjang-7"}).status_code == 302
    person = browser()
    person.send("/login", {"email": "sari@mail.example", "password": "kata-sandi-panjang-7"})
    assert person.get("/admin/administrator/").status_code == 200
    assert "/reset/" in run(app, "sari@mail.example", "Sari Dewi")
    with app.app_context():
        assert one(User, email="sari@mail.example").name == "Sari Dewi"


def test_it_takes_no_account_over(app, make_app):
    """Somebody else's account stays theirs, an address must be one, and roles come first."""
    assert "somebody else" in run(app, email("customer"), "X", code=1)
    assert "no e-mail address" in run(app, "sari", "X", code=1)
    assert "special-use" in run(app, "sari@kantor.local", "X", code=1), "the log-in would not take it either"
    with app.app_context():
        assert db.session.query(User).filter_by(name="X").count() == 0
    assert "no roles yet" in run(make_app(), "sari@mail.example", "X", code=1)


def test_a_database_that_is_away(app):
    """One line with its address, without the password in it."""
    away = create_app(app.config["ECRM"] | {"DATABASE_URL": f"mysql+pymysql://ecrm:RAHASIA@127.0.0.1:{free_port()}/ecrm"})
    said = run(away, "sari@mail.example", "Sari", code=1)
    assert said.startswith("Error: The database ") and said.count("\n") == 1 and "cannot be used" in said and "RAHASIA" not in said
