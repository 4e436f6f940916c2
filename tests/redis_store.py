"""A Redis server in a process of its own, which can be frozen, killed and started again."""

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from socket import create_connection

from tests.mariadb import free_port


class Redis:
    """It keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _try in range(200):
            with suppress(OSError), create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise RuntimeError("redis-server does not answer")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
