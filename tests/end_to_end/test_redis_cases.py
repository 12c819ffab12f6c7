"""Cases in Redis: what one machine has found the next one tries first. Against a real server."""

import importlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from properties.cases.redis_store import RedisCases, StoreError, store_at
from tests.end_to_end.programs import with_zombies
from tests.end_to_end.runs import answered, finished
from tests.properties.server_runs import wait_until

SERVER = shutil.which("redis-server")
with_redis = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed")
CHECK = ("check", "--max-examples", "4", "--no-sweep", "--fault", "control", "-n", "1", "--seed=1")
LADDER = ("--", *with_zombies())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RedisCases]:
    """Return a store in a server of its own."""
    pytest.importorskip("redis")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([str(SERVER), *words], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port))
        yield RedisCases("127.0.0.1", port, "team")
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def client_of(store: RedisCases) -> Any:
    return importlib.import_module("redis").Redis(port=store.port)


@with_redis
def test_what_one_machine_finds_another_tries_first(store: RedisCases, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    url = f"redis://127.0.0.1:{store.port}/team"
    first = finished((*CHECK, "--fail-fast", "--cases", url, *LADDER), one)
    assert first.returncode == 1, first.stdout
    # Nothing is drawn: only what was stored can show it.
    none = ("check", "--max-examples", "1", "--fault", "control", "--no-sweep", "-n", "1")
    second = finished((*none, "--seed=2", "--fail-fast", "--cases", url, *LADDER), other)
    assert second.returncode == 1, second.stdout
    kept = {path.name for path in (one / ".anechoic" / "cases").iterdir()}
    assert kept & {path.name for path in (other / ".anechoic" / "cases").iterdir()}


@with_redis
def test_a_case_that_is_there_is_not_replaced(store: RedisCases, tmp_path: Path) -> None:
    path = tmp_path / "no_zombies-00000000.json"
    for content in ("first", "second"):
        path.write_text(content, encoding="utf-8")
        store.push([str(path)])
    assert client_of(store).hget("team", path.name) == b"first"


@with_redis
@pytest.mark.parametrize("name", ["no_zombies-00000000.json", "../../evil", "x\udc80", ""])
def test_what_is_no_case_is_not_written(store: RedisCases, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "cases"
    client_of(store).hset("team", name.encode("utf-8", "surrogateescape"), b'{"anechoic_case": 9}')
    assert store.pull(folder) == 0
    assert not folder.exists()


def test_a_server_that_is_not_there_is_named_in_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("redis")
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{reserved.getsockname()[1]}/team"
        result = answered((*CHECK, "--cases", url, *LADDER), tmp_path)
    assert result.returncode == 2
    assert f"--cases {url}" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_without_the_package_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_module(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("properties.cases.redis_store.importlib.import_module", no_module)
    with pytest.raises(StoreError, match=r"pip install 'anechoic\[redis\]'"):
        store_at("redis://oak/team")


@pytest.mark.parametrize("url", ["redis://", "redis://oak:x/", "redis://me:secret@oak/"])
def test_what_is_no_store_is_named(url: str) -> None:
    with pytest.raises(StoreError, match="write redis://HOST:PORT/PREFIX"):
        store_at(url)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    assert store_at(str(tmp_path)) is None
    assert store_at(None) is None
    result = answered(("check", "--cases", "http://oak/cases"), tmp_path)
    assert result.returncode == 2
    assert not list(tmp_path.iterdir())
