"""Cases kept in Redis, for machines that share no folder: one hash, a field for each case.

What a run has found is added, and never replaced or removed: several runs may write at the same
time (HSETNX). A run begins with a copy of what is there, in its own folder.
"""

import importlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from properties.cases.case import CaseError, case_from_data
from properties.cases.checks import parsed
from properties.cases.codec import DamagedError
from properties.cases.shared_folder import write_new
from properties.services.user_files import MOST_BYTES
from target.errors import ShownError

SCHEME = "redis://"
PORT = 6379
PREFIX = "anechoic"
PATIENCE = 10.0
"""Seconds for the server to answer."""

_NAME = re.compile(r"[a-z_]{1,60}-[0-9a-f]{8}\.json")
"""The file names of cases: no other is written here."""


class StoreError(ShownError):
    """The cases cannot be reached; the message says why."""


@dataclass(frozen=True)
class RedisCases:
    """A hash of cases in a Redis server."""

    host: str
    port: int
    key: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.host}:{self.port}/{self.key}"

    def pull(self, folder: Path) -> int:
        """Copy the cases that are not in a folder yet; return how many. Raises StoreError.

        They were made elsewhere, as far as one can know: what is no case is left alone.
        """
        stored: dict[bytes, bytes] = self._asked("hgetall", self.key)
        new = 0
        for name, content in stored.items():
            text = _case_in(name, content)
            if text is not None:
                new += _written(folder / name.decode(), text)
        return new

    def push(self, paths: Iterable[str]) -> None:
        """Add the cases in these files. Raises StoreError."""
        for path in map(Path, paths):
            try:
                content = path.read_bytes()
            except OSError as error:
                raise StoreError(f"{path}: {error.strerror}") from None
            self._asked("hsetnx", self.key, path.name, content)

    def _asked(self, command: str, *arguments: Any) -> Any:
        redis = _library()
        client = redis.Redis(
            host=self.host,
            port=self.port,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
        )
        try:
            return getattr(client, command)(*arguments)
        except redis.RedisError as error:
            raise StoreError(f"{self}: {error}") from None
        finally:
            client.close()


def store_at(url: str | None) -> RedisCases | None:
    """Return the store that redis://HOST[:PORT][/PREFIX] names, None for a folder.

    Raises StoreError.
    """
    if url is None or not url.startswith(SCHEME):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORT
    except ValueError:
        raise StoreError(f"{url}: write {SCHEME}HOST:PORT/PREFIX") from None
    if not host or parts.query or parts.fragment or parts.username or parts.password:
        raise StoreError(f"{url}: write {SCHEME}HOST:PORT/PREFIX")
    _library()
    return RedisCases(host, port, parts.path.strip("/") or PREFIX)


def _library() -> Any:
    try:
        return importlib.import_module("redis")
    except ImportError:
        raise StoreError(
            "cases in Redis need the package redis: python -m pip install 'anechoic[redis]'"
        ) from None


def _case_in(name: bytes, content: bytes) -> str | None:
    """Return a case as text, None for what is none."""
    try:
        if not _NAME.fullmatch(name.decode()) or len(content) > MOST_BYTES:
            return None
        case_from_data(parsed(content))
        return content.decode()
    except (CaseError, DamagedError, UnicodeDecodeError):
        return None


def _written(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_new(path, text)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None
