"""What a server owes is asked of the oracle: how a second service is plugged in."""

from faults.payloads import Content, Payload
from faults.server.killed_children import KillMoment, KillSignal, KillWorker
from properties.model.oracle import Conversation, Echo, Service
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Received
from properties.server.steps import Open, Receive, Send
from tests.faults.contexts import A_WORD
from tests.properties.server_runs import PATIENCE, in_doubt, run, script, verdicts, violated

UPPER_CASE_SERVER = script("threaded.py", "upper")
WORKLOAD = (
    Open(1),
    Send(1, A_WORD),
    Receive(1),
    Send(1, Payload(Content.LINES, 10_000), 999),
    Open(2),
    Send(2, Payload(Content.RANDOM, 100_000)),
    Inject(KillWorker(2, KillSignal.KILL, KillMoment.IDLE)),
)


class UpperCase:
    """Every byte comes back, letters as capitals."""

    def start(self) -> "UpperCase":
        """Begin a conversation; upper case needs no memory."""
        return self

    def sent(self, data: bytes) -> bytes:
        """Owe the same bytes as capitals."""
        return data.upper()

    def ended(self) -> bytes:
        """Owe nothing more."""
        return b""


class Goodbye:
    """Echo, and a last word at the end: a service that owes something for the FIN."""

    def start(self) -> "Goodbye":
        """Begin a conversation."""
        return self

    def sent(self, data: bytes) -> bytes:
        """Owe the same bytes."""
        return data

    def ended(self) -> bytes:
        """Owe the last word."""
        return b"bye\n"


def rules(oracle: Service) -> Rules:
    return Rules(patience=PATIENCE, service=oracle)


def test_an_upper_casing_server_conforms_to_upper_case() -> None:
    history = run(WORKLOAD, UPPER_CASE_SERVER, rules(UpperCase()))
    assert in_doubt(history) == {}
    assert {e.client: e.total for e in history.of(Received) if e.client > 0} == {
        1: A_WORD.length + 10_000,
        2: 100_000,
    }


def test_an_upper_casing_server_is_no_echo_server() -> None:
    history = run((Open(1), Send(1, A_WORD), Receive(1)), UPPER_CASE_SERVER, rules(Echo()))
    assert violated(history) == ["exact_echo"]
    reason = verdicts(history)["exact_echo"].reason
    assert reason.startswith("the control exchange before got b'CLIENT -1 LINE")


def test_an_echo_server_is_no_upper_casing_server() -> None:
    history = run((Open(1), Send(1, A_WORD), Receive(1)), rules=rules(UpperCase()))
    assert violated(history) == ["exact_echo"]


def test_what_is_owed_at_the_end_must_come_before_the_fin() -> None:
    history = run((Open(1),), rules=rules(Goodbye()))
    assert "clean_eof" in violated(history)
    assert "4 bytes" in verdicts(history)["clean_eof"].reason


def test_each_connection_has_a_conversation_of_its_own() -> None:
    started: list[Conversation] = []

    class Counting(Echo):
        def start(self) -> Echo:
            started.append(self)
            return self

    run((Open(1), Open(2)), rules=rules(Counting()))
    # And the control exchanges before and after.
    assert len(started) == 4
