"""The interpreter for clients: the course of every run, and that nothing of it is left."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from signal import SIGKILL
from typing import ClassVar

import pytest

from faults.client.connecting import HinderConnect, Hindrance
from faults.client.freeze import FreezeClient
from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.client.signals import ClientCall, ClientSignal, SignalClient
from faults.client_context import ClientContext
from faults.fault import Fault, FaultOutcome, Status
from faults.payloads import Content, Payload
from properties.client.endings import Ending
from properties.client.events import (
    Accepted,
    Answered,
    Awaited,
    ClientFinished,
    Exited,
    InputEnded,
    Listened,
    PeerEnded,
    Printed,
    Refused,
    Said,
    Started,
    Taken,
    Typed,
    Waited,
)
from properties.client.execute import execute
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.launch import Launch
from properties.client.overfilling import PIECE
from properties.client.steps import (
    Accept,
    Answer,
    EndInput,
    FromFile,
    Say,
    Terminal,
    Type,
    TypeUntilHeld,
)
from properties.client.summary import summarize
from properties.model.end_reports import EndReportPatterns
from properties.model.events import Conclusion, Event, Injected, StepBegan
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Step, Workload
from properties.model.verdict import Outcome as Judged
from properties.model.verdict import judge
from target import ports, processes
from target.command import REFERENCE_CLIENT, Command
from target.errors import TargetError
from tests.mutants.catalogue import CLIENT_MUTANTS, build
from tests.properties.server_runs import HOST, PATIENCE, only_injected, wait_until

A_LINE = Payload(Content.LINES, 24)
SHORT = 1.0
"""Seconds of patience where a client is waited for in vain, whatever the machine does."""

CONNECT = """
import os, signal, socket, sys, time
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
"""
SAYS_ITS_PORT = "import sys; sys.stderr.write('port ' + sys.argv[2]); sys.stderr.flush()\n"
HANGS = "import signal\nwhile True: signal.pause()\n"


def script(source: str) -> Command:
    return Command((sys.executable, "-I", "-S", "-c", source, "{host}", "{port}"))


def run(
    *workload: Step | Fault[ClientContext],
    command: Command = REFERENCE_CLIENT,
    patience: float = PATIENCE,
    reports: EndReportPatterns = EndReportPatterns(),  # noqa: B008 - it cannot be changed
) -> History:
    """Execute a workload, in which faults may stand for themselves."""
    steps = tuple(Inject(part) if isinstance(part, Fault) else part for part in workload)
    return execute(steps, command, HOST, Rules(patience=patience, reports=reports))


def blamed(history: History) -> dict[str, str]:
    """Return what is neither passed nor without meaning, with the reason."""
    verdicts = {invariant.id: judge(invariant, history) for invariant in CLIENT_INVARIANTS}
    good = (Judged.PASS, Judged.NOT_APPLICABLE)
    return {name: v.reason for name, v in verdicts.items() if v.outcome not in good}


def exited(history: History) -> Exited:
    (event,) = history.of(Exited)
    return event


def ours() -> tuple[set[str], set[int]]:
    """Return our descriptors, and the processes below us."""
    below = {process.identity.pid for process in processes.below(os.getpid())}
    return set(os.listdir("/proc/self/fd")), below


@contextlib.contextmanager
def leaving_nothing() -> Iterator[None]:
    """Fail when there is a descriptor or a process more than before."""
    run(command=script("pass"))  # what the first one leaves is there for all
    descriptors, below = ours()
    yield
    assert ours()[0] == descriptors
    # The keeper of a client ends when it has said that all others have.
    wait_until(lambda: ours()[1] <= below)


def is_free(history: History) -> bool:
    """Tell whether the port that the client has named can be reserved and listened on again."""
    port = int(summarize(history).said.split()[-1])
    ports.reserve(HOST, port).release()
    with socket.create_server((HOST, port)):
        return True


# The course of a run.

FLOW = (Typed, Taken, Answered, Printed)


def course(history: History) -> list[type[Event]]:
    """Return the kinds of events that matter here, in order."""
    kinds = (*FLOW, StepBegan, Started, Accepted, InputEnded, ClientFinished, PeerEnded, Exited)
    return [type(event) for event in history.events if isinstance(event, kinds)]


def test_without_a_step_a_line_is_echoed_and_all_ends_in_good_order() -> None:
    history = run()
    assert course(history) == [
        Started,
        Accepted,
        *FLOW,
        InputEnded,
        ClientFinished,
        PeerEnded,
        Exited,
    ]
    assert blamed(history) == {}
    assert summarize(history).wire is Ending.ORDERLY


def test_the_steps_are_recorded_in_words_before_they_are_made() -> None:
    history = run(Type(A_LINE), Answer())
    assert course(history)[:7] == [StepBegan, Started, Typed, StepBegan, Accepted, Taken, Answered]
    assert [event.text for event in history.of(StepBegan)] == [str(Type(A_LINE)), str(Answer())]


def test_times_never_go_back() -> None:
    times = [event.at for event in run(Type(A_LINE), Answer()).events]
    assert times == sorted(times)


def test_what_is_withheld_is_owed_until_the_end_and_then_echoed() -> None:
    history = run(Type(A_LINE), Answer(withheld=10), EndInput())
    (ended,) = history.of(InputEnded)
    (end,) = history.of(PeerEnded)
    assert (ended.owed, end.owed) == (10, 0)
    assert summarize(history).printed == A_LINE.length
    assert blamed(history) == {}


def test_what_nobody_typed_is_printed_and_recorded_as_a_surplus() -> None:
    history = run(Say(A_LINE))
    assert [event.count for event in history.of(Said)] == [A_LINE.length]
    assert summarize(history).surplus
    assert blamed(history) == {}


def test_a_terminal_is_one_for_the_client() -> None:
    history = run(Terminal(), Type(A_LINE), Answer())
    (started,) = history.of(Started)
    assert started.input == "a terminal"
    assert blamed(history) == {}


def test_a_file_has_all_its_lines_from_the_start_and_ends_with_them() -> None:
    history = run(FromFile(Payload(Content.LINES, 5000)), Answer())
    (started,) = history.of(Started)
    assert started.input == "a file"
    assert [event.total for event in history.of(Typed)] == [5000]
    assert len(list(history.of(InputEnded))) == 1
    assert summarize(history).printed == 5000
    assert blamed(history) == {}


def test_input_is_typed_until_the_client_holds_what_its_connection_does_not_take() -> None:
    history = run(TypeUntilHeld(), EndInput(), Answer())
    # The kernel takes more than one piece, and the reference reads one more when it is full.
    assert next(history.of(InputEnded)).owed > 2 * PIECE.length
    assert next(history.of(Accepted)).at < next(history.of(Typed)).at
    assert blamed(history) == {}


def test_a_client_that_forgets_what_it_holds_when_its_input_ends_is_found() -> None:
    forgets = next(one for one in CLIENT_MUTANTS if one.name == "client-input_end_unsent")
    history = run(TypeUntilHeld(), EndInput(), Answer(), command=Command(build(forgets)))
    assert "no_data_lost_at_eof" in blamed(history)


def test_a_client_that_waits_for_each_echo_is_typed_no_more_than_a_piece() -> None:
    waits = f"{CONNECT}\nfor line in sys.stdin.buffer: s.sendall(line); os.write(1, s.recv(9999))"
    history = run(TypeUntilHeld(), EndInput(), Answer(), command=script(waits))
    assert summarize(history).typed == PIECE.length
    assert blamed(history) == {}


def test_a_client_that_asks_epoll_about_a_file_is_found() -> None:
    asks = f"{CONNECT}\nimport select; select.epoll().register(0, select.EPOLLIN)"
    history = run(FromFile(A_LINE), Answer(), command=script(asks))
    assert list(blamed(history)) == ["no_data_lost_at_eof"]


@pytest.mark.parametrize(("megabytes", "hurries"), [("0.5", False), ("2", True)])
def test_a_client_that_floods_its_user_is_not_waited_for_as_long_as_others(
    megabytes: str, *, hurries: bool
) -> None:
    prints = f"{CONNECT}\nos.write(1, b'?' * int({megabytes} * (1 << 20)))"
    launch = Launch()
    execute((Accept(),), script(prints), HOST, Rules(patience=PATIENCE), launch)
    assert launch.pace.in_vain == hurries


@pytest.mark.parametrize(
    "workload",
    [
        pytest.param((EndInput(), Type(A_LINE)), id="type after the end of the input"),
        pytest.param((EndInput(), EndInput()), id="end the input twice"),
        pytest.param((Accept(), Terminal()), id="a terminal for a client that runs"),
        pytest.param((Accept(), FromFile(A_LINE)), id="a file for a client that runs"),
        pytest.param((Accept(), Accept()), id="accept twice"),
        pytest.param((Answer(), Answer(7, 100)), id="answer nothing"),
    ],
)
def test_a_step_that_cannot_be_made_does_nothing(workload: Workload) -> None:
    history = run(*workload)
    assert [len(list(history.of(kind))) for kind in (Started, InputEnded, Accepted)] == [1, 1, 1]
    assert blamed(history) == {}


def test_after_an_early_fin_the_client_is_waited_for_and_heard() -> None:
    history = run(Type(A_LINE), Answer(), PeerFin(FinManner.CLOSE, frozen=False))
    assert only_injected(history).status is Status.FIRED
    (notice,) = history.of(Waited)
    assert (notice.what, notice.conclusion) == (Awaited.NOTICE, Conclusion.MET)
    assert summarize(history).said == "str_cli: server terminated prematurely\n"
    assert exited(history).status == 1
    assert blamed(history) == {}


def test_the_words_of_the_client_are_recorded_where_they_are_not_the_usual_ones() -> None:
    assert list(run().of(Listened)) == []
    (words,) = run(reports=EndReportPatterns(eof="gone")).of(Listened)
    assert (words.eof, words.reset) == ("gone", EndReportPatterns().reset)


# Faults that cannot happen.


@pytest.mark.parametrize(
    ("workload", "why"),
    [
        ((Accept(), HinderConnect(Hindrance.SLOW)), "connected already"),
        ((Accept(), SignalClient(ClientCall.CONNECT, ClientSignal.CAUGHT, 1)), "connected already"),
        ((PeerReset(ResetManner.UNREAD, frozen=False),), "had read everything"),
        (
            (Terminal(), SignalClient(ClientCall.WRITE, ClientSignal.CAUGHT, 1)),
            "a terminal keeps no line of megabytes",
        ),
    ],
)
def test_a_fault_that_cannot_fire_is_missed_and_says_why(
    workload: tuple[Step | Fault[ClientContext], ...], why: str
) -> None:
    history = run(*workload)
    assert only_injected(history).status is Status.MISSED
    assert why in only_injected(history).detail
    assert blamed(history) == {}


@pytest.mark.parametrize(
    "fault",
    [
        PeerFin(FinManner.CLOSE, frozen=True),
        PeerReset(ResetManner.ALONE, frozen=True),
        FreezeClient(answered=True),
        SignalClient(ClientCall.INPUT, ClientSignal.WINCH, 1),
        HinderConnect(Hindrance.RESET_PENDING),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_at_a_client_that_does_not_connect_no_fault_fires(fault: Fault[ClientContext]) -> None:
    with leaving_nothing():
        history = run(fault, command=script("raise SystemExit('I will not')"))
    assert only_injected(history).status is Status.MISSED
    assert "exact_output" in blamed(history)


@dataclass(frozen=True)
class Breaking(Fault[ClientContext]):
    """A fault that breaks when the client is connected."""

    name: ClassVar[str] = "breaking"
    undone: ClassVar[list["Breaking"]] = []

    error: type[Exception]

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Break."""
        context.meet()
        raise self.error("broken")

    def undo(self, context: ClientContext) -> None:
        """Remember that it was called."""
        del context
        self.undone.append(self)

    def __str__(self) -> str:
        return "break"


