"""What must hold before the server answers: folders to write in, a database at our revision with data in it, no demo logins."""

import gc
import tempfile
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from ecrm import revisions
from ecrm.backup import is_empty
from ecrm.cli.setup import unwritable
from ecrm.extensions import db
from ecrm.seeds.accounts import demo_logins_exist
from ecrm.storage.keeping import bucket

PAGES = ("admin/", "portal/", "security/", "offline/", "errors/")  # the folders of the templates of pages

def settle(app: Flask) -> None:
    """Do before the first page what the first people would wait for: compile all templates, and sort out what stays.

    The collector of garbage stops a page for a quarter of a second to go through all that the start has made, unless it is told
    that this stays (https://docs.python.org/3/library/gc.html).
    """
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(PAGES)):
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()


def check_folders() -> None:
    """Make the folders that this installation writes in, for us alone; raises ClickException where one, or the bucket, cannot be used."""
    settings = current_app.config["ECRM"]
    folders = [] if _bucket_is_there(settings) else [Path(settings["ATTACHMENTS_DIR"])]
    if db.engine.dialect.name == "sqlite" or not settings["MAIL_SERVER"]:
        folders.append(Path(current_app.instance_path))
    if db.engine.dialect.name == "sqlite":
        folders.append(Path(db.engine.url.database).parent)
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise unwritable(folder, error) from error


def _bucket_is_there(settings: dict[str, Any]) -> bool:
    """Return whether attachments are kept in a bucket; raises ClickException where it cannot be used."""
    if not settings["S3_BUCKET"]:
        return False
    try:
        bucket(settings).check()
    except OSError as error:
        raise click.ClickException(f"The bucket {settings['S3_BUCKET']} cannot be used ({error.strerror}): correct ECRM_S3_BUCKET, _ENDPOINT and the keys.") from error
    return True


def migrate_database() -> None:
    """Bring the database to our revision; raises ClickException where it does not answer or is newer than the program."""
    try:
        with db.engine.connect() as connection:
            found = revisions.found(connection)
    except DBAPIError as error:
        raise unreachable(error) from error
    unknown = found - set(revisions.known())
    if unknown:
        raise click.ClickException(
            f"The database {_address()} is newer than this program (revision {unknown.pop()}): install the newer program, "
            "or restore the backup from before its migration."
        )
    if found == {revisions.head()}:
        return
    click.echo("Bringing the database up to date …")
    try:
        revisions.upgrade(db.engine)
    except DBAPIError as error:
        raise click.ClickException(
            f"The migration of {_address()} failed: {reason(error)}. Where this user may not change tables, run `flask --app ecrm db upgrade` "
            "with the ECRM_DATABASE_URL of one who may (docs/production.md).") from error


def migrate_empty(engine: Engine, revision: str) -> None:
    """Bring an empty database to a revision; raises ClickException where it holds rows, or is at another one already."""
    with engine.connect() as connection:
        found, empty = revisions.found(connection), is_empty(connection)
    if not empty:
        raise click.ClickException(f"The database {engine.url!r} is not empty; nothing was changed.")
    if found and found != {revision}:
        raise click.ClickException(f"The database {engine.url!r} is at revision {found.pop()}, not {revision}: name one without tables.")
    if not found:
        revisions.upgrade(engine, revision)


def unreachable(error: DBAPIError) -> click.ClickException:
    """Return the refusal that says which database does not answer, or is no database of ours yet, why, and what to do."""
    why = reason(error)
    if "no such table" in why or "doesn't exist" in why:
        return click.ClickException(f"The database {_address()} is not up to date: {why}; run `flask --app ecrm db upgrade`, or correct ECRM_DATABASE_URL.")
    remedy = "is the folder there and writable?" if db.engine.dialect.name == "sqlite" else "start the server, or"
    return click.ClickException(f"The database {_address()} cannot be used: {why}; {remedy} correct ECRM_DATABASE_URL.")


def check_production() -> None:
    """Refuse logins that everybody knows; raises ClickException in production where the database has them."""
    if current_app.config["ECRM"]["PROFILE"] != "production":
        return
    try:
        exist = demo_logins_exist(db.session())
    except DBAPIError as error:
        raise unreachable(error) from error
    finally:
        db.session.remove()
    if exist:
        raise click.ClickException(
            f"The database {_address()} holds logins of the demo, whose password everybody knows: start production with an empty database."
        )


def _address() -> str:
    return db.engine.url.render_as_string(hide_password=True)


def reason(error: DBAPIError) -> str:
    """Return what the database says, on one line."""
    args = error.orig.args if error.orig is not None else ()
    return " ".join(str(args[-1] if args else error).split()).rstrip(".")
