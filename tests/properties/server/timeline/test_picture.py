"""The timeline: what a reader of a failure gets to see, on hand-written histories."""

from dataclasses import fields
from typing import Any, get_type_hints

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faults.fault import Status
from faults.wire.segments import Direction, Fate
from properties.model import events as common_events
from properties.model.events import Conclusion, Event
from properties.model.history import History
from properties.model.ladder import MOST_ROWS
from properties.reports.ladder_text import Line, drawn
from properties.reports.layout import WIDTH
from properties.server import events as server_events
from properties.server import process_events
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.events import End, SeenProcess
from properties.server.stopping import events as stop_events
from properties.server.stopping.events import (
    LeftProcess,
    ServedAtStop,
    SignalAction,
    StopAwaited,
)
from properties.server.timeline.picture import picture
from tests.properties.server.histories import (
    after_all,
    before_all,
    census,
    closed,
    connection,
    eof,
    filled,
    forked,
    half_closed,
    history,
    injected,
    listener_ended,
    marked,
    mismatched,
    open_failed,
    opened,
    process_ended,
    received,
    reset_by_peer,
    restarted,
    sent,
    server_found,
    stalled,
    step,
    waiting,
    zombie_reaped,
)

WORKER = 4712
BURST = history(
    server_found(),
    connection(FIRST_EXCHANGE),
    opened(1),
    opened(2),
    step("close c1 and c2 while the listener is frozen"),
    forked(4712, 1),
    forked(4713, 2),
    marked("SIGSTOP"),
    closed(1),
    closed(2),
    marked("has ended", 4712),
    marked("has ended", 4713),
    marked("SIGCONT"),
    injected(1, 2),
    zombie_reaped(4712),
    census("after", zombies=[4713]),
    waiting(p4711="accept"),
    connection(LAST_EXCHANGE),
    census("end", zombies=[4713]),
)

BURST_IN_BOXES = """\
       ms  c1               c2               listener         worker of c1     worker of c2
                                             4711             4712             4713
   6000.0  control exchange before: 24 bytes and back, EOF
   7000.0  ├─── connects ───────────────────>├───── fork ────>│
   8000.0  │                ├─── connects ──>├───── fork ─────┼───────────────>│
   9000.0  fault: close c1 and c2 while the listener is frozen                 │
  14000.0  │                │                ┊ SIGSTOP        │                │
  15000.0  ├───── FIN ──────┼────────────────┼───────────────>│                │
  16000.0                   ├───── FIN ──────┼────────────────┼───────────────>│
  17000.0                                    ┊<── SIGCHLD ────┤ ends: a zombie │
  18000.0                                    ┊<───────────────┼─── SIGCHLD ────┤ ends: a zombie
  19000.0                                    │ SIGCONT        z                z
  20000.0  fired: as asked for               │                z                z
  21000.0                                    │                z is reaped      z
  22000.0  all clients gone: 1 zombie (4713); nothing can change any more      z
  23000.0                                    │ sleeps in accept                z
  29000.0  control exchange after: 24 bytes and back, EOF                      z
  30000.0  one client later: 1 zombie (4713); nothing can change any more      z
           ┊ stopped   z zombie"""

BURST_IN_ASCII = """\
       ms  c1               c2               listener         worker of c1     worker of c2
                                             4711             4712             4713
   6000.0  control exchange before: 24 bytes and back, EOF
   7000.0  |--- connects ------------------->|----- fork ---->|
   8000.0  |                |--- connects -->|----- fork -----+--------------->|
   9000.0  fault: close c1 and c2 while the listener is frozen                 |
  14000.0  |                |                : SIGSTOP        |                |
  15000.0  |----- FIN ------+----------------+--------------->|                |
  16000.0                   |----- FIN ------+----------------+--------------->|
  17000.0                                    :<-- SIGCHLD ----| ends: a zombie |
  18000.0                                    :<---------------+--- SIGCHLD ----| ends: a zombie
  19000.0                                    | SIGCONT        z                z
  20000.0  fired: as asked for               |                z                z
  21000.0                                    |                z is reaped      z
  22000.0  all clients gone: 1 zombie (4713); nothing can change any more      z
  23000.0                                    | sleeps in accept                z
  29000.0  control exchange after: 24 bytes and back, EOF                      z
  30000.0  one client later: 1 zombie (4713); nothing can change any more      z
           : stopped   z zombie"""


def lines_of(events: list[Event], violation: str = "", *, boxes: bool = True) -> list[Line]:
    """Return the lines of a timeline with their colours."""
    return list(drawn(picture(events, violation), boxes=boxes))


