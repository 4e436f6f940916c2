"""`flask risk` counts the scores anew; `flask risk-backtest` says how well they would have told who left."""

import click
from flask.cli import with_appcontext

from ecrm.extensions import db
from ecrm.models.base import now
from ecrm.reports import backtest
from ecrm.rules import risk as rules


@click.command()
@with_appcontext
def risk() -> None:
    """Count the risk scores of all active subscriptions now, as the worker does each day."""
    found = rules.keep(db.session(), now())
    db.session.commit()
    click.echo(f"Subscriptions with signs that speak against staying: {found}")


@click.command("risk-backtest")
@with_appcontext
def risk_backtest() -> None:
    """Score the past, every 30 days, and count who left in the 90 days after: in the top tenth, and among all."""
    found = list(backtest.trials(db.session(), now()))
    if not found:
        raise click.ClickException("No subscription has ended yet: there is nothing to hold the scores against.")
    click.echo("day         active  left  top tenth  of them left")
    for one in found:
        click.echo(f"{one.at:%Y-%m-%d}  {one.active:6}  {one.left:4}  {one.top:9}  {one.top_left:12}")
    ratio = backtest.ratio(found)
    click.echo("Too few have left to say more." if ratio is None else f"The top tenth left {ratio:.1f} times as often as the others.")


COMMANDS: tuple[click.Command, ...] = (risk, risk_backtest)
