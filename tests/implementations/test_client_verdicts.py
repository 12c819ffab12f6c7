"""What anechoic finds in clients that this project did not write, and why that is right.

Each row states the verdict and its reason, from the client's documentation, or from the system
calls that it was seen to make (`clients.py` has the details). Clients that are not installed are
skipped; `.ci/install-servers` installs them.

Hardly any of them was written to tell its user how a connection ended, and none conforms. What is
asked of each is asked by UNP 5.12 to 5.15 and 6.5 to 6.7, and the kernel shows all of them the same
(`properties/client/endings.py`).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults.client.connecting import HinderConnect, Hindrance
from faults.client.output_fails import FailOutput
from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.client_context import OutputFailure
from faults.payloads import Content, Payload
from properties.cases.case import Case, write_case
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.role import CLIENT
from properties.client.steps import Accept, Answer, EndInput, Type
from properties.model.steps import Inject, Workload
from target import chamber
from target.chamber import Network
from tests.end_to_end.runs import finished
from tests.exhaustive import parameters

from .catalogue import CLIENTS, Implementation, build, missing

ENDINGS = ("peer_fin", "peer_reset")
"""The families in which the server ends early."""

VIOLATES = 1

A_LINE = Payload(Content.LINES, 24)
NO_LINE = Payload(Content.LETTERS, 24)

CLOSE = Inject(PeerFin(FinManner.CLOSE, frozen=False))

RESET = Inject(PeerReset(ResetManner.ALONE, frozen=False))

FIN_WHILE_IDLE = (Accept(), CLOSE)
"""The server closes when the client has gone to sleep, and nothing is typed."""

LATE_ECHO = (Type(A_LINE), EndInput(), *[Accept()] * 7)
"""The input ends, and the echo comes later: the client rests after each step, a quarter second."""

ECHO_AFTER_A_LOOK = (Type(A_LINE), Accept(), Answer())
"""The echo comes when the client has gone to sleep again, and nothing is typed."""

INTO_A_RESET = (Inject(PeerReset(ResetManner.AFTER_FIN, frozen=True)), Type(A_LINE))
"""FIN and RST are both there when the client looks again; then a line is typed: EPIPE."""

DATA_AND_RESET = (Type(A_LINE), Inject(PeerReset(ResetManner.AFTER_DATA, frozen=True)))
"""The echo and RST are both there when the client looks again."""

ON_A_FULL_DISK = (Inject(FailOutput(OutputFailure.FULL)),)
"""An echo comes that cannot be printed: write fails with ENOSPC."""

WITHOUT_A_READER = (Inject(FailOutput(OutputFailure.READER_GONE)),)
"""An echo comes that cannot be printed: write raises SIGPIPE."""

AT_A_DEAD_ADDRESS = (Inject(HinderConnect(Hindrance.FIRST_ADDRESS_DEAD)),)
"""A name has two addresses; nothing listens at the first."""

TO_ITSELF = (Inject(HinderConnect(Hindrance.SELF_CONNECT)),)
"""No server listens; a later attempt to connect comes from the port that it goes to."""


@dataclass(frozen=True)
class Expectation:
    """What is to be found in one client.

    `violated` must be found, `allowed` may be found beside it: what not every run comes upon.
    """

    identifier: str
    violated: frozenset[str]
    allowed: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ENDINGS
    examples: int = 4


def _violates(
    identifier: str, violated: str, allowed: str = "", *, faults: str = "", examples: int = 4
) -> Expectation:
    return Expectation(
        identifier,
        frozenset(violated.split()),
        frozenset(allowed.split()),
        tuple(faults.split()) or ENDINGS,
        examples,
    )


EXPECTED = (
    # socat ends half a second after either direction did (-t), also where an end was all that it
    # got: with 0, for a failed read is a warning, and without a word, for warnings are not shown.
    # A write that fails ends it, and what had come before the reset is not read any more.
    _violates(
        "socat",
        "reports_reset exit_status",
        "reports_eof no_data_lost_at_eof exact_output",
        faults="peer_reset",
    ),
    # With -d -d it tells both ends at once and in the right words, so no report is missing; but a
    # reset is a warning still, and its status 0 when the input ends after it. Typing into the
    # connection gives EPIPE, which is an error, and status 1. It takes the first address of a name.
    _violates(
        "socat-patient-and-talkative",
        "exit_status",
        "exact_output tries_each_address",
        faults="connecting peer_reset",
    ),
    # ncat stops watching the socket at the server's FIN and waits for its input, without a word,
    # and ends with 0. A reset it tells, and ends with 1; after a FIN it is told by EPIPE, but only
    # when something is typed.
    _violates("ncat", "reports_eof", "notices_eof exit_status"),
    # Errors of connect are told only with -v. At the server's FIN it waits for its input; at a
    # reset it closes the socket unread and ends with 0, and it never says a word. Without -N the
    # end of its input is not passed on, so that both sides wait: exit_status in control.
    _violates(
        "nc-openbsd",
        "dies_loudly reports_eof reports_reset exit_status",
        "notices_eof exact_output",
        faults="control connecting peer_fin peer_reset",
    ),
    # -N makes it half-close, and so it conforms in control; nothing else changes.
    _violates(
        "nc-openbsd-n",
        "dies_loudly reports_eof reports_reset exit_status",
        "notices_eof exact_output",
        faults="control connecting peer_fin peer_reset",
    ),
    # It ends at once at the end of the connection, but read = 0 and ECONNRESET are the same to it:
    # no word and status 0. Without -q it does not pass on the end of its input.
    _violates(
        "nc-traditional",
        "reports_eof reports_reset exit_status",
        faults="control peer_fin peer_reset",
    ),
    # The same, and a second after the end of its input it stops reading.
    _violates("nc-traditional-q-1", "reports_eof reports_reset exit_status", "no_data_lost_at_eof"),
    # Both half-close, and end at once, without a word and with 0, whether read gave 0 or an error.
    # busybox ends at a failed write as socat does.
    _violates("busybox-nc", "reports_eof reports_reset exit_status", "dies_loudly exact_output"),
    _violates("toybox-nc", "reports_eof reports_reset exit_status"),
    # It is no plain client: its greeting is on standard output, and LF is sent as CR LF. Every end
    # is told as 'closed by foreign host', also a reset, and the status is 0. When its input ends it
    # ends as well, with what it has read unsent. In what is typed a byte can be its escape
    # character: it then waits for a command, and notices and tells nothing.
    _violates(
        "telnet",
        "exact_output reports_reset exit_status",
        "no_data_lost_at_eof notices_eof reports_eof dies_loudly",
        faults="control connecting peer_reset",
    ),
    # It sleeps in read(0), so that a FIN is noticed with the next line, and an echo that comes
    # later than its next look is not taken. End of file is success, and silent; a reset is told
    # when something is typed, else it is not looked for. The end of the input is not passed on.
    _violates(
        "curl-telnet",
        "reports_eof",
        "exact_output notices_eof reports_reset exit_status",
        faults="peer_fin",
    ),
    # cat tells a reset, and that is all that is told: a FIN ends one cat and leaves the other and
    # the shell, which goes on; SIGPIPE is told by its status 141 alone, which is no word. When the
    # input ends, the shell ends with 0, and the cat that is left keeps the connection; on a
    # terminal SIGHUP ends that cat with the shell, and the echo is lost (_exit(2), of a leader).
    _violates(
        "bash-two-cats",
        "reports_eof exit_status",
        "notices_eof dies_loudly no_data_lost_at_eof",
        faults="control peer_fin peer_reset",
    ),
    # A line out and a line in: it sleeps in read(0) when the connection ends, and if nothing more
    # is typed it closes it without having looked, with 0. SIGPIPE ends it in printf. Where an echo
    # is owed it sleeps in the other read, and tells both ends as they are. read drops NUL bytes,
    # and a line without a newline is not sent.
    _violates(
        "bash-line-by-line",
        "reports_eof reports_reset exit_status",
        "notices_eof dies_loudly exact_output no_data_lost_at_eof",
    ),
    # The same shape; SIGPIPE is ignored, and a traceback tells a broken pipe. An echo that is owed
    # when FIN comes is printed as b"", and nothing is told: that is no better in exit_status. What
    # has no newline at its end is sent, and its echo waited for with a newline: for ever.
    _violates(
        "python-line-by-line", "reports_eof reports_reset exit_status", "notices_eof exact_output"
    ),
    # The same shape; undef is end of file and error alike, so that a reset is told as an end also
    # where it is seen, and SIGPIPE has its default action.
    _violates(
        "perl-line-by-line",
        "reports_eof reports_reset exit_status",
        "notices_eof dies_loudly exact_output",
    ),
    # The same shape; 0 and -1 of getline are told alike by the script, as in Perl.
    _violates(
        "gawk-line-by-line",
        "reports_eof reports_reset exit_status",
        "notices_eof dies_loudly exact_output no_data_lost_at_eof",
    ),
    # An end of file ends both pipes and so the process, with 0 and without a word. A reset is
    # thrown, with ECONNRESET in its trace, where no error handler was set; but not after data.
    _violates("node-two-pipes", "reports_eof", "reports_reset exit_status"),
    # As bash with two cats; but here the shell waits for both, and ends with 0 whatever they said.
    _violates(
        "tcpclient-two-cats",
        "reports_eof exit_status",
        "notices_eof",
        faults="control peer_fin peer_reset",
    ),
    # mconnect sends LF as CR LF. It ends at once at every end, with 0 and without a word, and does
    # not pass on the end of its input.
    _violates(
        "mconnect",
        "exact_output reports_eof reports_reset exit_status",
        "no_data_lost_at_eof",
        faults="control peer_fin peer_reset",
    ),
    # It waits for the end of its input as well, and takes every failure for an end: no word, 0.
    _violates("tcpconnect", "reports_eof reports_reset exit_status", "notices_eof"),
    # At FIN it goes on with its input, without a word; SIGPIPE ends it where something is typed. A
    # failed read it tells.
    _violates("hose-slave", "reports_eof", "notices_eof dies_loudly exit_status"),
    # It stays at FIN as ncat does. Every failure is told, with 1.
    _violates("plink-raw", "reports_eof", "notices_eof exit_status"),
)


@dataclass(frozen=True)
class Known:
    """What is known of a client beforehand, as a case: the invariant and the workload."""

    identifier: str
    invariant: str
    workload: Workload

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.identifier}-{self.invariant}"


KNOWN = (
    # These sleep in a read of their input, or have taken the socket out of what they watch once it
    # gave 0: each holds its connection, and says nothing, for as long as nothing is typed.
    *(
        Known(identifier, "notices_eof", FIN_WHILE_IDLE)
        for identifier in (
            "ncat",
            "nc-openbsd",
            "nc-openbsd-n",
            "curl-telnet",
            "bash-two-cats",
            "bash-line-by-line",
            "python-line-by-line",
            "perl-line-by-line",
            "gawk-line-by-line",
            "tcpclient-two-cats",
            "tcpconnect",
            "hose-slave",
            "plink-raw",
        )
    ),
    # It does notice, half a second later: it ends with 0 and without a word.
    Known("socat", "reports_eof", FIN_WHILE_IDLE),
    # A full disk under its standard output ends these with 0 and without a word.
    *(
        Known(identifier, "reports_output_error", ON_A_FULL_DISK)
        for identifier in ("nc-openbsd-n", "mconnect", "tcpconnect")
    ),
    # A pipe without a reader ends one cat by SIGPIPE, and the shell ends with 0 all the same.
    *(
        Known(identifier, "reports_output_error", WITHOUT_A_READER)
        for identifier in ("bash-two-cats", "tcpclient-two-cats")
    ),
    # Each takes the first address of a name, and ends with 1 where that refuses.
    *(
        Known(identifier, "tries_each_address", AT_A_DEAD_ADDRESS)
        for identifier in ("socat", "nc-traditional", "busybox-nc", "perl-line-by-line")
    ),
    # It connects again, a second later, up to twenty times, and does not look where it has come to.
    Known("gawk-line-by-line", "no_self_connect", TO_ITSELF),
    # Both limit how long they stay after the end of the input: half a second, and one.
    Known("socat", "no_data_lost_at_eof", LATE_ECHO),
    Known("nc-traditional-q-1", "no_data_lost_at_eof", LATE_ECHO),
    # It looks at the socket once, and goes to sleep in read(0).
    Known("curl-telnet", "exact_output", ECHO_AFTER_A_LOOK),
    # The end of its input goes no further.
    Known("curl-telnet", "exit_status", (Type(A_LINE), EndInput())),
    # SIGPIPE has its default action in all three, and printf is a builtin of bash.
    Known("perl-line-by-line", "dies_loudly", INTO_A_RESET),
    Known("bash-line-by-line", "dies_loudly", INTO_A_RESET),
    Known("hose-slave", "dies_loudly", INTO_A_RESET),
    # POLLERR closes the socket, with what had come before the reset still to be read.
    Known("nc-openbsd", "exact_output", DATA_AND_RESET),
    # Both have half-closed, and wait for the echo: they take FIN for the ordinary end, whatever is
    # owed, and socat a reset too.
    Known("ncat", "exit_status", (Type(A_LINE), EndInput(), CLOSE)),
    Known("socat-patient-and-talkative", "exit_status", (Type(A_LINE), EndInput(), RESET)),
    # POLLHUP after a read that was short is the end of file for libuv, which reads no more.
    Known("node-two-pipes", "reports_reset", DATA_AND_RESET),
    Known("node-two-pipes", "exit_status", DATA_AND_RESET),
    # read fails at the end of file, also where it has read something: the loop ends.
    Known("bash-line-by-line", "no_data_lost_at_eof", (Type(NO_LINE), EndInput())),
    # Sent without a newline it comes back without one, and the echo is waited for until there is
    # one, by a client whose end the server waits for.
    Known("python-line-by-line", "exit_status", (Type(NO_LINE), EndInput())),
)


def _is_shown(one: Known) -> bool:
    """Return whether another before it shows the same of the same invariant."""
    shown = [(other.invariant, other.workload) for other in KNOWN[: KNOWN.index(one)]]
    return (one.invariant, one.workload) in shown


BY_INVARIANT = {one.id: one for one in CLIENT_INVARIANTS}
BY_IDENTIFIER = {one.identifier: one for one in CLIENTS}


@pytest.mark.slow
@pytest.mark.parametrize(
    "expected",
    parameters(EXPECTED, lambda one: one.identifier, lambda one: one not in EXPECTED[::3]),
)
def test_what_is_found_in_a_client_of_others(expected: Expectation, tmp_path: Path) -> None:
    client = BY_IDENTIFIER[expected.identifier]
    if reason := missing(client):
        pytest.skip(reason)
    result = tmp_path / "result.json"
    arguments = ["check", "--client", "--seed", "1", "--json", str(result)]
    arguments += ["--no-sweep", "--max-examples", str(expected.examples), *client.options]
    for fault in expected.faults:
        arguments += ["--fault", fault]
    done = finished([*arguments, "--", *build(client)], tmp_path)
    violated = _violated(result)
    assert violated >= expected.violated, done.stdout
    assert violated <= expected.violated | expected.allowed, done.stdout
    assert done.returncode == VIOLATES, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("known", parameters(KNOWN, lambda one: one.name, _is_shown))
def test_what_is_known_of_a_client_of_others(known: Known, tmp_path: Path) -> None:
    client = BY_IDENTIFIER[known.identifier]
    if reason := missing(client) or _without_namespaces(known):
        pytest.skip(reason)
    invariant = BY_INVARIANT[known.invariant]
    words, patience = build(client), _patience(client)
    network = Network.HOST if chamber.why_not() else Network.OWN
    case = Case(
        *(CLIENT, invariant, "mixed", known.workload, "", words), patience=patience, network=network
    )
    done = finished(["replay", str(write_case(case, tmp_path))], tmp_path)
    assert done.returncode == VIOLATES, done.stdout
    assert "STILL FAILS 1/1" in done.stdout


def test_every_client_of_the_catalogue_has_an_expectation() -> None:
    assert [one.identifier for one in EXPECTED] == [one.identifier for one in CLIENTS]


def test_the_names_of_invariants_are_known() -> None:
    for one in EXPECTED:
        assert one.violated | one.allowed <= BY_INVARIANT.keys()
        assert not one.violated & one.allowed


@pytest.mark.parametrize("client", CLIENTS, ids=list(BY_IDENTIFIER))
def test_an_entry_is_complete(client: Implementation) -> None:
    words = " ".join(client.command)
    assert "{host}" in words
    assert "{port}" in words
    assert client.package
    assert client.model
    assert len(client.about) > 80


def _without_namespaces(known: Known) -> str:
    return chamber.why_not() if known.workload in (AT_A_DEAD_ADDRESS, TO_ITSELF) else ""


def _patience(client: Implementation) -> float:
    told = dict(zip(client.options[::2], client.options[1::2], strict=True))
    return float(told.get("--patience", 10.0))


def _violated(result: Path) -> set[str]:
    checks: list[dict[str, Any]] = []
    if result.exists():
        checks = json.loads(result.read_text())["checks"]
    return {check["invariant"] for check in checks if check["verdict"] == "fail"}
