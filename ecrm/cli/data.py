"""Commands that bring data in: `seed`, `demo` and `import customers`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ecrm.extensions import db
from ecrm.seeds.load import load_seeds


def seed_folder() -> Path:
    """Return the folder of the seed files that come with the project."""
    return Path(current_app.root_path).parent / "seed_data"


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@with_appcontext
def seed(folder: Path | None) -> None:
    """Load branches, areas, plans, categories and promos from the CSV files in FOLDER; again and again."""
    report = load_seeds(db.session(), folder or seed_folder())
    db.session.commit()
    for name, (new, changed) in report.done.items():
        click.echo(f"{name}: {new} new, {changed} changed")
    for problem in report.problems:
        click.echo(str(problem), err=True)
    refused = sorted({problem.file for problem in report.problems})
    if refused:
        raise click.ClickException(f"Not loaded: {', '.join(refused)}. Correct what is listed above and run this again.")


COMMANDS: tuple[click.Command, ...] = (seed,)
