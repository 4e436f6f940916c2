"""A database server, the shipped web server and a worker, each a process that can be killed, frozen and started again."""

import getpass
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pymysql
from flask import Flask
from flask_migrate import upgrade

from ecrm import create_app
from ecrm.extensions import db
from ecrm.models import ComplaintCategory, CoverageArea, Customer, Plan, Subscription, User
from ecrm.models.base import now
from ecrm.models.customer import CustomerStatus
from tests import world
from tests.mariadb import _install, free_port
from tests.settings import SECRETS

LONG = 90  # seconds; for a machine under load
FAKETIME = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}  # a clock on the wall jumps; files and waits keep their time


def wait_for(what: Callable[[], Any], seconds: float = LONG) -> float:
    """Wait until it is so, and return how long that took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.05)
    return time.monotonic() - began


class Process:
    """A process that is started, killed and started again."""

    def __init__(self, command: list[str], log: Path, **environ: str) -> None:
        self.command, self.log, self.environ = command, log, environ
        self.running: subprocess.Popen[bytes] | None = None

    def start(self, *before: str) -> None:
        """Start it, `before` are words before the command, such as faketime."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ECRM_")} | FAKETIME
        with self.log.open("ab") as log:
            self.running = subprocess.Popen([*before, *self.command], env=clean | self.environ, stdout=log, stderr=log, start_new_session=True)

    def signal(self, number: int) -> None:
        """Send a signal to it and what it started."""
        if self.running and self.running.poll() is None:
            os.killpg(self.running.pid, number)

    def kill(self) -> None:
        """Kill it with -9: it has no time for anything."""
        self.signal(signal.SIGKILL)
        if self.running:
            self.running.wait()


class Database(Process):
    """MariaDB that keeps what it says to keep, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.made = 0
        user = getpass.getuser()
        _install(folder, user)
        self.port = free_port()
        super().__init__(["mariadbd", "--no-defaults", f"--user={user}", f"--datadir={folder / 'data'}", f"--socket={folder / 'socket'}",
                          f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=64M",
                          "--innodb-flush-log-at-trx-commit=1", f"--tmpdir={folder}"], folder / "log")

    def start(self, *before: str) -> None:
        """Start it and wait until it answers."""
        super().start(*before)
        wait_for(self.answers)

    def settle(self) -> None:
        """Stop it in order and start it again, as after an installation: its log then begins with work and not with the making of tables."""
        self.signal(signal.SIGTERM)
        if self.running:
            self.running.wait(LONG)
        self.start()

    def answers(self) -> bool:
        """Return whether it lets somebody in."""
        try:
            pymysql.connect(host="127.0.0.1", port=self.port, user="root", connect_timeout=1).close()
        except pymysql.OperationalError:
            return False
        return True

    def make(self) -> str:
        """Make an empty database and return its address."""
        self.made += 1
        with pymysql.connect(host="127.0.0.1", port=self.port, user="root") as connection:
            connection.cursor().execute(f"CREATE DATABASE ecrm{self.made} CHARACTER SET utf8mb4")
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/ecrm{self.made}"


def newcomers(app: Flask, count: int) -> list[str]:
    """Add so many customers with accounts to the little company, and return their names."""
    names = [f"orang{number}" for number in range(1, count + 1)]
    with app.app_context():
        budi = world.one(User, email=world.email("customer"))
        area, plan = world.one(CoverageArea, name="Kapuk Muara"), world.one(Plan, code="HOME20")
        for number, name in enumerate(names, 101):
            user = User(email=world.email(name), name=name, password=budi.password, fs_uniquifier=name.ljust(32, "x"), confirmed_at=now(), roles=list(budi.roles))
            customer = Customer(number=f"PLG-{number:06d}", name=name, phone=f"+62813{number:08d}", email=user.email, address="Jl. Kapuk", branch=area.branch,
                                area=area, since=date(2024, 1, 1), status=CustomerStatus.ACTIVE, user=user)
            db.session.add(Subscription(customer=customer, plan=plan, address=customer.address, valid_from=customer.since))
        db.session.commit()
        db.session.remove()
    return names


def billing(app: Flask) -> int:
    """Return the id of a category that asks for nothing more."""
    with app.app_context():
        return world.one(ComplaintCategory, code="BILL").id


class Site(Process):
    """The little company behind `flask start`, and workers beside it."""

    def __init__(self, folder: Path, url: str | None = None, **settings: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.port = folder, free_port()
        self.attachments = Path(settings.get("ATTACHMENTS_DIR", folder / "attachments"))
        self.settings = SECRETS | {
            "DATABASE_URL": url or f"sqlite:///{folder}/ecrm.db", "PORT": self.port, "ATTACHMENTS_DIR": self.attachments, "LANGUAGE": "en",
        } | settings
        self.app = create_app(SECRETS | {"PROFILE": "test", "DATABASE_URL": self.settings["DATABASE_URL"],
                                         "ATTACHMENTS_DIR": str(self.attachments)})
        with self.app.app_context():
            upgrade()
        self.base, self.trusts = f"http://127.0.0.1:{self.port}", None
        world.build(self.app)
        self.newcomers = iter(newcomers(self.app, 600))
        self.category = billing(self.app)
        super().__init__(self._flask("start", "--without-worker"), folder / "log", **self._environ())

    def _flask(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "flask", "--app", "ecrm", *words]

    def _environ(self) -> dict[str, str]:
        return {"ECRM_INSTANCE": str(self.folder)} | {f"ECRM_{name}": str(value) for name, value in self.settings.items()}

    def start(self, *before: str) -> None:
        """Start it and wait until it answers."""
        super().start(*before)
        wait_for(self.answers)

    def answers(self) -> bool:
        """Return whether the server speaks."""
        assert self.running is None or self.running.poll() is None, self.log.read_text()[-3000:]
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                return connection.recv(12).endswith(b"200")
        except OSError:
            return False

    def worker(self, *words: str) -> Process:
        """Return a worker that is not started yet, with the settings as they are now."""
        return Process(self._flask("worker", *words), self.folder / f"worker-{free_port()}.log", **self._environ())

    def work_once(self, *before: str) -> None:
        """Let a worker do every job once."""
        hand = self.worker("--once")
        hand.start(*before)
        hand.running.wait(LONG)