def test_a_fault_that_breaks_off_is_missed_and_undone() -> None:
    fault = Breaking(ProcessLookupError)
    history = run(fault)
    assert only_injected(history).status is Status.MISSED
    assert only_injected(history).detail == "the fault broke off: broken"
    assert only_injected(history).broke_off
    assert fault in Breaking.undone
    assert blamed(history) == {}


def test_a_mistake_in_a_fault_is_not_hidden_and_still_leaves_nothing() -> None:
    fault = Breaking(RuntimeError)
    with leaving_nothing(), pytest.raises(RuntimeError, match="broken"):
        run(fault)
    assert fault in Breaking.undone


# How the client ends.


@pytest.mark.parametrize("status", [0, 3])
def test_its_status_and_its_words_are_recorded(status: int) -> None:
    ends = f"sys.stderr.write('some words'); sys.exit({status})"
    history = run(command=script(f"{CONNECT}\n{ends}"))
    assert (exited(history).status, exited(history).signal) == (status, None)
    assert exited(history).ending == f"exited with status {status}"
    assert not exited(history).stopped
    assert summarize(history).said == "some words"


def test_the_signal_that_ended_it_is_recorded() -> None:
    history = run(command=script(f"{CONNECT}\nos.kill(os.getpid(), {int(SIGKILL)})"))
    assert (exited(history).status, exited(history).signal) == (None, SIGKILL)
    assert exited(history).ending == "killed by SIGKILL"
    assert not exited(history).stopped


