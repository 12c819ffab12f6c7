"""stops: a server is told to stop, at each of the moments; what is left of it is judged."""

import shutil
from itertools import product
from pathlib import Path

import pytest

from faults.fault import Status
from faults.server.stops import StopMoment, StopServer, StopSignal, StopTo
from faults.server_context import NO_PROCESS
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.verdict import Outcome, Verdict, judge
from properties.server.execute import execute
from properties.server.invariants.clean_stop import INVARIANT
from properties.server.stopping.events import StopAwaited, ToldToStop
from target.command import REFERENCE, Command
from tests.faults.contexts import around
from tests.properties.server_runs import (
    PATIENCE,
    PROGRAMS,
    SELECTORS,
    THREADED,
    compiled,
    known_by_address,
    mutant,
    only_injected,
    run,
    script,
    serving,
    variant,
)

SILENT = StopServer(1, StopSignal.TERM, StopTo.ROOT, StopMoment.SILENT)
MID_ECHO = StopServer(1, StopSignal.TERM, StopTo.ROOT, StopMoment.MID_ECHO)
ALL = StopServer(1, StopSignal.TERM, StopTo.ALL, StopMoment.SILENT)
NODE = shutil.which("node")


def stopped(command: Command, fault: StopServer = SILENT) -> Verdict:
    """Tell a server to stop while it serves one client, and judge that."""
    return judge(INVARIANT, run(around(fault, 1), command))


def looks(history: History) -> list[StopAwaited]:
    return list(history.of(StopAwaited))


@pytest.mark.parametrize(
    ("signal", "to", "moment"), list(product(StopSignal, StopTo, StopMoment)), ids=str
)
def test_the_reference_stops(signal: StopSignal, to: StopTo, moment: StopMoment) -> None:
    history = run(around(StopServer(1, signal, to, moment), 1))
    assert only_injected(history).status is Status.FIRED
    assert judge(INVARIANT, history).outcome is Outcome.PASS


def test_a_worker_of_the_reference_goes_on_serving_its_client() -> None:
    history = run(around(SILENT, 1))
    (told,) = history.of(ToldToStop)
    before, after = looks(history)
    (left,) = before.left
    assert (told.told, left.clients, left.told) == ((told.root,), (1,), False)
    assert after.left == ()


def test_all_its_processes_are_told_when_the_signal_is_for_all() -> None:
    (told,) = run(around(ALL, 1)).of(ToldToStop)
    assert len(told.told) == 2
    assert told.told[0] == told.root


@pytest.mark.parametrize("command", [THREADED, SELECTORS, variant("prefork"), variant("threads")])
def test_a_server_that_takes_the_default_action_stops(command: Command) -> None:
    assert stopped(command, MID_ECHO).outcome is Outcome.PASS


def test_the_process_that_listens_is_told_where_a_shell_was_started() -> None:
    inner = " ".join(REFERENCE.words)
    history = run(around(SILENT, 1), Command(("sh", "-c", f"{inner}; exit 3")))
    (told,) = history.of(ToldToStop)
    assert len(told.told) == 2
    assert judge(INVARIANT, history).outcome is Outcome.PASS


def test_a_stopped_process_takes_the_signal_in_its_first_thread() -> None:
    # Python runs handlers there: accept() would sleep on where another thread took the signal.
    lazy = mutant("../variants/thread_pool_lazy.py")
    fault = StopServer(1, StopSignal.INT, StopTo.ROOT, StopMoment.MID_ECHO)
    *_, after = looks(run(around(fault, 1), lazy))
    assert (after.left, after.ending) == ((), "killed by SIGINT")


def test_a_server_that_ignores_sigint_is_not_told() -> None:
    inner = " ".join(SELECTORS.words)
    fault = StopServer(1, StopSignal.INT, StopTo.ROOT, StopMoment.SILENT)
    history = run(around(fault, 1), Command(("sh", "-c", f"trap '' INT; exec {inner}")))
    assert only_injected(history).status is Status.IMPOSSIBLE
    assert judge(INVARIANT, history).outcome is Outcome.NOT_APPLICABLE


def test_sigint_to_a_daemon_that_gives_it_a_meaning_of_its_own_is_not_judged() -> None:
    fault = StopServer(1, StopSignal.INT, StopTo.ROOT, StopMoment.SILENT)
    verdict = stopped(compiled("stop_flag_restarts"), fault)
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert "no order" in verdict.reason


def test_a_server_known_by_its_address_is_not_told() -> None:
    with serving() as server:
        history = execute(around(SILENT, 1), known_by_address(server), Rules(patience=PATIENCE))
        assert server.handle is not None
        assert server.handle.listener_lives()
    assert only_injected(history).detail == NO_PROCESS.detail


@pytest.mark.parametrize(
    ("name", "fault", "words"),
    [
        ("stop_flag_restarts", SILENT, "it still listens: "),
        ("stop_stays_blocked", SILENT, "which blocks SIGTERM, so that it is pending"),
        ("stop_leaves_pool", SILENT, "which was not told"),
        ("stop_resets", MID_ECHO, "c1 got ECONNRESET and "),
    ],
)
def test_a_server_that_does_not_stop_as_it_should_is_told_why(
    name: str, fault: StopServer, words: str
) -> None:
    verdict = stopped(compiled(name), fault)
    assert verdict.outcome is Outcome.FAIL
    assert words in verdict.reason


def test_a_reset_in_a_moment_without_anything_written_loses_nothing() -> None:
    assert stopped(compiled("stop_resets"), SILENT).outcome is Outcome.PASS


def test_a_server_that_waits_for_its_clients_without_a_word_is_named() -> None:
    verdict = stopped(mutant("stop_joins_clients.py"))
    assert verdict.outcome is Outcome.FAIL
    assert "does not end as long as c1 stays connected, and says nothing of that" in verdict.reason


@pytest.mark.parametrize("moment", StopMoment)
def test_one_that_says_that_it_waits_and_serves_them_meanwhile_stops(moment: StopMoment) -> None:
    path = PROGRAMS.parent / "variants" / "stops_gracefully.py"
    verdict = stopped(
        mutant(f"../variants/{path.name}"),
        StopServer(1, StopSignal.TERM, StopTo.ROOT, moment),
    )
    assert verdict.outcome is Outcome.PASS


def test_a_worker_that_ignores_the_signal_and_serves_on_is_right() -> None:
    assert stopped(script("forking.py", "ignores-term"), ALL).outcome is Outcome.PASS


def node(how: str) -> Command:
    program = Path(PROGRAMS) / "stops_when_left.js"
    return Command(("env", f"STOP={how}", NODE or "node", str(program), "{port}"))


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("moment", StopMoment)
@pytest.mark.parametrize("how", ["waits", "ends", "says"])
def test_a_node_server_ends_its_connections_or_says_that_it_waits(
    how: str, moment: StopMoment
) -> None:
    fault = StopServer(1, StopSignal.TERM, StopTo.ROOT, moment)
    is_wrong = how == "waits" and moment is not StopMoment.IDLE
    # With a client the process at rest is one that waits for it.
    expected = Outcome.FAIL if is_wrong or how == "waits" else Outcome.PASS
    assert stopped(node(how), fault).outcome is expected
