"""The application for another WSGI server: `ecrm.wsgi:app`; it refuses what `flask start` refuses in production."""

import click
from flask import Flask

from ecrm import create_app
from ecrm.cli.ready import check_production


def make() -> Flask:
    """Return the application; ends the process with one line where a setting or the database forbids to start."""
    try:
        app = create_app()
        with app.app_context():
            check_production()
    except click.ClickException as refusal:
        refusal.show()
        raise SystemExit(1) from refusal
    return app


app = make()
