"""Where a target runs: in a network of its own where that can be had, and is asked for."""

import os
import signal
import socket
from collections.abc import Callable

import pytest

from properties.model.target_spec import Target
from properties.running.errors import UsageError
from properties.running.keywords import settings_from
from properties.running.processes import chambered
from target import chamber
from target.chamber import Network
from target.errors import EndedError, TargetError

needs_chambers = pytest.mark.skipif(bool(chamber.why_not()), reason=chamber.why_not())

MINE = Target.server("./mine {port}")


def network_of(target: Target, asked: Network) -> tuple[Network, str]:
    settings, why = chambered.settled_in(settings_from(target), asked)
    return settings.rules.network, why


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chamber, "why_not", lambda: "forbidden here")


def test_the_host_s_network_is_used_where_it_is_asked_for() -> None:
    assert network_of(MINE, Network.HOST) == (Network.HOST, "")


@needs_chambers
def test_its_own_is_used_where_it_can_be_made() -> None:
    assert network_of(MINE, Network.OWN) == (Network.OWN, "")


def test_where_none_can_be_made_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    assert network_of(MINE, Network.OWN) == (Network.HOST, "forbidden here")


def test_a_server_that_runs_already_is_where_it_is_and_nothing_is_told() -> None:
    assert network_of(Target.address("127.0.0.1:7"), Network.OWN) == (Network.HOST, "")


def test_an_address_of_the_machine_s_network_is_only_there() -> None:
    network, why = network_of(Target.server("./mine {port}", host="192.0.2.1"), Network.OWN)
    assert network is Network.HOST
    assert "192.0.2.1" in why


def namespace() -> str:
    return os.readlink("/proc/self/ns/net")


@needs_chambers
def test_a_call_is_made_in_another_network_and_its_answer_comes_back() -> None:
    assert chambered.call(Network.OWN, lambda _: namespace()) != namespace()


def test_in_the_host_s_network_it_is_a_plain_call() -> None:
    assert chambered.call(Network.HOST, lambda _: os.getpid()) == os.getpid()


@needs_chambers
def test_what_is_told_meanwhile_is_told_here() -> None:
    told: list[int] = []

    def work(tell: Callable[[int], None]) -> str:
        tell(1)
        tell(2)
        return "done"

    assert chambered.call(Network.OWN, work, told.append) == "done"
    assert told == [1, 2]


@needs_chambers
def test_what_it_raises_is_raised_here() -> None:
    def work(_: object) -> None:
        raise TargetError("never listened", "last words")

    with pytest.raises(TargetError, match="never listened") as raised:
        chambered.call(Network.OWN, work)
    assert raised.value.output == "last words"


class WordyError(Exception):
    """Cannot be unpickled: it takes two arguments, and keeps one."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


class DoublingError(Exception):
    """Is unpickled with another text."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the {what}")


class WordyTargetError(WordyError, TargetError):
    """The target's fault."""


def raising(error: Exception) -> Callable[[object], None]:
    def work(_: object) -> None:
        raise error

    return work


@needs_chambers
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (WordyError("the answer", "is lost"), "WordyError: the answer: is lost"),
        (DoublingError("answer"), "DoublingError: the answer"),
    ],
    ids=["cannot be unpickled", "is unpickled as another"],
)
def test_what_cannot_be_sent_as_it_is_is_told_by_its_type_its_text_and_where(
    error: Exception, words: str
) -> None:
    with pytest.raises(chambered.UnsentError) as raised:
        chambered.call(Network.OWN, raising(error))
    assert str(raised.value) == f"{__name__}.{words}"
    assert "raise error" in "".join(raised.value.__notes__)


@needs_chambers
@pytest.mark.parametrize(
    "error", [TargetError("mine"), EndedError("mine"), UsageError("mine"), KeyError("mine")]
)
def test_what_can_be_sent_keeps_its_type(error: Exception) -> None:
    with pytest.raises(type(error), match="mine") as raised:
        chambered.call(Network.OWN, raising(error))
    assert type(raised.value) is type(error)


@needs_chambers
def test_what_callers_catch_arrives_as_what_they_catch() -> None:
    with pytest.raises(TargetError) as raised:
        chambered.call(Network.OWN, raising(WordyTargetError("the server", "is gone")))
    assert str(raised.value) == "the server: is gone"
    assert "raise error" in "".join(raised.value.__notes__)


@needs_chambers
def test_a_process_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(UsageError, match="ended from outside"):
        chambered.call(Network.OWN, lambda _: os.kill(os.getpid(), signal.SIGKILL))


@needs_chambers
def test_an_interruption_ends_the_process() -> None:
    left, right = socket.socketpair()

    def interrupt(_: int) -> None:
        right.close()
        raise KeyboardInterrupt

    def work(tell: Callable[[int], None]) -> None:
        tell(1)
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        chambered.call(Network.OWN, work, interrupt)
    # The other end is held by nobody any more.
    assert left.recv(1) == b""
    left.close()
