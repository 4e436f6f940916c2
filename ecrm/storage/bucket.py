"""Attachments in a bucket of an S3-compatible store, for more than one web server: the same keys, bytes and promises as the folder's."""

import errno
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ecrm.storage.keeping import ABANDONED, KEY, UNNAMED, Content

PATIENCE = 5  # seconds for each sign of life; a person waits for the page
TRIES = 2
MISSING = ("404", "NoSuchKey")


class StoreAway(OSError):
    """The store does not answer, or refuses us: pages say 503 and keep what was typed, as for a disk that is full or broken."""

    def __init__(self, reason: str) -> None:
        """Keep the reason for the log."""
        super().__init__(errno.EIO, f"the store of attachments: {reason}")


class BucketStore:
    """Objects PREFIX + ab/cd/<sha256>, each whole or not there; nobody but us reads them, and no address of them is given out."""

    def __init__(self, bucket: str, endpoint: str | None, region: str | None, key: str | None, secret: str | None, prefix: str = "") -> None:
        """Make the client, which threads may share; nothing is asked yet. Without key and secret boto3 looks for them in its own places."""
        self.bucket, self.prefix = bucket, prefix
        # The hash of the content is signed, so that the store itself refuses a body that was changed or cut off on the way.
        self.client = boto3.client("s3", endpoint_url=endpoint, region_name=region or "us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, config=Config(
            connect_timeout=PATIENCE, read_timeout=PATIENCE, retries={"mode": "standard", "total_max_attempts": TRIES}, max_pool_connections=32,
            s3={"payload_signing_enabled": True, "addressing_style": "path" if endpoint else "auto"},
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        ))

    def put(self, content: bytes) -> str:
        """Keep the content and return its key; the store has it when this returns. Raises StoreAway."""
        digest = sha256(content).hexdigest()
        key = f"{digest[:2]}/{digest[2:4]}/{digest}"
        if not self._young(key):
            with _away():
                self.client.put_object(**self._at(key), Body=content, ContentType="application/octet-stream")
        return key

    def open(self, key: str) -> Content:
        """Return the content as a stream; raises FileNotFoundError, for a key of another shape too, and StoreAway."""
        if not KEY.fullmatch(key):
            raise FileNotFoundError(key)
        with _away(key):
            found = self.client.get_object(**self._at(key))
        return Content(_Body(found["Body"]), found["ContentLength"])

    def exists(self, key: str) -> bool:
        """Return whether the content is there. Raises StoreAway."""
        if not KEY.fullmatch(key):
            return False
        try:
            with _away(key):
                self.client.head_object(**self._at(key))
        except FileNotFoundError:
            return False
        return True

    def _young(self, key: str) -> bool:
        """Return whether the content is there and too young for anybody to remove it as one that no row names."""
        try:
            with _away(key):
                return datetime.now(UTC) - self.client.head_object(**self._at(key))["LastModified"] < UNNAMED / 2
        except FileNotFoundError:
            return False

    def remove(self, key: str) -> bool:
        """Remove the content and return whether it was there; a key of another shape is none of ours. Raises StoreAway."""
        there = self.exists(key)
        if there:
            with _away():
                self.client.delete_object(**self._at(key))
        return there

    def sweep(self, now: datetime) -> int:
        """Give up uploads in parts that were begun more than a day ago and never ended; return how many.

        We send each file in one piece, which is there whole or not at all; what copies a bucket may send parts.
        """
        with _away():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(Bucket=self.bucket, Prefix=self.prefix)
            old = [part for page in pages for part in page.get("Uploads", []) if part["Initiated"] < now - ABANDONED]
            for part in old:
                self.client.abort_multipart_upload(Bucket=self.bucket, Key=part["Key"], UploadId=part["UploadId"])
        return len(old)

    def old(self, now: datetime) -> Iterator[str]:
        """Give the keys of the objects that nobody has put here for a week. Raises StoreAway."""
        with _away():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
                for found in page.get("Contents", []):
                    key = found["Key"].removeprefix(self.prefix)
                    if KEY.fullmatch(key) and found["LastModified"] < now - UNNAMED:
                        yield key

    def check(self) -> None:
        """Raise StoreAway where the bucket is not there or not ours."""
        with _away():
            self.client.head_bucket(Bucket=self.bucket)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + key}


class _Body(io.RawIOBase):
    """The body of an answer as a file that can be read once, from its beginning."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _away():
            piece = self.body.read(len(buffer))
        buffer[:len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self.body.close()
        super().close()


@contextmanager
def _away(key: str = "") -> Iterator[None]:
    """Turn what the client raises into FileNotFoundError, where `key` is not there, or StoreAway."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if key and code in MISSING:
            raise FileNotFoundError(key) from error
        raise StoreAway(code) from error
    except BotoCoreError as error:
        raise StoreAway(type(error).__name__) from error
