"""What a load balancer asks: /healthz, whether the process answers, and /readyz, whether it can do its work now."""

import shutil
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app, jsonify, request
from sqlalchemy import Engine, NullPool, create_engine, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from ecrm import revisions
from ecrm.extensions import READS, db, tls
from ecrm.models import Counter, Letter
from ecrm.models.base import now
from ecrm.models.letter import LetterState

blueprint = Blueprint("health", __name__)
LEAST_FREE = 256 * 1024 * 1024  # bytes; below that a day's photos may not fit any more
LETTERS_WAIT = timedelta(minutes=15)  # the worker looks every few seconds
PATIENCE = 2  # seconds that a database has to answer; a hung one must not hang the question


def init_app(app: Flask) -> None:
    """Bind to the application; the answers tell no version, no setting and no reason beyond a word."""
    app.register_blueprint(blueprint)
    app.extensions["stopping"] = threading.Event()

    @app.before_request
    def at_once() -> Any:
        """Answer before anybody looks up whose session it is."""
        return app.view_functions[request.endpoint]() if request.endpoint and request.blueprint == blueprint.name else None


@blueprint.get("/healthz")
def alive() -> Any:
    """Say that the process answers; nothing is read or written."""
    return _answer({"alive": True}, 200)


@blueprint.get("/readyz")
def ready() -> Any:
    """Say whether pages can be served: 503 with the reasons where not.

    Letters that wait are no reason to send nobody here any more: they stand beside the answer as `late`.
    """
    reasons, late = problems()
    return _answer({"ready": not reasons, "reasons": reasons, "late": late}, 503 if reasons else 200)


def problems() -> tuple[list[str], list[str]]:
    """Return what keeps this server from its work, and what else is behind."""
    if stopping(current_app).is_set():
        return ["stopping"], []
    reasons, late = ([] if free_space() >= LEAST_FREE else ["disk"]), []
    try:
        with engine().connect() as connection:
            if revisions.found(connection) != {revisions.head()}:
                return [*reasons, "migration"], late
            _try_to_write(connection)
            if _letters_wait(connection):
                late.append("outbox")
    except DBAPIError as error:
        if not _busy(error):
            reasons.append("database")
    return reasons, late


def stopping(app: Flask) -> threading.Event:
    """Return what is set once this process was told to stop: from then on a balancer sends nobody here any more."""
    return app.extensions["stopping"]


def free_space() -> int:
    """Return the free bytes where attachments are kept, and where SQLite's database is; the smaller of the two.

    With attachments in a bucket and rows in MariaDB what counts is the folder of the program's own files.
    """
    settings = current_app.config["ECRM"]
    places = [Path(current_app.instance_path if settings["S3_BUCKET"] else settings["ATTACHMENTS_DIR"])]
    if db.engine.dialect.name == "sqlite":
        places.append(Path(db.engine.url.database or "."))
    return min(shutil.disk_usage(next(place for place in (path, *path.parents) if place.exists())).free for path in places)


def engine() -> Engine:
    """Return an engine of our own: a pool that is used up, or patience for long reports, must not hold this answer up."""
    engines = current_app.extensions.setdefault("health", {})
    if "engine" not in engines:
        short = {"charset": "utf8mb4", "connect_timeout": PATIENCE, "read_timeout": PATIENCE, "write_timeout": PATIENCE} | tls(current_app.config["ECRM"]["DATABASE_CA"])
        # To keep one connection is cheaper for MariaDB than to log in for each question; a dead one is noticed before it is used.
        pool: dict[str, Any] = {"poolclass": NullPool} if db.engine.dialect.name == "sqlite" else {
            "pool_size": 1, "max_overflow": 3, "pool_timeout": PATIENCE, "pool_pre_ping": True, "pool_recycle": 280, "connect_args": short,
        }
        engines["engine"] = create_engine(db.engine.url, hide_parameters=True, execution_options={READS: True}, **pool)
    return engines["engine"]


def _answer(said: dict[str, Any], code: int) -> Any:
    answer = jsonify(said)
    answer.status_code = code
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _try_to_write(connection: Connection) -> None:
    """Change no row, which a database that only reads, or has lost its cluster, refuses all the same."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    table = Counter.__table__
    connection.execute(table.update().where(table.c.id == -1).values(value=table.c.value))
    connection.rollback()


def _letters_wait(connection: Connection) -> bool:
    """Return whether a letter waits for long: the worker is not there or does not keep up, or nobody takes its mail."""
    table = Letter.__table__
    oldest = connection.scalar(select(func.min(table.c.queued_at)).where(table.c.state == LetterState.QUEUED))
    return oldest is not None and oldest < now() - LETTERS_WAIT


def _busy(error: DBAPIError) -> bool:
    """Return whether SQLite says that somebody else is writing: then it can be written."""
    return isinstance(error, OperationalError) and "locked" in str(error.orig)
