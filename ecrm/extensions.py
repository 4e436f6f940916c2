"""The extensions, made once and bound to the application in create_app."""

import sqlite3
from pathlib import Path
from typing import Any

from flask import has_request_context, request
from flask_babel import Babel
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
MYSQL = {"mysql_charset": "utf8mb4", "mysql_engine": "InnoDB"}


class Base(DeclarativeBase):
    """The mother of all models: names for constraints, and utf8mb4 on MariaDB."""

    metadata = MetaData(naming_convention=NAMES)
    __table_args__: Any = MYSQL


db = SQLAlchemy(model_class=Base)
migrate = Migrate(directory=str(Path(__file__).parent / "migrations"))
babel = Babel()
csrf = CSRFProtect()
mail = Mail()

READS = "only_reads"  # the option of a connection whose transaction takes no write lock

# Statements must finish before the server gives the request up, and a slow lock must not hold a thread.
MARIADB_SESSION = (
    "SET SESSION time_zone='+00:00', innodb_lock_wait_timeout=5, lock_wait_timeout=5, "
    "sql_mode='STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE'"
)


def engine_options(url: str) -> dict[str, Any]:
    """Return the create_engine options for a SQLite or MariaDB address."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}}
    return {
        "pool_pre_ping": True,
        "pool_recycle": 280,
        "pool_timeout": 5,
        "pool_size": 8,
        "max_overflow": 8,
        "isolation_level": "READ COMMITTED",
        "connect_args": {
            "charset": "utf8mb4",
            "connect_timeout": 3,
            "read_timeout": 30,
            "write_timeout": 30,
            "init_command": MARIADB_SESSION,
        },
    }


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log, foreign keys, patience, and transactions begun by us (design, trap 24)."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the beginning, except for page views and long readings, which only read."""
    if connection.dialect.name == "sqlite":
        page = has_request_context() and request.method in ("GET", "HEAD") and request.blueprint != "security"
        reads = page or connection.get_execution_options().get(READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def only_reads(session: Session) -> None:
    """Begin a transaction that writes nothing, so that on SQLite nobody waits for its end."""
    session.connection(execution_options={READS: True})
