"""`flask letters` shows the outbox and puts failed letters back."""

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from ecrm.extensions import db
from ecrm.models import Letter
from ecrm.models.base import now
from ecrm.models.letter import LetterState
from ecrm.rules import letter as rules


@click.group(invoke_without_command=True)
@click.pass_context
@with_appcontext
def letters(context: click.Context) -> None:
    """Show how many letters wait, were sent and failed."""
    if context.invoked_subcommand:
        return
    queued = select(Letter).where(Letter.state == LetterState.QUEUED).order_by(Letter.queued_at).limit(1)
    counts = {state: count for state, count in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))}
    oldest = db.session.scalars(queued).first()
    for state in LetterState:
        click.echo(f"{state.value:8}{counts.get(state, 0):8}")
    if oldest:
        error = f": {oldest.last_error}" if oldest.last_error else ""
        click.echo(f"The oldest waits since {oldest.queued_at:%Y-%m-%d %H:%M} UTC; tries: {oldest.tries}{error}")


@letters.command()
@with_appcontext
def retry() -> None:
    """Put the letters that were given up back into the queue."""
    failed = list(db.session.scalars(select(Letter).where(Letter.state == LetterState.FAILED)))
    again = [letter for letter in failed if rules.failed(letter)]
    for letter in again:
        rules.again(letter, now())
    db.session.commit()
    click.echo(f"Letters that are tried again: {len(again)}")
    if len(again) < len(failed):
        click.echo(f"Letters that held a link to an account, which is gone, so that the person has to ask again: {len(failed) - len(again)}")


COMMANDS: tuple[click.Command, ...] = (letters,)
