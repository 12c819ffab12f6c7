"""Workers on other machines: sshd in a network namespace of its own stands for them.

Everything runs in namespaces that the test makes: the addresses of the machines are those of a
loopback interface that nothing else sees, and what is left over ends with the PID namespace.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import execnet
import pytest

from properties.cases.regressions import KnownCase
from properties.cli import machines
from properties.running.errors import UsageError
from properties.running.plan import plan
from properties.running.run import Run
from tests.end_to_end.programs import right, with_zombies
from tests.end_to_end.runs import MARK
from tests.properties.running.test_settings import settings
from tests.properties.running.test_shards import CASE

SSHD = "/usr/sbin/sshd"
NEEDED = ("ssh", "ssh-keygen", "ip", "ss", "unshare", "mount")
LACKING = [one for one in NEEDED if shutil.which(one) is None]
on_machines = pytest.mark.skipif(
    os.geteuid() != 0 or bool(LACKING) or not Path(SSHD).exists(),
    reason="needs root, sshd and the programs to make namespaces",
)

SERVING = """\
ListenAddress 127.0.0.2:22
ListenAddress 127.0.0.3:22
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
StrictModes no
UsePAM no
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
"""
CALLING = """\
Host oak
  HostName 127.0.0.2
Host elm
  HostName 127.0.0.3
