"""`flask start` as a newcomer runs it: a process of its own, an instance folder of its own, and a real browser's requests."""

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.engine import make_url

from ecrm import create_app, seeds
from ecrm.cli import filling, ready
from ecrm.cli.data import seed_folder
from ecrm.cli.setup import setup
from ecrm.extensions import db
from tests import a_year, copying
from tests.conftest import WORKER
from tests.mariadb import free_port
from tests.settings import ENVIRONMENT, SECRETS
from tests.world import build

PRODUCTION = ENVIRONMENT | {"ECRM_PROFILE": "production", "ECRM_HTTPS_COOKIES": "true", "ECRM_PUBLIC_URL": "https://care.example.net"}
LONG = 120  # seconds; for a machine under load, no measure of ours


def clean() -> dict[str, str]:
    """Return the environment without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ECRM_")}


def flask(*arguments: str, instance: Path, **environ: str) -> subprocess.Popen[str]:
    """Start `flask --app ecrm …` with this instance folder and no settings but these."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "ecrm", *arguments], env=clean() | {"ECRM_INSTANCE": str(instance)} | environ,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tempfile.gettempdir(),
    )


def refusal(*arguments: str, instance: Path, **environ: str) -> str:
    """Return the one line that a command refuses with; a traceback or any other end fails."""
    process = flask(*arguments, instance=instance, **environ)
    try:
        _, said = ended = process.communicate(timeout=LONG)
    finally:
        process.kill()
        process.communicate()
    assert "Traceback" not in "".join(ended)
    assert process.returncode == 1 and said.startswith("Error: ") and said.count("\n") == 1, ended
    return said


@contextmanager
def started(*arguments: str, instance: Path, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `flask start` on a free port; yield it and its address once it answers; Ctrl-C must end it well."""
    port = str(free_port())
    process = flask("start", *arguments, instance=instance, ECRM_PORT=port, **environ)
    try:
        wait_for(lambda: process.poll() is not None or talks(int(port)))
        assert process.poll() is None, process.communicate()
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def ctrl_c(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[str, str]:
    """Press Ctrl-C; the process must end well within ten seconds; return what it said."""
    process.send_signal(number)
    said = process.communicate(timeout=10)
    assert process.returncode == 0 and "Traceback" not in "".join(said), said
    return said


def wait_for(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + LONG
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def talks(port: int) -> bool:
    """Return whether a server answers there, whatever it says."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return connection.recv(8) == b"HTTP/1.0"
    except ConnectionRefusedError:
        return False


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=LONG) as answer:
            return answer.status == 200
    except urllib.error.URLError:
        return False


