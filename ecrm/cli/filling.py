"""The first data of an empty database: the operator's seed files, and in profile demo a small company."""

import click
from flask import current_app

from ecrm import seeds
from ecrm.cli.data import seed_folder
from ecrm.extensions import db
from ecrm.seeds.accounts import demo_logins_exist
from ecrm.seeds.demo.make import make_demo
from ecrm.seeds.load import load_seeds

CUSTOMERS, COMPLAINTS = 150, 900


def fill_empty() -> None:
    """Fill an empty database in one transaction; raises ClickException where a seed file is bad, and nothing is loaded."""
    try:
        if not seeds.is_empty(db.session()):
            return
        report = load_seeds(db.session(), seed_folder())
        if report.problems:
            raise click.ClickException(f"Nothing was loaded, of {len(report.problems)} problems the first is: {report.problems[0]}")
        if current_app.config["ECRM"]["PROFILE"] == "demo":
            with click.progressbar(length=CUSTOMERS + COMPLAINTS, label="Making a company to look at", show_eta=False) as bar:
                make_demo(db.session(), CUSTOMERS, COMPLAINTS, progress=bar.update)
        db.session.commit()
    finally:
        db.session.remove()


def demo_is_there() -> bool:
    """Return whether the demo's logins work here."""
    try:
        return demo_logins_exist(db.session())
    finally:
        db.session.remove()
