"""All processes of a company that has outgrown one machine: what `make cluster` starts, in production's profile."""

import http.client
import signal
import ssl
import sys
import time
from pathlib import Path

import pymysql
from flask_migrate import upgrade

from ecrm import create_app
from tests import world
from tests.cluster.balancer import HTTPS, SQL, WEB, balancer
from tests.cluster.nodes import PASSWORD, Node, gather
from tests.faults.machines import Process, billing, newcomers, wait_for
from tests.faults.people import Person
from tests.object_store import ObjectStore
from tests.redis_store import Redis
from tests.settings import SECRETS
from tests.smtp import PostOffice

LONG = 120


class Cluster:
    """Three nodes, HAProxy, two web servers, two workers, Redis and an S3 server; people come through HAProxy."""

    def __init__(self, folder: Path, office: PostOffice, every_node: bool) -> None:
        self.folder, self.base, self.every_node, self.office = folder, f"https://localhost:{HTTPS}", every_node, office
        self.processes: list[Process] = []
        self.nodes: list[Node] = []
        self.redis, self.objects = Redis(folder), ObjectStore(folder / "s3.log")

    def begin(self) -> None:
        """Start everything and wait until a page comes."""
        gather(self.folder, self.nodes)
        self._running(balancer(self.folder, self.nodes, self.every_node))
        self.trusts = ssl.create_default_context(cafile=str(self.folder / "crt.pem"))
        self.settings = SECRETS | self.objects.make("lampiran") | {
            "PROFILE": "production", "HTTPS_COOKIES": "true", "PUBLIC_URL": self.base, "TRUSTED_PROXIES": "1", "LANGUAGE": "en",
            "DATABASE_URL": f"mysql+pymysql://ecrm:{PASSWORD}@127.0.0.1:{SQL}/ecrm", "RATE_STORAGE": f"redis://127.0.0.1:{self.redis.port}/0",
            "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(self.office.port), "MAIL_USE_TLS": "false", "THREADS": "8", "DRAIN_SECONDS": "4",
        }
        wait_for(self._sql_answers, LONG)
        self._fill()
        self.webs = [self._running(self._flask(f"web{number}", "start", "--without-worker", PORT=str(port))) for number, port in enumerate(WEB, 1)]
        self.workers = [self._running(self._flask(f"worker{number}", "worker")) for number in (1, 2)]
        wait_for(self.answers, LONG)

    def _sql_answers(self) -> bool:
        try:
            pymysql.connect(host="127.0.0.1", port=SQL, user="ecrm", password=PASSWORD, database="ecrm").close()
        except pymysql.Error:
            return False
        return True

    def _fill(self) -> None:
        plain = {"HTTPS_COOKIES": True, "TRUSTED_PROXIES": 1, "PROFILE": "test", "MAIL_PORT": 25, "MAIL_USE_TLS": False, "THREADS": 8}
        # The little company is made on one node, so that it finds what it has just written; people are looked after through HAProxy.
        one = create_app(self.settings | plain | {"DATABASE_URL": self.settings["DATABASE_URL"].replace(f":{SQL}/", f":{self.nodes[0].port}/")})
        with one.app_context():
            upgrade()
        world.build(one)
        self.newcomers, self.category = iter(newcomers(one, 900)), billing(one)
        self.app = create_app(self.settings | plain)

    def _flask(self, name: str, *words: str, **more: str) -> Process:
        instance = self.folder / name
        instance.mkdir()
        environ = {"ECRM_INSTANCE": str(instance)} | {f"ECRM_{key}": value for key, value in (self.settings | more).items()}
        return Process([sys.executable, "-m", "flask", "--app", "ecrm", *words], self.folder / f"{name}.log", **environ)

    def _running(self, process: Process) -> Process:
        self.processes.append(process)
        process.start()
        return process

    def answers(self) -> bool:
        """Return whether a page comes through HAProxy."""
        return Person(self, None).get("/promos")[0] == 200

    def up(self, number: int) -> bool:
        """Return whether a web server is ready, asked past HAProxy."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", WEB[number], timeout=5)
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False

    def renew(self, number: int) -> None:
        """Stop a web server in order and start it again, as for a new version."""
        web = self.webs[number]
        web.signal(signal.SIGTERM)
        assert web.running and web.running.wait(30) == 0
        web.start()
        wait_for(lambda: self.up(number), LONG)
        time.sleep(5)  # as docs/scaling.md says: HAProxy asks twice, a second apart, before it believes it

    def end(self) -> None:
        """Kill everything."""
        for process in [*self.processes, *self.nodes]:
            process.kill()
        self.redis.kill()
        self.objects.end()
