"""The extensions, made once and bound to the application in create_app."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData, event
from sqlalchemy.engine import Connection, Dialect, Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError
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

# On a cluster a page shows what its reader has just saved on another node; a single server has nothing to wait for.
MARIADB_SESSION = (
    "SET SESSION time_zone='+00:00', max_statement_time={seconds}, innodb_lock_wait_timeout=5, lock_wait_timeout=5, wsrep_sync_wait=1, "
    "group_concat_max_len=16777216, "  # bytes: a thousand rows of an export are one text
    "sql_mode='STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE'"
)
# Somebody waits for a page: a statement ends before the connection is given up, and both before the person is.
FOR_PAGES = {"read_timeout": 10, "write_timeout": 10, "init_command": MARIADB_SESSION.format(seconds=8)}
# Nobody waits for the worker, a migration, an import or a backup, which may read and write everything.
FOR_COMMANDS = {"read_timeout": 600, "write_timeout": 600, "init_command": MARIADB_SESSION.format(seconds=0)}
SIGN_OF_LIFE = 3  # seconds that a server has to say that it is there
NO_CLUSTER = 1047  # this node of the cluster has lost the others; SQLAlchemy does not know that another may have not


def tls(ca: str | None) -> dict[str, Any]:
    """Return the options of a connection to MariaDB by TLS, to a server whose certificate names it and is signed by the file `ca`; none without."""
    return {"ssl_ca": ca, "ssl_verify_cert": True, "ssl_verify_identity": True} if ca else {}


def engine_options(url: str, ca: str | None = None) -> dict[str, Any]:
    """Return the create_engine options for a SQLite or MariaDB address; values of statements stay out of the log."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 15, "check_same_thread": False}}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_recycle": 280,
        "pool_timeout": 5,
        "pool_size": 8,
        "max_overflow": 8,
        "isolation_level": "READ COMMITTED",
        "connect_args": {"charset": "utf8mb4", "connect_timeout": SIGN_OF_LIFE} | FOR_PAGES | tls(ca),
    }


class Line(pymysql.connections.Connection):
    """A connection that waits for answers, but not for signs of life: a server that hangs is known by them in time."""

    def connect(self, sock: Any = None) -> None:
        """Connect; PyMySQL's own connect_timeout ends before the server's first word."""
        with self._in_haste():
            super().connect(sock)

    def ping(self, *reconnect: bool) -> None:
        """Ask whether the server is there, as the pool does before each use."""
        with self._in_haste():
            super().ping(*reconnect)

    @contextmanager
    def _in_haste(self) -> Iterator[None]:
        patience, self._read_timeout = self._read_timeout, SIGN_OF_LIFE
        try:
            yield
        finally:
            self._read_timeout = patience


@event.listens_for(Engine, "do_connect")
def _connect_mariadb(dialect: Dialect, _record: Any, args: Any, options: dict[str, Any]) -> Line | None:
    """Open our kind of connection, outside of a request with the patience of commands."""
    if dialect.name not in ("mysql", "mariadb"):
        return None
    if not has_request_context() and options.get("init_command") == FOR_PAGES["init_command"]:
        options |= FOR_COMMANDS
    return Line(*args, **options)


@event.listens_for(Engine, "handle_error")
def _notice_lost_cluster(context: ExceptionContext) -> None:
    """Let the pool forget its connections to a node that has lost its cluster."""
    if (getattr(context.original_exception, "args", None) or [0])[0] == NO_CLUSTER:
        context.is_disconnect = True


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log, foreign keys, patience, and transactions begun by us (design, trap 24).

    The schema stays trusted: the triggers that keep the full-text tables (ecrm/fulltext.py) may not write to them otherwise.
    """
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the beginning, except for page views and long readings, which only read."""
    if connection.dialect.name == "sqlite":
        page = has_request_context() and request.method in ("GET", "HEAD") and request.blueprint != "security"
        reads = page or connection.get_execution_options().get(READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


PATIENCE = "patience"  # the option of a statement that may take longer than a page: seconds


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def _be_patient(connection: Connection, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool) -> tuple[str, Any]:
    """Let a statement with the option run as long as it says, on MariaDB where those of pages end after some seconds."""
    seconds = context.execution_options.get(PATIENCE) if context is not None else None
    if seconds and connection.dialect.name != "sqlite":
        statement = f"SET STATEMENT max_statement_time={int(seconds)} FOR {statement}"
    return statement, parameters


def aside(write: Callable[[Connection], Any], otherwise: str) -> None:
    """Write in a transaction of its own, when that of the request is over: SQLite lets one write at a time.

    Where the database does not take it the answer stands, and the log says `otherwise`.
    """
    try:
        db.session.rollback()
        with db.engine.begin() as connection:
            write(connection)
    except DBAPIError as error:
        current_app.logger.warning("%s: %s", otherwise, type(error).__name__)


def only_reads(session: Session) -> None:
    """Begin a transaction that writes nothing, so that on SQLite nobody waits for its end."""
    session.connection(execution_options={READS: True})


def let_go(app: Flask) -> None:
    """End each request's session so that a database which dies after the commit takes back no answer that is made already."""

    @app.teardown_appcontext
    def end_session(_error: BaseException | None) -> None:
        """Run before Flask-SQLAlchemy's own, which then finds nothing to do."""
        try:
            db.session.remove()
        except DBAPIError as error:
            app.logger.warning("a connection died while it was given back: %s", error.orig)
            db.session.registry.clear()