def text(recorded: History, violation: str = "", *, boxes: bool = True) -> str:
    """Return the timeline as it is printed."""
    return "\n".join(line.text for line in lines_of(recorded.events, violation, boxes=boxes))


def rows(recorded: History, violation: str = "") -> list[str]:
    """Return the rows in ASCII without times and lifelines that merely go on."""
    lines = text(recorded, violation, boxes=False).splitlines()[1:]
    return [" ".join(line[10:].replace(" | ", " ").strip(" |").split()) for line in lines]


def served(*middle: Event | list[Event]) -> History:
    """Return the history of one client that 4712 serves, with something in the middle."""
    return history(server_found(), opened(1), forked(WORKER, 1), *middle)


def test_an_empty_history_has_no_timeline() -> None:
    assert lines_of([]) == []


def test_the_book_s_burst_is_drawn_in_the_manner_of_its_figures() -> None:
    assert text(BURST) == BURST_IN_BOXES


def test_where_the_output_has_no_box_characters_ascii_draws_the_same() -> None:
    assert text(BURST, boxes=False) == BURST_IN_ASCII
    assert BURST_IN_ASCII.isascii()


def test_data_has_its_bytes_and_a_run_of_writes_is_one_row() -> None:
    recorded = served(sent(1, 10), sent(1, 10), received(1, 15), sent(1, 4), received(1, 9))
    assert rows(recorded)[2:] == [
        "------------- 24 bytes in 3 writes ----------->",
        "<----------------------+------ 24 bytes -------",
    ]


def test_what_is_sent_after_an_echo_is_a_row_of_its_own() -> None:
    recorded = served(sent(1, 10), received(1, 10), step("c1 sends 5"), sent(1, 5), received(1, 5))
    sizes = [word for row in rows(recorded)[2:] for word in row.split() if word.isdigit()]
    assert sizes == ["10", "10", "5", "5"]


def row_with(words: str, recorded: History, violation: str = "") -> str:
    """Return the only row that says something."""
    (row,) = [row for row in rows(recorded, violation) if words in row]
    return row


def test_a_half_close_and_the_end_are_fins_in_both_directions() -> None:
    fins = [row for row in rows(served(half_closed(1), eof(1))) if "FIN" in row]
    assert [row.strip("|")[0] + row.strip("|")[-1] for row in fins] == ["->", "<-"]


def test_a_close_after_both_ends_sends_nothing() -> None:
    assert not any("close" in row for row in rows(served(half_closed(1), eof(1), closed(1))))
    assert len(rows(served(half_closed(1), eof(1), closed(1)))) == 4


def test_a_close_after_a_reset_sends_nothing() -> None:
    recorded = served(reset_by_peer(1), closed(1, by_reset=True))
    assert len([row for row in rows(recorded) if "RST" in row]) == 1


def test_a_close_with_bytes_unread_is_a_reset_and_says_why() -> None:
    assert "RST, 5 bytes unread" in row_with("RST", served(closed(1, unread=5)))


def test_a_reset_of_ours_is_a_reset() -> None:
    assert row_with("RST", served(closed(1, by_reset=True))).endswith(">")


def test_an_end_that_comes_too_early_says_what_is_missing() -> None:
    assert "FIN, 7 bytes missing" in row_with("FIN", served(sent(1, 7), eof(1, 7)))
    assert "RST, 7 bytes missing" in row_with("RST", served(sent(1, 7), reset_by_peer(1, 7)))


def test_wrong_bytes_are_shown_beside_the_right_ones() -> None:
    recorded = served(sent(1, 3), mismatched(1, 1, b"bc", b"xc"))
    assert row_with("instead", recorded) == "c1 at byte 1: b'xc' instead of b'bc'"


def test_a_connection_that_is_refused_says_so() -> None:
    recorded = history(server_found(), open_failed())
    assert row_with("connect", recorded) == "c1 cannot connect: Connection refused"


def test_a_wait_in_vain_says_for_what_and_what_everybody_slept_in() -> None:
    recorded = served(sent(1, 3), waiting(p4711="accept", p4712="read"), stalled(1, missing=3))
    assert rows(recorded)[3:5] == [
        "sleeps in accept sleeps in read",
        "c1 waits in vain for the echo (3 bytes missing): nothing can change any more",
    ]


def test_a_wait_in_vain_is_told_once_for_as_long_as_nothing_comes() -> None:
    again = [waiting(p4711="accept"), stalled(1, missing=3)]
    shown = rows(served(sent(1, 3), *again, *again))
    assert len([row for row in shown if "in vain" in row]) == 1
    assert len([row for row in shown if "accept" in row]) == 1
    shown = rows(served(sent(1, 3), *again, received(1, 1), sent(1, 1), *again))
    assert len([row for row in shown if "in vain" in row]) == 2


