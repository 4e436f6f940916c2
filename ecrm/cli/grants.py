"""`flask grants propose` drafts the bandwidth additions that the rules give."""

import click
from flask.cli import AppGroup

from ecrm.extensions import db
from ecrm.jobs import propose_grants
from ecrm.models.base import now
from ecrm.row_by_row import Hand

grants = AppGroup("grants", help="Bandwidth additions: what the rules propose.")


@grants.command()
def propose() -> None:
    """Draft what the active rules give, as the worker does once a month; support approves."""
    click.echo(f"Bandwidth additions proposed: {propose_grants(db.session(), now(), Hand('command'))}")


COMMANDS: tuple[click.Command, ...] = (grants,)