Host *
  IdentityFile {folder}/user
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  BatchMode yes
"""
INSIDE = f"""\
ip link set lo up && mount -t tmpfs none /run && mkdir /run/sshd
{SSHD} -D -e -f "$1/sshd.conf" 2>"$1/sshd.log" &
looks=0
until ss -ltnH | grep -q 127.0.0.3:22 || [ $looks -gt 200 ]; do sleep 0.05; let looks++; done
shift
(eval "$BESIDE") &
"$@"
status=$?
looks=0
until ! pgrep -f [e]xecnet >/dev/null || [ $looks -gt 200 ]; do sleep 0.05; let looks++; done
pgrep -fc [e]xecnet
exit $status
"""
"""What runs in the namespaces: sshd, then a command; at the end how many workers are left."""


@dataclass(frozen=True)
class Machines:
    """Where the keys and settings of the machines `oak` and `elm` are."""

    folder: Path

    def tx(self, host: str, python: str = sys.executable, *, count: int = 1) -> str:
        """Return the option for workers on one of them."""
        return f"--tx={count}*ssh={host}//ssh_config={self.folder}/ssh.conf//python={python}"

    def check(
        self, *arguments: str, command: str = "", beside: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run `anechoic check` among them, and what `beside` does at the same time."""
        own = ["--max-examples", "9", "--no-sweep", "--fault", "control", "--seed", "1"]
        mine = command or " ".join(right())
        words = [sys.executable, "-m", "anechoic", "check", *own, *arguments, "--", *mine.split()]
        namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        return subprocess.run(
            ["unshare", *namespaces, "bash", "-c", INSIDE, "-", str(self.folder), *words],
            cwd=self.folder,
            env={**os.environ, MARK: "machines", "BESIDE": beside},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture
def there(tmp_path: Path) -> Machines:
    for name in ("host", "user"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(key, check=True)
    (tmp_path / "sshd.conf").write_text(SERVING.format(folder=tmp_path), encoding="utf-8")
    (tmp_path / "ssh.conf").write_text(CALLING.format(folder=tmp_path), encoding="utf-8")
    return Machines(tmp_path)


@on_machines
def test_workers_on_other_machines_run_the_plan_and_report_progress(there: Machines) -> None:
    files = ("--jsonl", "events", "--json", "result", "--junitxml", "result.xml")
    (there.folder / "result.xml").write_text("", encoding="utf-8")
    result = there.check(there.tx("oak", count=2), there.tx("elm"), *files)
    assert result.returncode == 0, result.stdout
    assert result.stdout.splitlines()[-1] == "0"
    events = (there.folder / "events").read_text(encoding="utf-8").splitlines()
    workers = {json.loads(one).get("worker") for one in events} - {None, ""}
    assert {name.partition(" ")[2] for name in workers} == {"on oak", "on elm"}
    totals = json.loads((there.folder / "result").read_text(encoding="utf-8"))["totals"]
    assert totals["workloads"] >= 9
    assert "<testsuite" in (there.folder / "result.xml").read_text(encoding="utf-8")


@on_machines
def test_what_is_found_there_is_kept_here(there: Machines) -> None:
    bad = " ".join(with_zombies())
    result = there.check(there.tx("oak"), "--cases", "cases", "--exitfirst", command=bad)
    assert result.returncode == 1, result.stdout
    assert list((there.folder / "cases").glob("no_zombies-*.json"))


@on_machines
@pytest.mark.parametrize(
    ("host", "python", "command", "words"),
    [
        ("nowhere", sys.executable, "", "nowhere: it cannot be reached"),
        ("elm", "no-such-python", "", "elm: no Python answers there"),
        ("elm", "/usr/bin/python3", "", "elm: anechoic is not installed for its Python"),
        ("oak", sys.executable, "./only-here {port}", "oak: there is no program './only-here'"),
    ],
)
def test_what_a_machine_lacks_is_said_with_its_name(
    there: Machines, host: str, python: str, command: str, words: str
) -> None:
    program = there.folder / "only-here"
    program.write_text(f'#!/bin/sh\nexec {right()[0]} "$1"\n', encoding="utf-8")
    program.chmod(0o755)
    result = there.check(there.tx(host, python), command=command)
    assert result.returncode == 2
    assert words in " ".join(result.stdout.split())


GOING = """\
until [ -s events ] && grep -q '"event": "part"' events; do sleep 0.05; done
pkill -9 -x sshd
"""


@on_machines
def test_a_machine_that_goes_is_named_and_what_was_found_by_then_is_shown(there: Machines) -> None:
    files = ("--jsonl", "events", "--max-examples", "40")
    result = there.check(there.tx("oak"), *files, beside=GOING)
    assert result.returncode == 3, result.stdout
    assert "oak: it cannot be reached any more; the run ended there" in result.stdout
    assert "Traceback" not in result.stdout


def test_a_gate_that_a_machine_lacks_is_noted_with_its_name() -> None:
    (machine,) = machines.others_in(["--tx", "3*ssh=-p 2222 oak", "--tx=ssh=-p 2222 oak", "-q"])
    found = machines.lacking(machine, {"no_gate": "Linux 5.4 is older than 5.19"})
    assert found == ["oak: no call can be held there: Linux 5.4 is older than 5.19"]


def test_workers_of_this_machine_are_none_of_others() -> None:
    assert machines.others_in(["--tx", "2*popen", "--tx=popen//python=python3"]) == []
    assert machines.given_in(["--tx", "2*popen", "-q"]) == ["2*popen"]


def test_a_worker_stays_in_the_folder_that_it_is_started_in() -> None:
    words = machines.for_machines(["--tx", "2*ssh=oak", "--tx=ssh=elm//chdir=x", "--tx=popen"])
    assert words == ["--tx", "2*ssh=oak//chdir=.", "--tx=ssh=elm//chdir=x", "--tx=popen"]


def test_what_is_no_machine_is_named() -> None:
    with pytest.raises(UsageError, match="--tx"):
        machines.others_in(["--tx", "ssh=oak//ssh=elm"])


def test_another_version_there_is_refused() -> None:
    machine = machines.Machine(execnet.XSpec("ssh=oak"))
    found = {"python": "3.13.1", "anechoic": "9.9", "program": True, "missing": []}
    with pytest.raises(UsageError, match=r"oak: anechoic is 9\.9 there"):
        machines.require(machine, found, "")


def test_cases_of_this_machine_are_left_out_and_that_is_told() -> None:
    made = settings(seed=1)
    run = Run(made, plan(made, [KnownCase(Path("a.json"), CASE)]))
    machines.leave_out_known_cases(run)
    assert run.known == ()
    assert run.left_out == [machines.KNOWN_ARE_LEFT_OUT]
