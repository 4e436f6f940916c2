"""`flask move-data` takes a company from one database to another, of the same kind or not."""

from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from ecrm import config, revisions, setting_kinds
from ecrm.backup import Mismatch, Shape, Sum, compare, fill, keep_next_ids, lines, next_ids, shapes, snapshot
from ecrm.cli.ready import migrate_empty, reason
from ecrm.extensions import engine_options


class Address(click.ParamType):
    """The address of a database, as the setting DATABASE_URL takes it."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> Engine:
        """Return an engine; nothing is connected yet."""
        try:
            ca = config.read(config.instance_folder())["DATABASE_CA"]  # there is no application yet
            return create_engine(setting_kinds.database(value), **engine_options(value, ca))
        except ValueError as error:
            self.fail(str(error), param, context)


@click.command("move-data")
@click.argument("source", type=Address())
@click.argument("target", type=Address())
@with_appcontext
def move_data(source: Engine, target: Engine) -> None:
    """Copy all rows from the database SOURCE to the empty database TARGET, and compare both table by table.

    Attachments stay where they are. Stop the server and the worker before, and set ECRM_DATABASE_URL afterwards.
    """
    try:
        with snapshot(source) as reading:
            if revisions.found(reading) != {revisions.head()}:
                raise click.ClickException(f"{source.url!r} is not at this program's revision: start it once with this program first.")
            migrate_empty(target, revisions.head())
            with target.begin() as writing:
                moved = [(shape, _copied(shape, lines(reading, shape), writing)) for shape in shapes()]
            numbers = next_ids(reading)
        with target.connect() as writing:
            keep_next_ids(writing, numbers)
    except Mismatch as wrong:
        raise click.ClickException(f"{wrong}. Nothing was copied.") from wrong
    except DBAPIError as error:
        raise click.ClickException(f"{reason(error)}. Nothing was copied.") from error
    finally:
        source.dispose()
        target.dispose()
    click.echo(f"Copied and compared: {sum(total.rows for _, total in moved)} rows in {len(moved)} tables.")


def _copied(shape: Shape, found: Iterator[bytes], writing: Connection) -> Sum:
    """Copy one table, read it again on the other side, and print what was found there."""
    total = fill(writing, shape, found)
    compare(writing, shape, total)
    click.echo(f"{shape.name:20} {total.rows:9} rows  {total.total:064x}"[:55])
    return total


COMMANDS: tuple[click.Command, ...] = (move_data,)
