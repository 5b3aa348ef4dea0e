"""The store in a bucket of any S3-compatible service, reached through fsspec and the extra [s3]."""

import hashlib
from base64 import b64encode
from contextlib import suppress
from typing import Any

import fsspec
from fsspec.asyn import sync

from documents.storage import Storage, Unavailable

CONNECT_SECONDS = 3.0
"""How long a connection may take to come about."""

ANSWER_SECONDS = 5.0
"""How long one request waits for an answer."""

PATIENCE = 10.0
"""Seconds after which a deed is told that the store does not answer, all tries together."""

SLOWEST = 2**20
"""Bytes a second that even a slow line carries: a large content gets so much more time."""

CHECK_SECONDS = 4.0
"""How long a mere look whether the store answers may take."""

TRIES = 2
"""Of one request, when the line breaks or the service says that it is busy or failed inside."""

WHOLE = 5 * 2**30
"""Bytes up to which a content travels in one request, which the service takes whole or not at all."""


class Bucket(Storage):
    """Contents below a prefix of a bucket. A content appears whole: it is sent in one request, with its check sum."""

    def __init__(
        self, place: str, *, endpoint: str = "", region: str = "", key: str | None = None, secret: str | None = None
    ) -> None:
        """Name the place as «bucket/prefix»; without endpoint it is Amazon's, without key what the machine is given."""
        options = {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": ANSWER_SECONDS,
            "retries": {"total_max_attempts": TRIES, "mode": "standard"},
            # Other services than Amazon's know neither its newer check sums nor buckets as names of hosts.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
            "s3": {"addressing_style": "path" if endpoint else "auto"},
        }
        try:
            files = fsspec.filesystem(
                "s3",
                key=key,
                secret=secret,
                endpoint_url=endpoint or None,
                client_kwargs={"region_name": region or "us-east-1"},
                config_kwargs=options,
                use_listings_cache=False,
                skip_instance_cache=True,
            )
        except ImportError as fault:
            message = "este programa se instaló sin el extra [s3]: uv sync --extra s3"
            raise Unavailable(message, lasting=True) from fault
        files.retries = 1  # those above are enough
        super().__init__(files, place)
        self.bucket, _, self._prefix = self.place.partition("/")

    def put(self, data: bytes) -> str:
        """Keep the content and return its hash. Sent even if it is there, which replaces damage."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._write(self.key(sha256), data)
        return sha256

    def check(self) -> None:
        """Raise Unavailable unless the bucket is there and the key may look into it."""
        try:
            question = {"Bucket": self.bucket, "Prefix": self._prefix, "MaxKeys": 1}
            self._ask("call_s3", "list_objects_v2", patience=CHECK_SECONDS, **question)
        except FileNotFoundError as fault:
            raise self._no_bucket() from fault

    def try_out(self) -> None:
        """Raise Unavailable unless a content can really be written and removed."""
        self.check()
        probe = f"{self.place}/incoming/prueba"
        self._write(probe, b"prueba")
        with suppress(FileNotFoundError):  # another process tried it out at the same moment
            self._ask("rm_file", probe)

    def clear_leftovers(self, now: float, older_than: float = 86_400) -> int:
        """Return 0: a request that was cut off leaves nothing."""
        return 0

    def _listed(self, folder: str) -> list[dict[str, Any]]:
        try:
            return super()._listed(folder)
        except FileNotFoundError:
            self.check()
            return []  # nothing has been put yet

    def _write(self, key: str, data: bytes) -> None:
        check_sum = b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        try:
            patience = PATIENCE + len(data) / SLOWEST
            self._ask("pipe_file", key, data, patience=patience, chunksize=WHOLE, ContentMD5=check_sum)
        except FileNotFoundError as fault:
            raise self._no_bucket() from fault

    def _ask(self, name: str, *arguments: Any, patience: float = PATIENCE, **options: Any) -> Any:
        try:
            return sync(self.files.loop, getattr(self.files, f"_{name}"), *arguments, timeout=patience, **options)
        except FileNotFoundError:
            raise
        except PermissionError as fault:
            message = (
                f"rechaza la llave para el depósito «{self.bucket}». Revise CONVENIOS_STORAGE_KEY, "
                "CONVENIOS_STORAGE_SECRET y lo que se le permite"
            )
            raise Unavailable(message, lasting=True) from fault
        # Everything else that a line, a server or the library for it may come up with.
        except Exception as fault:
            message = f"no responde ({type(fault).__name__}). Revise CONVENIOS_STORAGE_ENDPOINT y la red"
            raise Unavailable(message) from fault

    def _no_bucket(self) -> Unavailable:
        return Unavailable(
            f"no existe el depósito «{self.bucket}». Créelo o corrija CONVENIOS_STORAGE_URL", lasting=True
        )
