"""A client of two processes (UNP 16.2), one of which copies the input: both have to end."""

import sys

import pytest

from faults.client.peer_fin import FinManner, PeerFin
from faults.payloads import A_LINE
from properties.client.events import ProcessesLeft
from properties.client.execute import execute
from properties.client.invariants.leaves_as_found import INVARIANT
from properties.client.steps import Answer, Type
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.verdict import Outcome, judge
from target.command import Command

CLIENT = """
import os, signal, socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
child = os.fork()
if child == 0:
    while data := os.read(0, 4096):
        connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)
    os._exit(0)
while data := connection.recv(4096):
    os.write(1, data)
if sys.argv[3:] and os.waitpid(child, os.WNOHANG)[0] == 0:
    os.kill(child, signal.SIGTERM)
    os.wait()
    sys.exit("the server has terminated prematurely")
sys.exit(0 if sys.argv[3:] else "the server has terminated prematurely")
"""

ENDED_EARLY: Workload = (
    *(Type(A_LINE), Answer()),
    Inject(PeerFin(FinManner.HALF_CLOSE, frozen=False)),
)


@pytest.mark.parametrize(
    ("word", "outcome"), [("", Outcome.FAIL), ("kills", Outcome.NOT_APPLICABLE)]
)
def test_what_still_reads_the_input_is_left_behind(word: str, outcome: Outcome) -> None:
    words = (sys.executable, "-I", "-S", "-c", CLIENT, "{host}", "{port}", *word.split())
    made = execute(ENDED_EARLY, Command(words), "127.0.0.1", Rules(patience=10.0))
    assert any(made.of(ProcessesLeft)) == (outcome is Outcome.FAIL)
    assert judge(INVARIANT, made).outcome is outcome
