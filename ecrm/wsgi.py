"""The application for another WSGI server: `ecrm.wsgi:app`; it refuses what `flask start` refuses in production."""

import logging

import click
from flask import Flask

from ecrm import create_app, logs
from ecrm.cli.ready import check_production, settle
from ecrm.extensions import db


def make() -> Flask:
    """Return the application; ends the process with one line where a setting or the database forbids to start."""
    try:
        app = create_app()
        logs.set_up(app.config["ECRM"]["LOG_FORMAT"], logging.WARNING)
        with app.app_context():
            check_production()
            db.engine.dispose()  # no connection is shared by processes that fork from here
    except click.ClickException as refusal:
        refusal.show()
        raise SystemExit(1) from refusal
    settle(app)
    return app


app = make()