def test_everything_it_prints_is_read_also_when_it_has_ended() -> None:
    prints = "data = s.recv(100); os.write(1, data); os.write(1, b'x' * 50000)"
    history = run(Say(A_LINE), command=script(f"{CONNECT}\n{prints}"))
    assert summarize(history).printed == A_LINE.length + 50000


HANGING = {
    "before it connects": SAYS_ITS_PORT + HANGS,
    "when it is connected": SAYS_ITS_PORT + CONNECT + HANGS,
    "deaf to signals": SAYS_ITS_PORT
    + CONNECT
    + "for n in (1, 2, 3, 13, 15): signal.signal(n, signal.SIG_IGN)\n"
    + HANGS,
    "in a child": SAYS_ITS_PORT + CONNECT + "if os.fork(): os._exit(0)\n" + HANGS,
}

STOPPED = SAYS_ITS_PORT + CONNECT + "os.kill(os.getpid(), signal.SIGSTOP)\n"


@pytest.mark.parametrize("source", HANGING.values(), ids=HANGING)
def test_a_client_that_hangs_is_killed_and_nothing_of_it_stays_behind(source: str) -> None:
    with leaving_nothing():
        history = run(command=script(source))
    assert exited(history).stopped
    assert exited(history).ending == "was killed by us"
    assert [event.conclusion.is_proof for event in history.of(Waited)][-1:] == [True]
    assert is_free(history)


