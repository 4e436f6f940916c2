"""Applications on both databases, and the little company back in its first state for every test."""

import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ecrm import create_app
from ecrm.extensions import db
from tests import a_year, copying, mariadb, world
from tests.chromium import chromium  # noqa: F401 - one browser for all modules
from tests.settings import SECRETS
from tests.writes import Writes

for name in [name for name in os.environ if name.startswith("ECRM_")]:
    del os.environ[name]  # a developer's own settings must not reach the tests
os.environ["ECRM_INSTANCE"] = tempfile.mkdtemp(prefix="ecrm-instance-")

BACKENDS = ("sqlite", "mariadb")
WORKER = "worker"  # the user of the tests' applications on MariaDB: docs/production.md has the same rights


class Compiled(BytecodeCache):
    """The templates that one of the process's applications has compiled, for all of them."""

    def __init__(self) -> None:
        """Begin with none."""
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what is known; Jinja sees whether it is of this source."""
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.known[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
ONE_DATABASE = pytest.mark.parametrize("company", BACKENDS[:1], indirect=True)  # where no statement differs between them


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what was not chosen; the databases stay a parameter with one order, so that none is built anew for each test."""
    def wanted(item: pytest.Item) -> bool:
        known = getattr(item, "callspec", None) and item.callspec.params  # type: ignore[attr-defined]
        chosen, only = item.get_closest_marker("chosen"), item.get_closest_marker("only")
        return (not chosen or (known["company"], known["role"], known["model"]) in chosen.args[0]) and (not only or known["company"] in only.args)

    kept: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        kept[wanted(item)].append(item)
    config.hook.pytest_deselected(items=kept[False])
    items[:] = kept[True]


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """The address of the private MariaDB server of this test run, which knows a user who may work with rows and change no table."""
    with mariadb.server("--innodb-flush-method=nosync", "--sync-frm=0", "--skip-innodb-doublewrite") as address:  # nothing here outlives the run
        engine = create_engine(address)
        with engine.begin() as connection:
            for words in (f"CREATE USER {WORKER}@'%'", f"GRANT SELECT, INSERT, UPDATE, DELETE ON `ecrm%`.* TO {WORKER}@'%'"):
                connection.exec_driver_sql(words.replace("%", "%%"))
        engine.dispose()
        yield address


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return a function that makes a new, empty database of a backend and returns its address."""
    made = 0

    def make(backend: str) -> str:
        nonlocal made
        made += 1
        if backend == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/ecrm.db"
        server = request.getfixturevalue("mariadb_server")
        engine = create_engine(server)
        with engine.begin() as connection:
            connection.execute(text(f"CREATE DATABASE ecrm{made} CHARACTER SET utf8mb4"))
        engine.dispose()
        return f"{server}/ecrm{made}"

    return make


@pytest.fixture(scope="session")
def make_app(database_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Flask]:
    """Return a function that makes an application on a new database, a copy of one that was migrated; only an `owner` may change its tables."""
    migrated: dict[str, str] = {}

    def new(backend: str, settings: dict[str, Any], owner: bool) -> str:
        if backend not in migrated:
            migrated[backend] = database_url(backend)
            app = create_app(settings | {"DATABASE_URL": migrated[backend]})
            with app.app_context():
                upgrade()
                db.engine.dispose()
        copying.copy(migrated[backend], url := database_url(backend))
        return url if owner or backend == "sqlite" else make_url(url).set(username=WORKER).render_as_string()

    def make(backend: str = "sqlite", owner: bool = False, **overrides: Any) -> Flask:
        settings = {"PROFILE": "test", "ATTACHMENTS_DIR": str(tmp_path_factory.mktemp("attachments"))} | SECRETS
        app = create_app(settings | {"DATABASE_URL": new(backend, settings, owner)} | overrides)
        app.test_client_class = world.Browser
        app.jinja_env.bytecode_cache = COMPILED
        # Hashes cost a tenth of a second each, on purpose; how many are made does not change.
        app.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=64, argon2__parallelism=1)
        app.extensions["security"].hashing_context.update(sha256_crypt__rounds=1000)
        return app

    return make


@pytest.fixture(scope="session", params=BACKENDS)
def company(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> tuple[Flask, dict[str, Any]]:
    """An application with the little company in it, and a copy of all its rows."""
    app = make_app(request.param)
    world.build(app)
    app.extensions["writes"] = Writes(app)
    with app.app_context():
        rows = {table.name: [dict(row._mapping) for row in db.session.execute(table.select())] for table in db.metadata.sorted_tables}
    return app, rows


@pytest.fixture(scope="session")
def year_of_work(make_app: Callable[..., Flask]) -> Flask:
    """A company with a year of work behind it, for reading: who uses it is in the group "demo", so that one process makes it."""
    return a_year.with_late_ones(make_app())


@pytest.fixture(scope="session", params=BACKENDS)
def demo(request: pytest.FixtureRequest, year_of_work: Flask, make_app: Callable[..., Flask]) -> Flask:
    """That company on each of the databases."""
    return year_of_work if request.param == "sqlite" else copying.rows(year_of_work, make_app(request.param))


@pytest.fixture
def app(company: tuple[Flask, dict[str, Any]]) -> Iterator[Flask]:
    """The application with the little company as it was in the beginning."""
    app, rows = company
    yield app
    app.extensions["throttle"].reset()
    with app.app_context(), db.engine.begin() as connection:
        touched = app.extensions["writes"].touched()
        for table in reversed(touched):
            connection.execute(table.delete())
        for table in touched:
            if rows[table.name]:
                connection.execute(table.insert(), rows[table.name])
    app.extensions["writes"].forget()


@pytest.fixture
def browser(app: Flask) -> Callable[[str | None], world.Browser]:
    """Return a function that opens a browser of a person, or of nobody."""

    def open_browser(person: str | None = None) -> world.Browser:
        client = app.test_client()
        return client.become(person) if person else client

    return open_browser