def test_clients_that_wait_together_share_a_row() -> None:
    recorded = history(server_found(), opened(1), opened(2), opened(3), *map(stalled, (1, 2, 3)))
    assert row_with("in vain", recorded).startswith("c1 to c3 wait in vain for the echo")


def test_a_worker_that_dies_of_a_signal_is_told_by_that() -> None:
    recorded = served(marked("SIGKILL", WORKER), process_ended(WORKER, "killed by SIGKILL"))
    assert rows(recorded)[2:] == [
        "SIGKILL",
        "<----- SIGCHLD --------| killed by SIGKILL, is reaped",
    ]


def test_a_worker_that_a_fault_saw_end_is_told_of_once() -> None:
    recorded = served(marked("has ended", WORKER), process_ended(WORKER, is_zombie=True))
    assert len([row for row in rows(recorded) if "SIGCHLD" in row]) == 1
    recorded = served(marked("has ended", WORKER), process_ended(WORKER))
    assert "is reaped" in row_with("reaped", recorded)


def test_a_signal_that_is_sent_again_at_once_is_counted() -> None:
    assert row_with("SIGCHLD", served(*[marked("SIGCHLD")] * 20)) == "SIGCHLD x 20"


def test_a_listener_that_ends_leaves_its_last_words() -> None:
    recorded = served(listener_ended("exited with status 1", "accept: Too many open files\nbye\n"))
    assert row_with("exited", recorded).startswith("exited with status 1")
    assert row_with("last output", recorded) == "its last output: accept: Too many open files"


def test_a_fork_that_may_have_come_late_is_drawn_where_it_was_seen() -> None:
    frozen = history(server_found(), marked("SIGSTOP"), opened(1), marked("SIGCONT"))
    late = [*frozen.events, *forked(WORKER, 1)]
    assert rows(history(*late))[1:5] == [
        ": SIGSTOP",
        "------- connects ----->:",
        "SIGCONT",
        "--------- fork ------->",
    ]


def test_bytes_sent_before_there_is_a_worker_go_to_the_listener() -> None:
    stopped = [marked("SIGSTOP"), opened(1), sent(1, 5), marked("SIGCONT")]
    recorded = history(server_found(), *stopped, forked(WORKER, 1))
    assert row_with("5 bytes", recorded).endswith(">:")


def test_a_server_known_by_its_address_has_a_column_all_the_same() -> None:
    recorded = history(connection(1), by_address=True)
    assert text(recorded).splitlines()[0].split() == ["ms", "c1", "server"]


def test_the_plain_exchanges_are_one_row_each() -> None:
    shown = rows(history(server_found(), before_all(), after_all()))
    assert [row for row in shown if "exchange" in row] == [
        "control exchange before: 24 bytes and back, EOF",
        "control exchange after: 24 bytes and back, EOF",
    ]


def test_the_worker_of_a_plain_exchange_is_named_with_its_end() -> None:
    served_by = [connection(FIRST_EXCHANGE), forked(4710, FIRST_EXCHANGE)]
    left = history(server_found(), *served_by, process_ended(4710, is_zombie=True))
    assert row_with("its worker", left).endswith("; its worker 4710 ends (SIGCHLD), a zombie")
    reaped = history(*left.events, zombie_reaped(4710))
    assert row_with("its worker", reaped).endswith("; its worker 4710 ends (SIGCHLD)")
    stays = history(server_found(), *served_by)
    assert row_with("its worker", stays).endswith("; its worker is 4710")


def test_a_plain_exchange_that_goes_wrong_says_how() -> None:
    lost = [opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), stalled(LAST_EXCHANGE, missing=24)]
    assert row_with("exchange", history(server_found(), lost)) == (
        "control exchange after: 0 of 24 bytes back, no end (nothing can change any more)"
    )
    refused = open_failed(client=LAST_EXCHANGE)
    assert "cannot connect, Connection refused" in row_with("exchange", history(refused))


def test_repetitions_are_one_row_each_and_say_what_has_grown() -> None:
    grown = [census("repeat", descriptors=5), filled(512), census("repeat", descriptors=6)]
    shown = rows(history(server_found(), connection(1), census("end"), *grown))
    assert shown[-3:] == [
        "the workload repeated: 5 descriptors, 1 thread; nothing can change any more",
        "512 control exchanges, which fill a pool if there is one",
        "the workload repeated: 6 descriptors, 1 thread; nothing can change any more",
    ]


def test_a_restart_is_one_row() -> None:
    recorded = history(connection(1), restarted("address in use", succeeded=False))
    assert row_with("address in use", recorded) == "stopped and started again: address in use"


def test_what_is_left_after_a_stop_is_one_row_each_time() -> None:
    worker = LeftProcess(SeenProcess(WORKER, 1, "server", "S", ("read",)), (1, 2))
    idle = LeftProcess(SeenProcess(4713, 1, "server", "S", ("accept",)))
    during = StopAwaited(0, True, (worker, idle), (), "", "", Conclusion.SETTLED)
    after = StopAwaited(0, False, (), (), "", "", Conclusion.MET)
    recorded = history(server_found(), opened(1), during, after)
    left = "clients still connected, left: 4712 serves c1, c2, 4713 (server in accept)"
    assert row_with("left: ", recorded) == left
    assert row_with("ended", recorded) == "all clients gone: the server has ended"


def test_colours_are_left_to_the_screen() -> None:
    lines = lines_of(BURST.events)
    assert {line.colour for line in lines} == {"", "bold", "red", "dim"}
    assert not any("\x1b" in line.text for line in lines)


# Too much for one screen.


def crowd(number: int) -> list[Event]:
    return [event for client in range(1, number + 1) for event in connection(client)]


def test_who_is_left_out_is_said_below() -> None:
    recorded = history(server_found(), *crowd(12))
    last = text(recorded, "c7 got 0 of 24 bytes").splitlines()[-1]
    assert last.strip() == "11 more clients left out: c1 to c6, c8 to c12"


def test_long_stretches_are_folded_to_their_first_and_last_rows() -> None:
    chat = [[step("again"), sent(1, 5), received(1, 5)] for _ in range(100)]
    shown = rows(served(*chat, stalled(1, missing=1)))
    assert len(shown) <= MOST_ROWS + 2
    assert row_with("...", served(*chat, stalled(1))) == "... 197 events ..."
    assert "in vain" in shown[-1]


def test_what_matters_is_folded_only_when_there_is_too_much_of_it() -> None:
    signals = [marked(f"SIG{number}") for number in range(MOST_ROWS)]
    assert not any("..." in row for row in rows(served(*signals[:20])))
    shown = rows(served(*signals, stalled(1)))
    assert any("events ..." in row for row in shown)
    assert "in vain" in shown[-1]


# Whatever the history.


WORDS = st.text(max_size=20) | st.text(min_size=90, max_size=130) | st.sampled_from(["SIGSTOP"])
NUMBERS = st.integers(-2, 20) | st.integers(0, 2**40)
SEEN = st.builds(SeenProcess, NUMBERS, NUMBERS, WORDS, st.sampled_from("RSTZ"), st.just(("read",)))
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    int: NUMBERS,
    int | None: st.none() | NUMBERS,
    str: WORDS,
    float: st.floats(0, 1e7),
    float | None: st.none() | st.floats(0, 1e7),
    bool: st.booleans(),
    bool | None: st.sampled_from([True, False, None]),
    bytes: st.binary(max_size=24),
    End: st.sampled_from(End),
    Status: st.sampled_from(Status),
    Direction: st.sampled_from(Direction),
    Fate: st.sampled_from(Fate),
    Conclusion: st.sampled_from(Conclusion),
    frozenset[int]: st.frozensets(NUMBERS, max_size=4),
    tuple[int, ...]: st.lists(NUMBERS, max_size=4).map(tuple),
    tuple[str, ...]: st.lists(WORDS, max_size=3).map(tuple),
    tuple[SeenProcess, ...]: st.lists(SEEN, max_size=4).map(tuple),
    tuple[SignalAction, ...]: st.just(()),
    tuple[ServedAtStop, ...]: st.just(()),
    tuple[LeftProcess, ...]: st.lists(
        st.builds(LeftProcess, SEEN, st.lists(NUMBERS, max_size=4).map(tuple)), max_size=9
    ).map(tuple),
}
KINDS = [
    kind
    for module in (common_events, server_events, process_events, stop_events)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]


def of_kind(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Return events of one kind with whatever values."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: VALUES[hints[field.name]] for field in fields(kind)})


@settings(
    max_examples=100,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.one_of(*map(of_kind, KINDS)), max_size=60), WORDS, st.booleans(), st.booleans())
def test_no_line_is_ever_too_wide(
    events: list[Event], violation: str, boxes: bool, segments: bool
) -> None:
    for line in drawn(picture(events, violation, segments=segments), boxes=boxes):
        assert len(line.text) <= WIDTH
        assert "\n" not in line.text
        assert boxes or line.text.isascii()
