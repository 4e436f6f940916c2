"""`flask backup` keeps a company in one file while everybody works on; `flask restore` brings it back into an empty database."""

import hmac
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from ecrm import revisions
from ecrm.backup import FORMAT, Damaged, Header, Mismatch, Reader, Taken, bring_back, keep_next_ids, take
from ecrm.cli.ready import migrate_empty, reason
from ecrm.config import REQUIRED, SETTINGS
from ecrm.extensions import db
from ecrm.models.base import now
from ecrm.storage.keeping import store


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@with_appcontext
def backup(file: Path) -> None:
    """Write rows, attachments and settings (but no secrets) to FILE, or to standard output for “-”.

    Everybody may go on working meanwhile. The secrets in config.py are not in it: keep a copy of them elsewhere.
    """
    with db.engine.connect() as connection:
        found = revisions.found(connection)
    if found != {revisions.head()}:
        raise click.ClickException("The database is not at this program's revision: run `flask --app ecrm db upgrade` first.")
    with _target(file) as stream:
        taken = take(db.engine, store(), stream, _facts(), _settings(), lambda what: click.echo(f"  {what}", err=True))
    _say(file, taken)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--check", is_flag=True, help="Read the whole file, compare every checksum, and change nothing.")
@click.option("--migrate", is_flag=True, help="Take a backup of an older program, and migrate it.")
@with_appcontext
def restore(file: Path, check: bool, migrate: bool) -> None:
    """Bring the backup FILE into an empty database, of whichever kind, and its attachments into the store."""
    try:
        with file.open("rb") as opened:
            reader = Reader(opened)
            header = _header(reader)
            manifest = _checked(reader, file)
            if check:
                click.echo(f"{file} is whole: {_rows_of(manifest)} rows and {manifest['files']} attachments of {header.made_at}.")
                return
            _prepare(header, migrate)
            with db.engine.begin() as connection:
                bring_back(connection, store(), reader, header, manifest, lambda what: click.echo(f"  {what}", err=True))
        _finish(header)
    except (Damaged, Mismatch) as wrong:
        raise click.ClickException(f"{file} cannot be restored: {wrong}. Nothing was changed.") from wrong
    except DBAPIError as error:
        raise click.ClickException(f"{file} cannot be restored: {reason(error)}. Nothing was changed.") from error
    click.echo(f"Restored: {_rows_of(manifest)} rows and {manifest['files']} attachments of {header.made_at}.")


@contextmanager
def _target(file: Path) -> Iterator[BinaryIO]:
    """Give a stream to FILE, which appears whole, for its owner alone, and never over another; raises ClickException."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    part = file.with_name(f"{file.name}.part")
    try:
        if file.exists():
            raise click.ClickException(f"{file} is there already; nothing was written.")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.rename(file)
    except OSError as error:
        raise click.ClickException(f"{error.filename or file}: {error.strerror}. There is no backup.") from error
    finally:
        with suppress(OSError):  # a folder that lets nobody in has no part either
            part.unlink(missing_ok=True)


def _facts() -> dict[str, Any]:
    secrets = {setting.name: _mark(setting.name) for setting in SETTINGS if setting.default is REQUIRED}
    return {"program": version("ecrm"), "revision": revisions.head(), "made_at": now().isoformat(timespec="seconds"), "secrets": secrets}


def _mark(name: str) -> str:
    """Return by what a secret of at least 256 bits is known again, and nothing else."""
    return hmac.digest(current_app.config["ECRM"][name].encode(), b"ecrm backup", "sha256")[:4].hex()


def _settings() -> dict[str, Any]:
    values = current_app.config["ECRM"]
    return {setting.name: values[setting.name] for setting in SETTINGS if not setting.secret}


def _say(file: Path, taken: Taken) -> None:
    rows = sum(total.rows for total in taken.sums.values())
    click.echo(f"{file}: {rows} rows and {taken.files} attachments ({taken.bytes / 1e6:.1f} MB).", err=str(file) == "-")
    if taken.missing:
        shown = ", ".join(taken.missing[:3])
        click.echo(f"The store has lost {len(taken.missing)} attachments that rows speak of: {shown} …", err=True)


def _header(reader: Reader) -> Header:
    found = reader.first()
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Damaged("it is no backup that this program can read")
    try:
        return Header(**found)
    except TypeError as error:
        raise Damaged("its header is not what was written") from error


def _checked(reader: Reader, file: Path) -> dict[str, Any]:
    click.echo(f"Checking {file} …", err=True)
    return reader.check()


def _prepare(header: Header, migrate: bool) -> None:
    """Bring the empty database to the backup's revision; raises ClickException where it is not empty or not ours to take."""
    known, head = revisions.known(), revisions.head()
    made = f"The backup was made by version {header.program} at revision {header.revision}"
    if header.revision not in known:
        raise click.ClickException(f"{made}, which this program does not know: install that version or a newer one.")
    if header.revision != head and not migrate:
        raise click.ClickException(f"{made}, this program is at {head}: `--migrate` restores it and migrates it.")
    migrate_empty(db.engine, header.revision)


def _finish(header: Header) -> None:
    with db.engine.connect() as connection:
        keep_next_ids(connection, header.next_ids)
    if header.revision != revisions.head():
        revisions.upgrade(db.engine)
    others = [name for name, mark in header.secrets.items() if mark != _mark(name)]
    if others:
        click.echo(f"Other secrets than at the backup: {', '.join(others)}. Until they are brought back from their copy, "
                   "passwords or two-factor codes of before do not work.", err=True)


def _rows_of(manifest: dict[str, Any]) -> int:
    return sum(table["rows"] for table in manifest["tables"].values())


COMMANDS: tuple[click.Command, ...] = (backup, restore)
