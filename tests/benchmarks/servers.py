"""The servers that are measured, each with two worker processes, and what their workers take of the memory."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mariadb import free_port

WORKERS = 2
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Server:
    """A running server: its address, its first process, and the seconds from start to the first answer."""

    url: str
    process: int
    ready: float

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        return [int(number) for number in Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()]

    def memory(self) -> float:
        """Return the MiB of the largest worker: proportional set size."""
        return max(_pss(number) for number in self.workers())


def _pss(number: int) -> float:
    lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextmanager
def server(app: str, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Run gunicorn with two workers of eight threads, as README proposes for several processes."""
    port, begun = free_port(), time.monotonic()
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--threads", "8", "--bind", f"127.0.0.1:{port}", "--timeout", "600",
               "--no-control-socket", app]
    with open(log, "ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"{app} ended: {log.read_text()[-2000:]}")
            try:
                urllib.request.urlopen(f"{url}/static/nothing", timeout=60)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.02)
            else:
                break
        yield Server(url, process.pid, time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait(60)
