"""`flask move-data` takes a company from one database to another, of the same kind or not; `flask move-attachments` its files."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from ecrm import revisions, setting_kinds
from ecrm.backup import Mismatch, Shape, Sum, compare, fill, keep_next_ids, keys_of, lines, next_ids, shapes, snapshot
from ecrm.cli.ready import migrate_empty, reason
from ecrm.extensions import db, engine_options
from ecrm.storage.keeping import FolderStore, Store, bucket


class Address(click.ParamType):
    """The address of a database, as the setting DATABASE_URL takes it."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> str:
        """Return the address as it is written, where it is one."""
        try:
            return setting_kinds.database(value)
        except ValueError as error:
            self.fail(str(error), param, context)


@click.command("move-data")
@click.argument("source", type=Address())
@click.argument("target", type=Address())
@with_appcontext
def move_data(source: str, target: str) -> None:
    """Copy all rows from the database SOURCE to the empty database TARGET, and compare both table by table.

    Attachments stay where they are. Stop the server and the worker before, and set ECRM_DATABASE_URL afterwards.
    """
    _move(*(create_engine(address, **engine_options(address, current_app.config["ECRM"]["DATABASE_CA"])) for address in (source, target)))


def _move(source: Engine, target: Engine) -> None:
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


@click.command("move-attachments")
@click.argument("source")
@click.argument("target")
@with_appcontext
def move_attachments(source: str, target: str) -> None:
    """Copy every file that a row speaks of from SOURCE to TARGET, and compare each by its SHA-256.

    Both are folders, or “s3” for the bucket of the settings. Files are only ever added: run it while everybody works, change the
    settings, and run it once more. What is there already is not sent again, and nothing is removed from SOURCE.
    """
    from_, to, lost = _place(source), _place(target), []
    copied = there = 0
    try:
        with snapshot(db.engine) as reading:
            for key in keys_of(reading):
                if to.exists(key):
                    there += 1
                elif _carried(key, from_, to):
                    copied += 1
                else:
                    lost.append(key)
    except OSError as error:
        raise click.ClickException(f"{error.strerror or error}: {copied} files were copied before; run it again.") from error
    except DBAPIError as error:
        raise click.ClickException(f"{reason(error)}.") from error
    click.echo(f"Copied and compared: {copied} files; {there} were there already.")
    if lost:
        raise click.ClickException(f"{len(lost)} files that rows speak of are not in {source}, or damaged there: {', '.join(lost[:3])} …")


def _place(name: str) -> Store:
    settings = current_app.config["ECRM"]
    if name != "s3":
        return FolderStore(Path(name))
    if not settings["S3_BUCKET"]:
        raise click.ClickException("Name the bucket with ECRM_S3_BUCKET (and ECRM_S3_ENDPOINT) first.")
    return bucket(settings)


def _carried(key: str, source: Store, target: Store) -> bool:
    """Copy one file; return whether it was there, and was what its name says."""
    try:
        with source.open(key) as file:
            content = file.read()
    except FileNotFoundError:
        return False
    if sha256(content).hexdigest() != key[-64:]:
        return False
    target.put(content)
    return True


COMMANDS: tuple[click.Command, ...] = (move_data, move_attachments)
