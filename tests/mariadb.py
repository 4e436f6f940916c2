"""A private MariaDB server in a temporary folder, for tests and measurements; never the machine's own."""

import getpass
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(*options: str) -> Iterator[str]:
    """Run a server and yield its address, mysql+pymysql://root@127.0.0.1:PORT; it and its folder go at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ecrm-mariadb-"))
    try:
        with kept(folder, *options) as address:
            yield address
    finally:
        shutil.rmtree(folder)


@contextmanager
def kept(folder: Path, *options: str) -> Iterator[str]:
    """Run a server on the data in a folder, made where there are none, and yield its address; the data stay."""
    user = getpass.getuser()
    if not (folder / "data").exists():
        _install(folder, user)
    port, process = _start(folder, user, options)
    try:
        yield f"mysql+pymysql://root@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(120)


def _install(folder: Path, user: str) -> None:
    command = ["mariadb-install-db", "--no-defaults", f"--user={user}", f"--datadir={folder / 'data'}",
               "--auth-root-authentication-method=normal", "--skip-test-db"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"mariadb-install-db failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _start(folder: Path, user: str, options: tuple[str, ...], tries: int = 3) -> tuple[int, "subprocess.Popen[bytes]"]:
    """Start the server; somebody may take the free port before it does, so that it gets another."""
    port = free_port()
    command = ["mariadbd", "--no-defaults", f"--user={user}", f"--datadir={folder / 'data'}", f"--socket={folder / 'socket'}",
               f"--tmpdir={folder}",  # in a shared one each server that starts deletes the temporary tables of the others
               f"--port={port}", "--bind-address=127.0.0.1", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
               "--innodb-buffer-pool-size=128M", *options]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(port, process, folder / "log")
    except RuntimeError:
        process.kill()
        process.wait()
        if tries == 1:
            raise
        return _start(folder, user, options, tries - 1)
    return port, process


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"mariadbd ended: {log.read_text()[-2000:]}")
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root").close()
        except pymysql.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("mariadbd does not answer")
