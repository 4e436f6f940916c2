"""How Alembic reaches the application's database."""

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import DBAPIError

from ecrm import fulltext
from ecrm.cli.ready import reason

database = current_app.extensions["migrate"].db
WAIT = "SET SESSION lock_wait_timeout=4"  # seconds; a migration must not queue behind a long report


def include(_object, name, kind, _reflected, _compare_to):
    """Leave out what a migration makes by hand and no model names: full-text tables of SQLite, full-text indexes of MariaDB."""
    return not (kind in ("table", "index") and name and name.startswith(fulltext.PREFIX))


def render(kind, item, _autogen):
    """Write our column types as the plain ones they are, so that old revisions need no code of ours."""
    plain = {
        "UtcDateTime": 'sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")',
        "PriorityType": "sa.SmallInteger()",
        "AsaList": "sa.UnicodeText()",
    }
    return plain.get(type(item).__name__, False) if kind == "type" else False


def run():
    """Run the revisions on a connection of the application's engine, or of the one given in the configuration."""
    options = dict(
        target_metadata=database.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
        include_object=include,
        render_item=render,
    )
    with context.config.attributes.get("engine", database.engine).connect() as connection:
        if connection.dialect.name == "sqlite":
            # Batch mode drops and renames tables; with keys enforced that would delete the rows that point there.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        if connection.dialect.name in ("mysql", "mariadb"):
            connection.exec_driver_sql(WAIT)
            connection.commit()
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            fulltext.tie(connection)
            connection.commit()
        connection.detach()  # its foreign keys are off: never hand it to anybody else


try:
    run()
except DBAPIError as refused:
    if "engine" in context.config.attributes:
        raise  # our own commands have words for it
    raise CommandError(f"{reason(refused)}; the database must answer, and its user own the tables (docs/production.md).") from refused
