"""Who gets a column, and whose worker is told by the order of the forks."""

from properties.history import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.reports.cast import Cast, assemble
from properties.role import SERVER
from tests.properties.histories import (
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


def cast(*parts: Part, violation: str = "") -> Cast:
    return assemble(history(server_found(), *parts).events, violation)


def heads(found: Cast) -> list[str]:
    return [column.head for column in found.columns]


def crowd(number: int) -> list[Part]:
    return [connection(client) for client in range(1, number + 1)]


# Workers that nobody was seen to be served by.

BEFORE, AFTER = connection(FIRST_EXCHANGE), connection(LAST_EXCHANGE)


def test_as_many_forks_as_connections_tell_whose_each_is() -> None:
    found = cast(BEFORE, connection(1), connection(2), forked(11), forked(12), forked(13))
    assert found.workers == {FIRST_EXCHANGE: 11, 1: 12, 2: 13}
    assert found.guessed == found.workers.keys()
    assert heads(found) == ["c1", "c2", "listener", "worker of c1?", "worker of c2?"]


def test_a_guess_is_explained_below_the_diagram() -> None:
    told = history(server_found(), BEFORE, forked(11), connection(1), forked(12))
    assert SERVER.timeline(told.events, "", boxes=True)[-1].text.endswith("order of the forks")


def test_the_worker_of_the_exchange_before_may_never_have_been_seen() -> None:
    found = cast(BEFORE, connection(1), connection(2), forked(12), forked(13, 2))
    assert found.workers == {1: 12, 2: 13}
    assert found.guessed == {1}


def test_where_that_cannot_be_told_no_worker_is_guessed() -> None:
    assert cast(BEFORE, connection(1), connection(2), forked(12), forked(13)).workers == {}


def test_a_fork_before_the_first_client_and_one_after_the_last_are_of_the_plain_exchanges() -> None:
    found = cast(BEFORE, forked(11), connection(1), AFTER, forked(14))
    assert found.workers == {FIRST_EXCHANGE: 11, LAST_EXCHANGE: 14}


def test_no_worker_is_guessed_where_forks_and_connections_differ_in_number() -> None:
    found = cast(BEFORE, forked(11), connection(1), connection(2), forked(12))
    assert set(found.workers) == {FIRST_EXCHANGE}
    assert heads(found) == ["c1", "c2", "server"]


def test_no_worker_is_guessed_against_what_was_seen() -> None:
    found = cast(
        BEFORE, forked(11), connection(1), connection(2), connection(3), *map(forked, (12, 13)),
        forked(14, 1),
    )  # fmt: skip
    assert found.workers == {FIRST_EXCHANGE: 11, 1: 14}


def test_what_others_have_forked_is_no_worker_of_the_listener() -> None:
    found = cast(BEFORE, forked(11), connection(1), forked(12, parent=11))
    assert set(found.workers) == {FIRST_EXCHANGE}


# Who gets a column.


def test_all_have_a_column_where_all_fit() -> None:
    assert heads(cast(*crowd(5))) == ["c1", "c2", "c3", "c4", "c5", "server"]
    assert heads(cast(connection(1), forked(11, 1))) == ["c1", "listener", "worker of c1"]


def test_a_process_that_serves_several_has_one_column() -> None:
    found = cast(*crowd(2), forked(11, 1), forked(11, 2))
    assert heads(found) == ["c1", "c2", "listener", "for c1, c2"]


def test_of_many_clients_those_are_shown_that_the_violation_names() -> None:
    found = cast(*crowd(12), violation="c7 got 0 of 24 bytes")
    assert heads(found) == ["c7", "server"]
    assert found.left_out == (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12)


def test_of_many_clients_those_are_shown_whose_worker_the_violation_names() -> None:
    served_by = [forked(5000 + client, client) for client in range(1, 13)]
    found = cast(*crowd(12), *served_by, violation="1 zombie (5007)")
    assert heads(found) == ["c7", "listener", "worker of c7"]


def test_of_many_clients_those_are_shown_that_a_fault_has_touched() -> None:
    assert heads(cast(*crowd(12), step(), injected(9))) == ["c9", "server"]
    served_by = [forked(5000 + client, client) for client in range(1, 13)]
    assert heads(cast(*crowd(12), *served_by, marked("SIGKILL", 5004)))[0] == "c4"


def test_of_many_clients_that_are_all_alike_the_first_are_shown() -> None:
    assert heads(cast(*crowd(12))) == ["c1", "c2", "c3", "c4", "c5", "server"]


def test_a_process_that_the_violation_names_has_a_column() -> None:
    found = cast(
        connection(1),
        forked(4999, parent=1),
        forked(4998, parent=1),
        violation="among them 4999 (server)",
    )
    assert heads(found) == ["c1", "server", "process"]
    assert found.processes == {4999: 2, LISTENER: 1}
