"""`flask grants propose` drafts the bandwidth additions that the rules give; `flask grants speeds` prints what provisioning sets."""

import csv
import sys

import click
from flask.cli import AppGroup

from ecrm.extensions import db
from ecrm.jobs import propose_grants
from ecrm.models.base import now
from ecrm.reports import speeds as found
from ecrm.row_by_row import Hand

grants = AppGroup("grants", help="Bandwidth additions: what the rules propose, and the speeds that follow.")


@grants.command()
def propose() -> None:
    """Draft what the active rules give, as the worker does once a month; support approves."""
    click.echo(f"Bandwidth additions proposed: {propose_grants(db.session(), now(), Hand('command'))}")


@grants.command()
@click.option("--format", "kind", type=click.Choice(["csv", "radius"]), default="csv", show_default=True)
def speeds(kind: str) -> None:
    """Print the effective speed of every subscription that runs: as CSV, or as a RADIUS users file with MikroTik's rate limits."""
    rows = found.every(db.engine, now())
    if kind == "radius":
        sys.stdout.writelines(found.radius(rows))
        return
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(found.HEADER)
    table.writerows(one.row() for one in rows)


COMMANDS: tuple[click.Command, ...] = (grants,)
