"""What a client leaves of its descriptors, and that sharing them changes nothing else of a run."""

import sys

import pytest

from faults.payloads import A_LINE
from properties.client.events import Delivered, DescriptorsLeft, Exited, Printed
from properties.client.execute import execute
from properties.client.steps import Accept, Answer, Terminal, Type
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Step
from target.command import REFERENCE_CLIENT, Command

AT_A_TERMINAL = (Terminal(), Type(A_LINE), Answer())

COPIES = """
import os, socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while line := os.read(0, 100):
    s.sendall(line)
    os.write(1, s.recv(100))
s.shutdown(socket.SHUT_WR)
"""


def run(*workload: Step, command: Command = REFERENCE_CLIENT) -> History:
    return execute(workload, command, "127.0.0.1", Rules(patience=20.0))


def script(source: str) -> Command:
    return Command((sys.executable, "-I", "-S", "-c", source, "{host}", "{port}"))


def changed(history: History) -> list[str]:
    return [event.changed for event in history.of(DescriptorsLeft)]


def test_a_client_at_a_terminal_shares_its_descriptors_as_with_a_shell() -> None:
    history = run(*AT_A_TERMINAL)
    assert changed(history) == [""]
    assert next(history.of(Exited)).status == 0
    assert [*history.of(Printed)][-1].total == 2 * A_LINE.length


def test_a_client_with_a_pipe_shares_nothing() -> None:
    assert changed(run(Type(A_LINE), Answer())) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_it_leaves_of_each_descriptor_is_seen(number: int) -> None:
    source = f"{COPIES}\nos.set_blocking({number}, False)"
    found = changed(run(*AT_A_TERMINAL, command=script(source)))
    assert found == [f"O_NONBLOCK is set for descriptor {number}"]


def test_what_it_leaves_of_the_terminal_is_seen() -> None:
    source = f"{COPIES}\nimport tty\ntty.setcbreak(0)"
    (found,) = changed(run(*AT_A_TERMINAL, command=script(source)))
    assert "ICANON is cleared" in found
    assert found.endswith("of the terminal that is descriptor 0")


def test_nothing_is_looked_at_of_a_client_that_does_not_end() -> None:
    source = f"{COPIES}\nimport signal\nwhile True: signal.pause()"
    history = execute(AT_A_TERMINAL, script(source), "127.0.0.1", Rules(patience=1.0))
    assert next(history.of(Exited)).stopped
    assert changed(history) == []


def test_an_echo_has_been_read_although_its_acknowledgement_is_delayed() -> None:
    # The kernel delays the acknowledgement of a second small segment (RFC 9293, 3.8.6.3).
    history = run(Accept(), *[step for _ in range(3) for step in (Type(A_LINE), Answer())])
    assert [event.total for event in history.of(Delivered)][:3] == [24, 48, 72]