def children(pid: int) -> list[str]:
    """Return the processes that a process started."""
    return [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def contents(url: str) -> dict[str, str]:
    """Return a fingerprint of each table's rows."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        found = {
            table.name: hashlib.sha256("\n".join(sorted(map(repr, connection.execute(table.select())))).encode()).hexdigest()
            for table in tables.sorted_tables
        }
    engine.dispose()
    return found


def moved_in(app: Flask, instance: Path) -> Path:
    """Return an instance folder whose database is a copy of an application's: what a start makes of nothing takes it long."""
    instance.mkdir()
    copying.copy(app.config["SQLALCHEMY_DATABASE_URI"], f"sqlite:///{instance / 'ecrm.db'}")
    return instance


@pytest.mark.parametrize("backend", ["sqlite", "mariadb"])
def test_from_nothing_to_a_company_and_again(backend: str, tmp_path: Path, database_url: Callable[[str], str]) -> None:
    """The first start makes everything and says where it is; the second changes nothing."""
    instance = tmp_path / "instance"
    own = {} if backend == "sqlite" else {"ECRM_DATABASE_URL": database_url("mariadb")}
    database = own.get("ECRM_DATABASE_URL", f"sqlite:///{instance / 'ecrm.db'}")
    with started("--without-worker", instance=instance, **own) as (process, address):
        assert answers(f"{address}/login") and answers(f"{address}/static/vendor/bootstrap5/bootstrap.min.css")
        said, errors = ctrl_c(process)
    assert address in said and str(instance / "mail") in said and errors == ""
    for role in ("customer", "support", "technician", "sales", "manager", "administrator"):
        assert re.search(rf"^  {role} +{role}@demo\.example +\S+$", said, re.MULTILINE)
    secrets, rows = (instance / "config.py").read_bytes(), contents(database)
    with started("--without-worker", instance=instance, **own) as (process, address):
        again, errors = ctrl_c(process)
    assert address in again and "Made" not in again and errors == ""
    assert contents(database) == rows and (instance / "config.py").read_bytes() == secrets


def test_only_the_owner_reads_secrets_and_data(tmp_path: Path) -> None:
    """Folder 700, files 600; and setup never writes over a config.py."""
    instance = tmp_path / "new" / "instance"
    said, _ = flask("setup", instance=instance).communicate(timeout=LONG)
    config = instance / "config.py"
    assert str(config) in said
    assert config.stat().st_mode & 0o777 == 0o600 and instance.stat().st_mode & 0o777 == 0o700
    values: dict[str, str] = {}
    exec(config.read_text(), values)
    secrets = [values[name] for name in ("SECRET_KEY", "PASSWORD_SALT", "TOTP_SECRET")]
    assert len(set(secrets)) == 3 and all(len(secret) >= 32 for secret in secrets)
    before = config.read_bytes()
    assert "nothing was changed" in flask("setup", instance=instance).communicate(timeout=LONG)[0]
    assert config.read_bytes() == before and [path.name for path in instance.iterdir()] == ["config.py"]


def test_sigterm_ends_it_as_ctrl_c_does(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    """As service managers and `docker stop` do; the worker beside it ends too."""
    build(app := make_app())
    with started(instance=moved_in(app, tmp_path / "instance")) as (process, address):
        wait_for(lambda: children(process.pid))
        worker = Path("/proc") / children(process.pid)[0]
        said, _ = ctrl_c(process, signal.SIGTERM)
        assert said.endswith("Stopped.\n") and not worker.exists() and not answers(address)


def test_a_seed_file_that_is_bad(make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first problem is named, and nothing of the other files is loaded."""
    app = make_app(LANGUAGE="en")
    with app.app_context():
        shutil.copytree(seed_folder(), tmp_path / "seeds")
        plans = tmp_path / "seeds" / "plans.csv"
        plans.write_text(plans.read_text("utf-8").replace("350000", "350ribu", 1), "utf-8")
        monkeypatch.setattr(filling, "seed_folder", lambda: tmp_path / "seeds")
        with pytest.raises(click.ClickException, match=r"Nothing was loaded, of \d+ problems the first is: plans.csv, line 5, column monthly_price"):
            filling.fill_empty()
        assert seeds.is_empty(db.session())


def test_folders_that_are_not_needed_are_not_made(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    """With MariaDB and a mail server nothing is written beside the attachments; without the server letters are."""
    app = make_app("mariadb", MAIL_SERVER="mail.example")
    monkeypatch.setattr(app, "instance_path", "/proc/none")
    with app.app_context():
        ready.check_folders()
        app.config["ECRM"]["MAIL_SERVER"] = None
        with pytest.raises(click.ClickException, match="The folder /proc/none cannot be written"):
            ready.check_folders()


def test_a_user_who_may_change_no_tables(database_url: Callable[[str], str]) -> None:
    """The migration says who has to do it, and how."""
    url = make_url(database_url("mariadb")).set(username=WORKER).render_as_string()
    app = create_app(SECRETS | {"PROFILE": "test", "DATABASE_URL": url})
    with app.app_context(), pytest.raises(click.ClickException, match="denied.*flask --app ecrm db upgrade.*one who may"):
        ready.migrate_database()


def test_production_without_its_database() -> None:
    """Whether it holds logins of the demo is not known: no start."""
    given = SECRETS | {"PROFILE": "production", "HTTPS_COOKIES": True, "PUBLIC_URL": "https://care.example.net"}
    app = create_app(given | {"DATABASE_URL": f"mysql+pymysql://ecrm@127.0.0.1:{free_port()}/ecrm"})
    with app.app_context(), pytest.raises(click.ClickException, match="cannot be used.*refused.*ECRM_DATABASE_URL"):
        ready.check_production()


def test_two_who_make_the_secrets_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is later writes over nothing; here the name is taken by a link that leads nowhere."""
    (tmp_path / "config.py").symlink_to(tmp_path / "elsewhere.py")
    monkeypatch.setenv("ECRM_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(setup)
    assert done.exit_code == 0 and "nothing was changed" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["config.py"]


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows has them; there a file takes its name all the same, and none that is taken."""
    def none(*_paths: Path) -> None:
        raise OSError(1, "Incorrect function")

    monkeypatch.setattr(sys.modules["ecrm.cli.setup"], "os", SimpleNamespace(**vars(os) | {"name": "nt", "link": none}))
    monkeypatch.setenv("ECRM_INSTANCE", str(tmp_path))
    assert CliRunner().invoke(setup).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["config.py"] and "SECRET_KEY" in (tmp_path / "config.py").read_text()


def test_a_port_that_somebody_holds_for_us(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    """As systemd does (sd_listen_fds(3)): who comes before the start and between two of them waits and is answered, nobody is refused."""
    handing = ("import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid())); "
               "os.execv(sys.executable, [sys.executable, '-m', 'flask', '--app', 'ecrm', 'start', '--without-worker'])")
    build(app := make_app())
    instance = moved_in(app, tmp_path / "instance")
    with socket.create_server(("127.0.0.1", 0)) as held:
        address, other = f"http://127.0.0.1:{held.getsockname()[1]}", free_port()
        own = {"ECRM_INSTANCE": str(instance), "ECRM_PORT": str(other)}
        for _again in range(2):
            early: list[bool] = []
            waiting = threading.Thread(target=lambda: early.append(answers(f"{address}/login")))  # noqa: B023 - it ends within the round
            waiting.start()
            process = subprocess.Popen([sys.executable, "-c", handing, str(held.fileno())], env=clean() | own, pass_fds=[held.fileno()],
                                       cwd=tempfile.gettempdir(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                waiting.join(LONG)
                assert early == [True] and not talks(other)
                ctrl_c(process, signal.SIGTERM)
            finally:
                process.kill()
                process.communicate()


def test_a_taken_port(tmp_path: Path) -> None:
    """Named, with another one to take."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("start", instance=tmp_path / "instance", ECRM_PORT=str(port))
    assert str(port) in said and "ECRM_PORT=" in said


@pytest.mark.parametrize(("place", "command", "own"), [("file", "setup", {}), ("file/instance", "start", {}), ("file", "start", ENVIRONMENT)])
def test_an_unwritable_instance_folder(tmp_path: Path, place: str, command: str, own: dict[str, str]) -> None:
    """A file in its place, or anything else that forbids to write there (root may write against permissions)."""
    (tmp_path / "file").write_text("")
    said = refusal(command, instance=tmp_path / place, ECRM_PORT=str(free_port()), **own)
    assert str(tmp_path / place) in said and "ECRM_INSTANCE" in said


def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    """The address without its password, the reason, and the setting to correct."""
    url = f"mysql+pymysql://ecrm:RAHASIA@127.0.0.1:{free_port()}/ecrm"
    said = refusal("start", instance=tmp_path / "a", ECRM_PORT=str(free_port()), ECRM_DATABASE_URL=url)
    assert "127.0.0.1" in said and "refused" in said and "ECRM_DATABASE_URL" in said and "RAHASIA" not in said
    (tmp_path / "no.db").write_bytes(b"this is no database" * 100)
    said = refusal("start", instance=tmp_path / "b", ECRM_PORT=str(free_port()), ECRM_DATABASE_URL=f"sqlite:///{tmp_path / 'no.db'}")
    assert "no.db" in said and "not a database" in said


@pytest.mark.parametrize("backend", ["sqlite", "mariadb"])
def test_a_database_newer_than_the_program(backend: str, tmp_path: Path, database_url: Callable[[str], str]) -> None:
    """Refused before anything is written."""
    url = database_url(backend)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    engine.dispose()
    said = refusal("start", instance=tmp_path / "instance", ECRM_PORT=str(free_port()), ECRM_DATABASE_URL=url)
    assert "9999" in said and "newer" in said and list(contents(url)) == ["alembic_version"]


def test_nobody_waits_for_a_template(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled before the server answers: right after a start many people come at once."""
    app = make_app()
    build(app)
    monkeypatch.setattr("gc.freeze", lambda: None)  # what the tests have made does not stay
    ready.settle(app)
    compiled = set(app.jinja_env.cache.keys())  # type: ignore[union-attr]
    people = {None: ("/", "/login", "/nowhere"), "customer": ("/home", "/complaints", "/complaints/new", "/profile"), "technician": ("/admin/technician/day",),
              "support": ("/admin/support/", "/admin/support/complaint/", "/admin/support/complaint/details/?id=1", "/admin/support/customer/new/")}
    for person, pages in people.items():
        client = app.test_client().become(person) if person else app.test_client()  # type: ignore[attr-defined]
        assert {client.get(page).status_code for page in pages} <= {200, 404}
    assert set(app.jinja_env.cache.keys()) == compiled  # type: ignore[union-attr]


def test_a_malformed_setting_is_named(tmp_path: Path) -> None:
    """Which ones there are is for tests/test_config.py; here one reaches the person at the terminal."""
    assert "ECRM_TIME_ZONE" in refusal("start", instance=tmp_path / "instance", ECRM_TIME_ZONE="Mars/Base")


def test_production_gets_its_secrets_from_its_operator(tmp_path: Path) -> None:
    """None are made; the missing one is named, and so is what production forbids."""
    instance, port = tmp_path / "instance", str(free_port())
    without = {name: value for name, value in PRODUCTION.items() if name != "ECRM_PASSWORD_SALT"}
    assert "ECRM_PASSWORD_SALT" in refusal("start", instance=instance, ECRM_PORT=port, **without)
    assert "ECRM_SECRET_KEY" in refusal("start", instance=instance, ECRM_PORT=port, **PRODUCTION | {"ECRM_SECRET_KEY": "short"})
    assert not instance.exists()


def test_production_refuses_the_demo_logins(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    """By `flask start` and by ecrm.wsgi alike; without them both are ready."""
    empty = moved_in(app := make_app(), tmp_path / "clean")
    instance = moved_in(a_year.fill(app, customers=5, complaints=5), tmp_path / "instance")
    assert "demo" in refusal("start", instance=instance, ECRM_PORT=str(free_port()), **PRODUCTION)
    assert "demo" in wsgi(instance)
    with started("--without-worker", instance=empty, **PRODUCTION) as (process, _):
        said, _ = ctrl_c(process)
    assert "demo.example" not in said
    assert wsgi(empty) == "<Flask 'ecrm'>\n"


def wsgi(instance: Path) -> str:
    """Return what importing ecrm.wsgi says in production."""
    command = [sys.executable, "-c", "from ecrm.wsgi import app; print(app)"]
    done = subprocess.run(command, env=clean() | PRODUCTION | {"ECRM_INSTANCE": str(instance)}, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr
