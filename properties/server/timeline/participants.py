"""The participants of a history: which clients and processes get a column of the timeline.

Where there are too many, those are shown that matter: named in the words of the violation,
disturbed by a fault, or served badly.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from properties.model.events import Event, Injected, Marked
from properties.model.ladder import MOST_COLUMNS, Column
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.events import Ended, ListenerEnded, Mismatched, Opened, OpenFailed, Stalled
from properties.server.process_events import ProcessAppeared, ServerFound, Serving


@dataclass(frozen=True)
class Participants:
    """The columns, and what is known of the clients and processes in them.

    `clients` and `processes` give the column of a client and of a pid, `workers` the pid that
    served a client, shown or not; `guessed` are the clients whose worker follows only from the
    order of the forks.
    """

    columns: tuple[Column, ...]
    clients: dict[int, int]
    processes: dict[int, int]
    server: int
    listener: int | None
    workers: dict[int, int]
    guessed: frozenset[int]
    left_out: tuple[int, ...]

    def server_of(self, client: int) -> int:
        """Return the column of the process that serves a client, as far as it is known."""
        return self.processes.get(self.workers.get(client, 0), self.server)


def assemble(
    events: Sequence[Event], violation: str, most_columns: int = MOST_COLUMNS
) -> Participants:
    """Choose the columns for a history; `violation` says in words what was wrong."""
    found = next((e for e in events if isinstance(e, ServerFound)), None)
    listener = found.listener if found else _listener_by_its_end(events)
    known = _seen_serving(events)
    guessed = _by_order(events, listener, known)
    workers = {**guessed, **known}
    own = {c: pid for c, pid in workers.items() if c > 0 and pid != listener}
    clients = _clients(events)
    shown = _chosen(clients, own, _important_clients(events, violation, workers), most_columns)
    ours = [own[client] for client in shown if client in own]
    pids = [*dict.fromkeys(ours), *_others(events, violation, workers, listener)]
    pids = pids[: max(0, most_columns - len(shown) - 1)]
    server = len(shown)
    columns = (
        *(Column(f"c{client}") for client in shown),
        _server(listener, all(client in own for client in shown)),
        *(_worker(pid, shown, own, frozenset(guessed)) for pid in pids),
    )
    return Participants(
        columns=columns,
        clients={client: column for column, client in enumerate(shown)},
        processes={
            **{pid: server + 1 + index for index, pid in enumerate(pids)},
            **({listener: server} if listener is not None else {}),
        },
        server=server,
        listener=listener,
        workers=workers,
        guessed=frozenset(guessed),
        left_out=tuple(client for client in clients if client not in shown),
    )


def _listener_by_its_end(events: Sequence[Event]) -> int | None:
    return next((e.pid for e in events if isinstance(e, ListenerEnded)), None)


def _clients(events: Sequence[Event]) -> list[int]:
    """Return the clients of the workload, in order."""
    found = {e.client for e in events if isinstance(e, Opened | OpenFailed)}
    return sorted(client for client in found if client > 0)


def _seen_serving(events: Sequence[Event]) -> dict[int, int]:
    workers: dict[int, int] = {}
    for event in events:
        if isinstance(event, Serving):
            workers.setdefault(event.client, event.pid)
    return workers


def _by_order(
    events: Sequence[Event], listener: int | None, known: dict[int, int]
) -> dict[int, int]:
    """Return the workers, by the order of the forks, of clients that no process was seen to serve.

    A listener that forks for each connection does so in the order of its accept queue, which is
    that of the handshakes. The order is used only where there is one fork for each connection, and
    where all that was seen agrees.
    """
    opened = {
        e.client: place for place, e in reversed([*enumerate(events)]) if isinstance(e, Opened)
    }
    clients = sorted((client for client in opened if client > 0), key=opened.__getitem__)
    begins = min((opened[client] for client in clients), default=len(events))
    ends = opened.get(LAST_EXCHANGE, len(events))
    forks = [
        (place, e.pid)
        for place, e in enumerate(events)
        if isinstance(e, ProcessAppeared) and e.parent == listener
    ]
    # A census is taken at rest before the last exchange: every process forked until then was seen.
    guessed = {
        **_only(FIRST_EXCHANGE, [pid for place, pid in forks if place < begins]),
        **_only(LAST_EXCHANGE, [pid for place, pid in forks if place > ends]),
    }
    between = [pid for place, pid in forks if begins < place < ends]
    guessed |= _in_turn(clients, between, known, first_is_known=FIRST_EXCHANGE in guessed)
    return {client: pid for client, pid in guessed.items() if client not in known}


def _only(client: int, pids: list[int]) -> dict[int, int]:
    return {client: pids[0]} if len(pids) == 1 else {}


def _in_turn(
    clients: list[int], pids: list[int], known: dict[int, int], *, first_is_known: bool
) -> dict[int, int]:
    """Return client -> pid if there are as many of both, and it is certain where to begin.

    The worker of the exchange before may be the first of these, or may never have been seen.
    """
    if not first_is_known and len(pids) == len(clients) + 1:
        clients = [FIRST_EXCHANGE, *clients]
    if len(pids) != len(clients):
        return {}
    pairs = dict(zip(clients, pids, strict=True))
    agreeing = [client for client in pairs if known.get(client) == pairs[client]]
    if any(pairs.get(client, pid) != pid for client, pid in known.items()):
        return {}
    return pairs if agreeing or first_is_known or FIRST_EXCHANGE in pairs else {}


def _important_clients(
    events: Sequence[Event], violation: str, workers: dict[int, int]
) -> list[int]:
    """Return the clients that the violation is about, most important first, then disturbed ones."""
    pids = _pids_in(violation)
    named = [int(number) for number in re.findall(r"\bc(\d{1,9})\b", violation)]
    named += [client for client, pid in workers.items() if pid in pids]
    badly_served = [client for event in events if (client := _badly_served(event))]
    disturbed = [c for e in events if isinstance(e, Injected) for c in sorted(e.disturbed)]
    marked = {e.pid for e in events if isinstance(e, Marked)}
    signalled = [client for client, pid in workers.items() if pid in marked]
    return list(dict.fromkeys([*named, *badly_served, *disturbed, *signalled]))


def _badly_served(event: Event) -> int:
    """Return the client for which something went wrong, 0 for none."""
    if isinstance(event, Stalled | Mismatched | OpenFailed):
        return event.client
    return event.client if isinstance(event, Ended) and event.missing else 0


def _pids_in(violation: str) -> set[int]:
    return {int(number) for number in re.findall(r"\b\d{1,9}\b", violation)}


def _chosen(
    clients: list[int], own: dict[int, int], matter: list[int], most_columns: int
) -> list[int]:
    """Return the clients that get a column: all if they fit, else those that matter."""
    if _places(clients, own) <= most_columns:
        return clients
    first = [client for client in matter if client in clients]
    chosen: list[int] = []
    for client in first or clients:
        if _places([*chosen, client], own) <= most_columns:
            chosen.append(client)
    return sorted(chosen)


def _places(clients: list[int], own: dict[int, int]) -> int:
    return len(clients) + 1 + len({own[client] for client in clients if client in own})


def _others(
    events: Sequence[Event], violation: str, workers: dict[int, int], listener: int | None
) -> list[int]:
    """Return processes that serve no known client, and that the violation or a fault names."""
    seen = {e.pid for e in events if isinstance(e, ProcessAppeared)}
    named = _pids_in(violation) | {e.pid for e in events if isinstance(e, Marked)}
    return sorted((seen & named) - set(workers.values()) - {listener})


def _server(listener: int | None, only_listens: bool) -> Column:
    head = "listener" if only_listens and listener is not None else "server"
    return Column(head, "" if listener is None else str(listener))


def _worker(pid: int, shown: list[int], own: dict[int, int], guessed: frozenset[int]) -> Column:
    served = [client for client in shown if own.get(client) == pid]
    if not served:
        return Column("process", str(pid))
    names = ", ".join(f"c{client}{'?' if client in guessed else ''}" for client in served)
    return Column(f"worker of {names}" if len(served) == 1 else f"for {names}", str(pid))
