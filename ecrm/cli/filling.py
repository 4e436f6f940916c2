"""The first data of an empty database: the operator's seed files, and in profile demo a small company."""

import click
from flask import current_app

from ecrm import seeds
from ecrm.cli.data import seed_folder
from ecrm.extensions import db
from ecrm.seeds.accounts import demo_logins_exist
from ecrm.seeds.load import load_seeds


def fill_empty() -> None:
    """Load the seed files where the database is empty; raises ClickException where one of them is bad."""
    try:
        if not seeds.is_empty(db.session()):
            return
        report = load_seeds(db.session(), seed_folder())
        if report.problems:
            raise click.ClickException(f"{report.problems[0]} ({len(report.problems)} problems; nothing was loaded).")
        db.session.commit()
    finally:
        db.session.remove()


def demo_is_there() -> bool:
    """Return whether the demo's logins work here."""
    try:
        return demo_logins_exist(db.session())
    finally:
        db.session.remove()
