"""A workload written by hand: two clients close at the same moment, while the server is stopped.

The server's children end together, and it gets one SIGCHLD for both (UNP 5.10). One that calls
wait() once for each signal leaves a zombie.
"""

import sys

import anechoic
from anechoic import Inject, Open, Target
from anechoic.faults import DisconnectBurst, Manner

TWO_AT_ONCE = (
    Open(1),
    Open(2),
    Inject(DisconnectBurst(clients=(1, 2), manner=Manner.FIN, frozen=True)),
)


def server(program: str) -> Target:
    return Target.server(f"{sys.executable} -P -m target.{program} --port {{port}}")


def test_two_clients_that_close_at_once_leave_no_zombie() -> None:
    trial = anechoic.try_workload(server("tcpserv04"), TWO_AT_ONCE)
    assert not trial.violated


def test_a_server_that_waits_once_for_each_signal_is_found_out() -> None:
    trial = anechoic.try_workload(server("tcpserv03"), TWO_AT_ONCE)
    assert trial.violated == {"no_zombies"}
    print(trial.verdicts["no_zombies"].reason)
