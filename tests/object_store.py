"""A real S3 server in a process of its own (moto's), for tests of attachments in a bucket."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import boto3

from tests.mariadb import free_port

KEYS = {"S3_ACCESS_KEY": "kunci", "S3_SECRET_KEY": "rahasia-sekali"}


class ObjectStore:
    """The server, which can be frozen, ended and started again; what it holds is gone then."""

    def __init__(self, log: Path) -> None:
        self.port, self.log = free_port(), log
        self.address = f"http://127.0.0.1:{self.port}"
        self.client = boto3.client("s3", endpoint_url=self.address, region_name="us-east-1", aws_access_key_id="kunci", aws_secret_access_key="rahasia-sekali")
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], stdout=log, stderr=log)
        for _try in range(300):
            with suppress(URLError, OSError), urlopen(f"{self.address}/moto-api/"):
                return
            time.sleep(0.1)
        raise RuntimeError(self.log.read_text()[-2000:])

    def make(self, bucket: str) -> dict[str, str]:
        """Make a bucket and return the settings that name it."""
        self.client.create_bucket(Bucket=bucket)
        return KEYS | {"S3_BUCKET": bucket, "S3_ENDPOINT": self.address, "S3_PREFIX": "ecrm/"}

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Return everything in a bucket."""
        found = self.client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {one["Key"]: self.client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read() for one in found}

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and says nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
