"""The numbers of clients: those of the workload from 1, and those of the control exchanges.

A control exchange runs before a workload, and after all that were begun: connect, one line and
back, half-close.
"""

FIRST_EXCHANGE = -1
LAST_EXCHANGE = -2


def client_name(client: int) -> str:
    """Name a client for a person."""
    control = {FIRST_EXCHANGE: "before", LAST_EXCHANGE: "after"}
    return f"the control exchange {control[client]}" if client in control else f"c{client}"
