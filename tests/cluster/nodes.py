"""Three MariaDB nodes of one Galera cluster, each a process that can be killed; they run as user mysql, since rsync as root becomes nobody."""

import configparser
import os
import shutil
import subprocess
from pathlib import Path

import pymysql

from tests.faults.machines import Process, wait_for

USER = "mysql"
PASSWORD = "gugus-uji"
ROOT = Path(__file__).parents[2]
BASE = 14000  # ports: 14n00 SQL, 14n01 group, 14n02 increments, 14n03 whole copies
LONG = 120


class Node(Process):
    """One node; `start(first=True)` makes the cluster."""

    def __init__(self, folder: Path, number: int, count: int) -> None:
        self.number, self.folder, self.port = number, folder / f"node{number}", BASE + 100 * number
        self.folder.mkdir()
        (self.folder / "tmp").mkdir()
        self.scratch = {"TMPDIR": str(self.folder / "tmp")}  # ours may not be for user mysql
        for place in (folder, self.folder, self.folder / "tmp"):
            shutil.chown(place, USER)
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--user={USER}", f"--datadir={self.folder / 'data'}", "--auth-root-authentication-method=normal",
                        "--skip-test-db"], check=True, capture_output=True, env=os.environ | self.scratch)
        self.address = "gcomm://" + ",".join(f"127.0.0.1:{BASE + 100 * one + 1}" for one in range(1, count + 1))
        super().__init__([], folder / f"node{number}.log", **self.scratch)

    def begin(self, first: bool = False) -> None:
        """Start it, and return at once."""
        self.command = ["mariadbd", "--no-defaults", f"--user={USER}", f"--datadir={self.folder / 'data'}", f"--socket={self.folder / 'socket'}",
                        f"--tmpdir={self.folder / 'tmp'}", f"--port={self.port}", "--skip-name-resolve", "--innodb-buffer-pool-size=128M", *self._shipped(first)]
        super().start()

    def _shipped(self, first: bool) -> list[str]:
        """Return the settings of docs/production/galera.cnf, with addresses on loopback."""
        parser = configparser.ConfigParser()
        parser.read(ROOT / "docs/production/galera.cnf")
        own = {
            "bind-address": "127.0.0.1", "wsrep_cluster_address": "gcomm://" if first else self.address,
            "wsrep_node_address": f"127.0.0.1:{self.port + 1}", "wsrep_node_name": f"node{self.number}", "wsrep_sst_receive_address": f"127.0.0.1:{self.port + 3}",
            "wsrep_provider_options": parser["mariadbd"]["wsrep_provider_options"].strip('"')
            + f";gmcast.listen_addr=tcp://127.0.0.1:{self.port + 1};ist.recv_addr=127.0.0.1:{self.port + 2}",
        }
        return [f"--{name}={value}" for name, value in (dict(parser["mariadbd"]) | own).items()]

    def synced(self) -> bool:
        """Return whether it has joined and takes writes."""
        assert self.running is None or self.running.poll() is None, self.log.read_text(errors="replace")[-3000:]
        return self.status("wsrep_local_state") == "4" and self.status("wsrep_ready") == "ON"

    def status(self, name: str) -> str:
        """Return a status variable, nothing where it does not answer."""
        try:
            with pymysql.connect(host="127.0.0.1", port=self.port, user="root", password="", connect_timeout=2, read_timeout=5) as connection:
                cursor = connection.cursor()
                cursor.execute(f"SHOW GLOBAL STATUS LIKE '{name}'")
                return (cursor.fetchone() or ("", ""))[1]
        except pymysql.Error:
            return ""

    def go_on_alone(self) -> None:
        """Tell the only node that is left that the others are dead indeed, as an operator does; until then it refuses everything."""
        with pymysql.connect(host="127.0.0.1", port=self.port, user="root") as connection:
            connection.cursor().execute("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=true'")

    def sums(self) -> dict[str, int]:
        """Return the checksum of each table."""
        with pymysql.connect(host="127.0.0.1", port=self.port, user="root", database="ecrm") as connection:
            cursor = connection.cursor()
            cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
            names = [name for name, _kind in cursor.fetchall()]
            cursor.execute("CHECKSUM TABLE " + ", ".join(f"`{name}`" for name in names))
            return dict(cursor.fetchall())


def gather(folder: Path, nodes: list[Node], count: int = 3) -> None:
    """Start a cluster with an empty database, a user for it and one for the balancer's question; add its nodes to the list."""
    nodes += [Node(folder, number, count) for number in range(1, count + 1)]
    nodes[0].begin(first=True)
    wait_for(nodes[0].synced, LONG)
    for node in nodes[1:]:
        node.begin()
        wait_for(node.synced, LONG)
    with pymysql.connect(host="127.0.0.1", port=nodes[0].port, user="root") as connection:
        cursor = connection.cursor()
        for statement in ("CREATE DATABASE ecrm CHARACTER SET utf8mb4", "CREATE USER health@'127.0.0.1'",
                          f"CREATE USER ecrm@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'", "GRANT ALL ON ecrm.* TO ecrm@'127.0.0.1'"):
            cursor.execute(statement)
