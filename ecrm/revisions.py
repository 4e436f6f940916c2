"""Which revision a database is at, which ones this program knows, and how an empty database gets there."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.engine import Connection, Engine


@cache
def head() -> str:
    """Return the newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


@cache
def known() -> tuple[str, ...]:
    """Return all revisions that this program knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def found(connection: Connection) -> set[str]:
    """Return the revision that a database is at; nothing where it has no tables of ours."""
    return set(MigrationContext.configure(connection).get_current_heads())


def is_old(connection: Connection) -> bool:
    """Return whether a database waits for a migration that this program brings; one without tables does."""
    return found(connection) <= set(known()) - {head()}


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database of an engine to a revision."""
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def _config() -> Config:
    return current_app.extensions["migrate"].migrate.get_config()
