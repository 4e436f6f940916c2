"""`flask counters check` holds the kept counts of days against the rows; `flask counters rebuild` counts all days anew."""

import click
from flask.cli import AppGroup
from sqlalchemy import delete

from ecrm.extensions import db
from ecrm.models import CountedDay
from ecrm.models.base import now
from ecrm.reports.counted import keeping

counters = AppGroup("counters", help="Kept counts of days, which reports add up.")


@counters.command()
def check() -> None:
    """Count each kept day anew and compare; a difference that nothing marks is an error, told with its day."""
    found = list(keeping.wrong(db.session(), now()))
    db.session.rollback()
    for day in found:
        click.echo(f"{day}: the counts are not those of its complaints")
    if found:
        raise click.ClickException(f"{len(found)} days are wrong: flask --app ecrm counters rebuild")
    click.echo("All counted days agree with their complaints.")


@counters.command()
def rebuild() -> None:
    """Forget all counts and count every day until yesterday anew."""
    db.session.execute(delete(CountedDay))
    db.session.commit()
    days = keeping.due(db.session(), now())
    for day in days:
        keeping.count(db.session(), day, now())
        db.session.commit()
    click.echo(f"Days counted: {len(days)}")


COMMANDS: tuple[click.Command, ...] = (counters,)
