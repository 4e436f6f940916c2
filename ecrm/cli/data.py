"""Commands that bring data in: `seed`, `demo` and `import customers`."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ecrm.extensions import db
from ecrm.seeds import is_empty
from ecrm.seeds.accounts import DEMO_LOGINS
from ecrm.seeds.demo.make import NotEmpty, make_demo
from ecrm.seeds.load import load_seeds


def seed_folder() -> Path:
    """Return the folder of the seed files: beside the package, or where an installed wheel puts them."""
    beside = Path(current_app.root_path).parent / "seed_data"
    return beside if beside.is_dir() else Path(sys.prefix) / "share" / "ecrm" / "seed_data"


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@with_appcontext
def seed(folder: Path | None) -> None:
    """Load branches, areas, plans, categories and promos from the CSV files in FOLDER; again and again."""
    _load(folder or seed_folder())


def _load(folder: Path) -> None:
    """Load a folder, commit the good files, and say what happened; raises ClickException where a file was refused."""
    report = load_seeds(db.session(), folder)
    db.session.commit()
    for name, (new, changed) in report.done.items():
        click.echo(f"{name}: {new} new, {changed} changed")
    for problem in report.problems:
        click.echo(str(problem), err=True)
    refused = sorted({problem.file for problem in report.problems})
    if refused:
        raise click.ClickException(f"Not loaded: {', '.join(refused)}. Correct what is listed above and run this again.")


@click.command()
@click.option("--customers", type=click.IntRange(min=10), required=True, help="How many customers.")
@click.option("--complaints", type=click.IntRange(min=30), required=True, help="How many complaints.")
@click.option("--seed", "dice", type=int, default=7, show_default=True, help="The same number gives the same company.")
@with_appcontext
def demo(customers: int, complaints: int, dice: int) -> None:
    """Fill a database without customers with a believable company: three years of history, ending now."""
    if current_app.config["ECRM"]["PROFILE"] == "production":
        raise click.ClickException("The demo has known passwords; it is not for ECRM_PROFILE=production.")
    session = db.session()
    if is_empty(session):
        _load(seed_folder())
    with click.progressbar(length=customers + complaints, label="Demo") as bar:
        try:
            make_demo(session, customers, complaints, dice, bar.update)
        except NotEmpty as refused:
            raise click.ClickException(str(refused)) from refused
    session.commit()
    click.echo(f"{customers} customers and {complaints} complaints are there.")
    for role, email, password in DEMO_LOGINS:
        click.echo(f"{role.value:<14} {email:<28} {password}")


COMMANDS: tuple[click.Command, ...] = (seed, demo)
