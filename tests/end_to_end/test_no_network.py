"""Where no connection can be made nothing is judged: one sentence, status 2, and no case."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from faults.wire.wire import NO_CHAMBER
from tests.end_to_end.programs import right, with_zombies

ROOT = Path(__file__).parents[2]
WITHOUT_LOOPBACK = ("unshare", "--net")
"""unshare(1): a network of its own, in which the loopback interface is down."""

MAY_UNSHARE = subprocess.run([*WITHOUT_LOOPBACK, "true"], capture_output=True).returncode == 0
RUNG = (sys.executable, "-P", "-m")

CHECK = (sys.executable, "-m", "anechoic", "check")
CHECK_OF_HOST = (*CHECK, "--network", "host", "--max-examples", "1", "--no-sweep")


def checked(words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line that checks, in `folder`."""
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(not MAY_UNSHARE, reason="a network of its own cannot be made here")
@pytest.mark.parametrize(
    "words",
    [
        ("--", *right()),
        ("--port", "7777", "--", right()[0], "7777"),
        ("--", *RUNG, "target.tcpserv04", "--host", "0.0.0.0", "--port", "{port}"),
        ("--client", "--", *RUNG, "target.tcpcli", "{host}", "{port}"),
        ("--address", "127.0.0.1:7"),
        ("--address", "192.0.2.1:7"),
        (),
    ],
    ids=["server", "fixed-port", "all-addresses", "client", "address", "no-route", "both"],
)
def test_without_a_loopback_interface_nothing_is_judged(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = checked([*WITHOUT_LOOPBACK, *CHECK_OF_HOST, *words], tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "Network is unreachable" in " ".join(done.stderr.split())
    assert len(done.stderr.splitlines()) <= 2
    assert not (tmp_path / ".anechoic").exists()


@pytest.mark.skipif(not MAY_UNSHARE, reason="a network of its own cannot be made here")
def test_without_a_loopback_interface_nothing_is_replayed(tmp_path: Path) -> None:
    found = checked([*CHECK, "--fault", "control", "--fail-fast", "--", *with_zombies()], tmp_path)
    assert found.returncode == 1, found.stderr
    case = next((tmp_path / ".anechoic" / "cases").iterdir())
    replay = (sys.executable, "-m", "anechoic", "replay", "--trust", "--network", "host")
    done = checked([*WITHOUT_LOOPBACK, *replay, str(case)], tmp_path)
    assert done.returncode == 2, done.stdout
    assert "Network is unreachable" in " ".join(done.stderr.split())
    assert len(done.stderr.splitlines()) <= 2


WITH_A_FIREWALL = """
ip link set lo up
nft 'add table inet t; add chain inet t c { type filter hook input priority 0; }'
nft "add rule inet t c $0" && exec "$@"
"""
"""A network of its own, with a rule of nft(8) for what comes in."""

SYN = "tcp flags syn"


@pytest.mark.skipif(
    not (MAY_UNSHARE and shutil.which("nft")),
    reason="a firewall of its own cannot be made here: no nft (nftables), or no right to use it",
)
@pytest.mark.parametrize(
    ("rule", "words", "reason"),
    [
        (f"{SYN} drop", ("--", *right()), "no connection can be made to 127.0.0.1"),
        (f"{SYN} reject", ("--", *right()), "Connection refused"),
        (
            "tcp dport 7777 reject with tcp reset",
            ("--port", "7777", "--", right()[0], "7777"),
            "listens, but no connection to it can be made: Connection refused",
        ),
    ],
    ids=["drops", "rejects", "one-port"],
)
def test_a_firewall_is_told_from_a_server_that_does_not_serve(
    rule: str, words: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    own_network = (*WITHOUT_LOOPBACK, "sh", "-c", WITH_A_FIREWALL, rule)
    done = checked([*own_network, *CHECK_OF_HOST, *words], tmp_path)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    told = " ".join(done.stderr.split())
    assert reason in told
    assert "firewall" in told
    assert not (tmp_path / ".anechoic").exists()


WITHOUT_NAMESPACES = (
    *("unshare", "-r", "sh", "-c"),
    'echo 0 > /proc/sys/user/max_net_namespaces; exec "$@"',
    "sh",
)
"""A user namespace in which no network namespace may be made (namespaces(7))."""


def test_where_namespaces_are_forbidden_all_else_is_judged(tmp_path: Path) -> None:
    words = ("--fault", "control", "--fault", "cut_wire", "--max-examples", "1", "--no-sweep")
    command = (*CHECK, "-n", "1", *words, "--json", "result.json", "--", *right())
    done = checked([*WITHOUT_NAMESPACES, *command], tmp_path)
    if "unshare" in done.stderr:
        pytest.skip("no user namespaces here: unshare(1) is refused")
    said = " ".join(done.stdout.split())
    assert done.returncode == 0, said
    assert "it ran in this machine's network, not in one of its own" in said
    checks = json.loads((tmp_path / "result.json").read_text())["checks"]
    servers = [one for one in checks if one["role"] == "server"]
    judged = {one["verdict"] for one in servers if one["fault"] == "control"}
    assert "pass" in judged
    over_wire = [one for one in servers if one["fault"] == "cut_wire"]
    assert {one["verdict"] for one in over_wire} == {"not-applicable"}
    assert NO_CHAMBER in {one["reason"] for one in over_wire}