def test_nothing_of_a_client_that_stops_itself_stays_behind() -> None:
    with leaving_nothing():
        history = run(command=script(STOPPED), patience=SHORT)
    assert exited(history).stopped
    assert is_free(history)


@pytest.mark.parametrize(
    "workload",
    [
        (),
        (Type(A_LINE),),
        (PeerFin(FinManner.HALF_CLOSE, frozen=True),),
        (PeerReset(ResetManner.AFTER_FIN, frozen=True),),
        (HinderConnect(Hindrance.REFUSED),),
        (HinderConnect(Hindrance.RESET_PENDING),),
        (HinderConnect(Hindrance.SLOW),),
    ],
    ids=lambda workload: " ".join(map(str, workload)) or "no step",
)
def test_nothing_of_a_client_that_ends_stays_behind(
    workload: tuple[Step | Fault[ClientContext], ...],
) -> None:
    with leaving_nothing():
        history = run(*workload)
    assert not exited(history).stopped
    assert [event.status for event in history.of(Injected)] == [Status.FIRED] * (
        len(workload) if workload and isinstance(workload[0], Fault) else 0
    )
    assert blamed(history) == {}


def test_a_client_that_cannot_be_started_leaves_nothing() -> None:
    with leaving_nothing(), pytest.raises(TargetError):
        run(command=Command(("/nonexistent/client", "{host}", "{port}")))


def test_a_client_that_was_refused_never_connects_and_says_so() -> None:
    history = run(HinderConnect(Hindrance.REFUSED))
    assert [event.waiting for event in history.of(Refused)] == [0]
    assert list(history.of(Accepted)) == []
    assert "cannot connect" in summarize(history).said
    assert exited(history).status == 1


def test_a_client_that_has_reset_its_connection_before_it_is_accepted_breaks_nothing() -> None:
    resets = "s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes([1, *[0] * 7])); s.close()"
    with leaving_nothing():
        history = run(Type(A_LINE), Accept(), command=script(f"{CONNECT}\n{resets}\n{HANGS}"))
    assert len(list(history.of(Accepted))) == 1
    assert [event.by_reset for event in history.of(ClientFinished)] == [True]
