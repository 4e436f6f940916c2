"""Commands that bring data in: `seed`, `demo` and `import customers`."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ecrm.extensions import db
from ecrm.models.base import now
from ecrm.seeds import is_empty
from ecrm.seeds.accounts import DEMO_LOGINS
from ecrm.seeds.customer_import import Report, check, load
from ecrm.seeds.demo.make import DemoRefused, check_empty, make_demo
from ecrm.seeds.load import load_seeds
from ecrm.seeds.sheet import Unreadable


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
    try:
        check_empty(session)
        with click.progressbar(length=customers + complaints, label="Making the demo") as bar:
            make_demo(session, customers, complaints, dice, bar.update)
    except DemoRefused as refused:
        raise click.ClickException(str(refused)) from refused
    session.commit()
    click.echo(f"{customers} customers and {complaints} complaints are there.")
    for role, email, password in DEMO_LOGINS:
        click.echo(f"{role.value:<14} {email:<28} {password}")


@click.group("import")
def import_() -> None:
    """Bring existing lists in."""


@import_.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would happen, and change nothing.")
@click.option("--partial", is_flag=True, help="Load the good rows even where others are wrong.")
@click.option("--errors", type=click.Path(path_type=Path), help="Where the wrong rows go; default: FILE.errors.csv beside FILE.")
@with_appcontext
def customers(file: Path, dry_run: bool, partial: bool, errors: Path | None) -> None:
    """Bring the customer list FILE (CSV or XLSX) in; again and again, by customer number."""
    errors = errors or file.with_suffix(".errors.csv")
    if errors.resolve() == file.resolve():
        raise click.ClickException("--errors must be another file than the list itself.")
    report = _check(file, errors)
    _say(report, errors)
    wrong = report.counts["error"]
    if wrong and not (partial and not dry_run):
        remedy = "Nothing was loaded. Correct the rows, or load the others with --partial."
        raise click.ClickException("Nothing was changed." if dry_run else remedy)
    if dry_run:
        click.echo("Nothing was changed: this was a dry run.")
        return
    try:
        load(db.session(), file, now())
        db.session.commit()
    except (IntegrityError, StaleDataError) as error:
        raise click.ClickException("Somebody changed these customers meanwhile; nothing was loaded, try again.") from error
    click.echo(f"Loaded: {report.counts['new']} new, {report.counts['changed']} changed.")


def _check(file: Path, errors: Path) -> Report:
    """Return what the list would do; raises ClickException where a file cannot be read or written."""
    try:
        return check(db.session(), file, errors)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def _say(report: Report, errors: Path) -> None:
    """Print the counts and the first rows that would do something."""
    click.echo(", ".join(f"{count} {name}" for name, count in report.counts.items()))
    if report.ignored:
        click.echo(f"Ignored columns: {', '.join(report.ignored)}")
    for line in report.first:
        click.echo(line)
    if report.counts["error"]:
        click.echo(f"The wrong rows are in {errors}, each with its reasons; correct them there and load that file.")


COMMANDS: tuple[click.Command, ...] = (seed, demo, import_)
