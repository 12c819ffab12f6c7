"""Which participants get a column, and whose worker follows from the order of the forks."""

from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.timeline.participants import Participants, assemble
from properties.server.timeline.picture import picture
from tests.properties.server.histories import (
    LISTENER,
    Part,
    connection,
    forked,
    history,
    injected,
    marked,
    server_found,
    step,
)


def participants(*parts: Part, violation: str = "") -> Participants:
    return assemble(history(server_found(), *parts).events, violation)


def heads(found: Participants) -> list[str]:
    return [column.head for column in found.columns]


def crowd(number: int) -> list[Part]:
    return [connection(client) for client in range(1, number + 1)]


# Workers that were not seen to serve a client.

BEFORE, AFTER = connection(FIRST_EXCHANGE), connection(LAST_EXCHANGE)


def test_as_many_forks_as_connections_tell_whose_each_is() -> None:
    found = participants(BEFORE, connection(1), connection(2), forked(11), forked(12), forked(13))
    assert found.workers == {FIRST_EXCHANGE: 11, 1: 12, 2: 13}
    assert found.guessed == found.workers.keys()
    assert heads(found) == ["c1", "c2", "listener", "worker of c1?", "worker of c2?"]


def test_a_guess_is_explained_below_the_diagram() -> None:
    recorded = history(server_found(), BEFORE, forked(11), connection(1), forked(12))
    diagram = picture(recorded.events, "")
    assert diagram is not None
    assert diagram.marks == "?: inferred from the order of the forks"


def test_the_worker_of_the_exchange_before_may_never_have_been_seen() -> None:
    found = participants(BEFORE, connection(1), connection(2), forked(12), forked(13, 2))
    assert found.workers == {1: 12, 2: 13}
    assert found.guessed == {1}


def test_where_that_cannot_be_told_no_worker_is_guessed() -> None:
    found = participants(BEFORE, connection(1), connection(2), forked(12), forked(13))
    assert found.workers == {}


def test_a_fork_before_the_first_client_and_one_after_the_last_are_of_the_plain_exchanges() -> None:
    found = participants(BEFORE, forked(11), connection(1), AFTER, forked(14))
    assert found.workers == {FIRST_EXCHANGE: 11, LAST_EXCHANGE: 14}


def test_no_worker_is_guessed_where_forks_and_connections_differ_in_number() -> None:
    found = participants(BEFORE, forked(11), connection(1), connection(2), forked(12))
    assert set(found.workers) == {FIRST_EXCHANGE}
    assert heads(found) == ["c1", "c2", "server"]


def test_no_worker_is_guessed_against_what_was_seen() -> None:
    found = participants(
        BEFORE, forked(11), connection(1), connection(2), connection(3), *map(forked, (12, 13)),
        forked(14, 1),
    )  # fmt: skip
    assert found.workers == {FIRST_EXCHANGE: 11, 1: 14}


def test_what_others_have_forked_is_no_worker_of_the_listener() -> None:
    found = participants(BEFORE, forked(11), connection(1), forked(12, parent=11))
    assert set(found.workers) == {FIRST_EXCHANGE}


# Which participants get a column.


def test_all_have_a_column_where_all_fit() -> None:
    assert heads(participants(*crowd(5))) == ["c1", "c2", "c3", "c4", "c5", "server"]
    served = participants(connection(1), forked(11, 1))
    assert heads(served) == ["c1", "listener", "worker of c1"]


def test_a_process_that_serves_several_has_one_column() -> None:
    found = participants(*crowd(2), forked(11, 1), forked(11, 2))
    assert heads(found) == ["c1", "c2", "listener", "for c1, c2"]


def test_of_many_clients_those_are_shown_that_the_violation_names() -> None:
    found = participants(*crowd(12), violation="c7 got 0 of 24 bytes")
    assert heads(found) == ["c7", "server"]
    assert found.left_out == (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)


def test_of_many_clients_those_are_shown_whose_worker_the_violation_names() -> None:
    served_by = [forked(5000 + client, client) for client in range(1, 13)]
    found = participants(*crowd(12), *served_by, violation="1 zombie (5007)")
    assert heads(found) == ["c7", "listener", "worker of c7"]


def test_of_many_clients_those_are_shown_that_a_fault_has_touched() -> None:
    assert heads(participants(*crowd(12), step(), injected(9))) == ["c9", "server"]
    served_by = [forked(5000 + client, client) for client in range(1, 13)]
    assert heads(participants(*crowd(12), *served_by, marked("SIGKILL", 5004)))[0] == "c4"


def test_of_many_clients_that_are_all_alike_the_first_are_shown() -> None:
    assert heads(participants(*crowd(12))) == ["c1", "c2", "c3", "c4", "c5", "server"]


def test_a_process_that_the_violation_names_has_a_column() -> None:
    found = participants(
        connection(1),
        forked(4999, parent=1),
        forked(4998, parent=1),
        violation="among them 4999 (server)",
    )
    assert heads(found) == ["c1", "server", "process"]
    assert found.processes == {4999: 2, LISTENER: 1}
