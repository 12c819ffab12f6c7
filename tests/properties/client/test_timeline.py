"""The timeline of a client's history: the user, the client and the server."""

import itertools
from signal import SIGPIPE

import pytest

from faults.client_context import PeerEnd
from faults.fault import Status
from faults.wire.segments import Fate
from properties.client.events import Awaited
from properties.client.timeline import ENDS, FLOWS, picture
from properties.model.events import Conclusion, Event
from properties.model.history import History
from properties.model.ladder import MOST_ROWS
from properties.reports.ladder_text import Line, drawn
from properties.reports.layout import WIDTH
from tests.properties.client.histories import (
    CLIENT,
    EVIDENCE,
    Part,
    alone,
    altered,
    answered,
    connected,
    delivered,
    ended,
    exchange,
    fin,
    finished,
    history,
    injected,
    input_ended,
    input_refused,
    interrupted,
    killed,
    left,
    listened,
    marked,
    named,
    noticed,
    output_failed,
    peer_ended,
    printed,
    refused,
    rested,
    says,
    started,
    step,
    surplus,
    taken,
    typed,
    waited,
)
from tests.properties.reports.segments import FROM, J, K, carried, handshake

EARLY_FIN = history(
    connected(),
    exchange(24),
    step("the server closes (FIN) while the client is stopped"),
    marked("SIGSTOP"),
    fin(),
    marked("SIGCONT"),
    waited(Awaited.NOTICE),
    injected(),
    typed(10),
    says("write error: Broken pipe\n"),
    input_ended(client_lives=False),
    killed(SIGPIPE),
)

IN_BOXES = """\
       ms  user                    client                  server
                                   4711
      0.0  │                       │ starts                │
   1000.0  │                       ├─────── connects ─────>│
   2000.0  ├─────── 24 bytes ─────>│                       │
   3000.0  │                       ├─────── 24 bytes ─────>│
   4000.0  │                       │<───── 24 bytes ───────┤
   5000.0  │<───── 24 bytes ───────┤                       │
   7000.0  fault: the server closes (FIN) while the client is stopped
   8000.0  │                       ┊ SIGSTOP               │
   9000.0  │                       ┊<─────── FIN ──────────┤
  10000.0  │                       │ SIGCONT               │
  11000.0  waited in vain for it to notice the end of the connection: 4711 sleeps in read
  12000.0  fired: as asked for     │                       │
  13000.0  ├─────── 10 bytes ─────>│                       │
  14000.0  │                       │ says: write error:    │
           │                       │ Broken pipe           │
  16000.0  │                       │ killed by SIGPIPE     │
           ┊ stopped"""


def lines_of(events: list[Event], *, boxes: bool = True) -> list[Line]:
    """Return the lines of a timeline with their colours."""
    return list(drawn(picture(events, ""), boxes=boxes))


def text(recorded: History, *, boxes: bool = True) -> str:
    """Return the timeline as it is printed."""
    return "\n".join(line.text for line in lines_of(recorded.events, boxes=boxes))


def rows(*parts: Part) -> list[str]:
    """Return the rows in ASCII without heads, times and lifelines that merely go on."""
    lines = text(history(*parts), boxes=False).splitlines()[1:]
    return [" ".join(line[10:].replace(" | ", " ").strip(" |").split()) for line in lines]


def colours(*parts: Part) -> set[str]:
    return {line.colour for line in lines_of(history(*parts).events)} - {"bold"}


def test_an_early_fin_that_is_not_noticed() -> None:
    assert text(EARLY_FIN) == IN_BOXES


def test_without_box_characters_the_same_lines_are_drawn_in_ascii() -> None:
    plain = text(EARLY_FIN, boxes=False)
    assert plain.isascii()
    drawn = str.maketrans("│┊─├┤┼", "|:-||+")
    assert plain == IN_BOXES.translate(drawn)


def test_nothing_is_drawn_of_an_empty_history() -> None:
    assert lines_of([]) == []


def test_the_columns_are_the_user_the_client_with_its_process_and_the_server() -> None:
    heads = text(history(started())).splitlines()[:2]
    assert heads[0].split() == ["ms", "user", "client", "server"]
    assert heads[1].split() == [str(CLIENT)]


def test_without_a_process_its_number_is_left_out() -> None:
    assert str(CLIENT) not in text(history(refused()))


# Bytes.


def test_bytes_that_go_the_same_way_are_one_row() -> None:
    shown = rows(typed(1), typed(2), taken(3), typed(4), taken(4), answered(7), printed(7))
    to_the_right, to_the_left = [True, True, False, False], [False, False, True, True]
    assert [row.strip("<-|> ") for row in shown] == ["7 bytes"] * 4
    assert [row.endswith("->") for row in shown] == to_the_right
    assert [row.startswith("<-") for row in shown] == to_the_left


def test_bytes_are_one_row_also_where_something_that_is_not_drawn_comes_between() -> None:
    assert len(rows(typed(1), delivered(), listened(), step("type"), interrupted(), typed(2))) == 1


@pytest.mark.parametrize(
    "between", [says("hello"), marked("SIGSTOP"), waited(Awaited.ECHO), finished()]
)
def test_what_happens_between_bytes_parts_them(between: Part) -> None:
    shown = rows(typed(1), between, typed(2))
    assert "1 byte" in shown[0]
    assert any("2 bytes" in row for row in shown[1:])


def test_what_nobody_typed_is_shown_as_sent() -> None:
    assert "5 bytes" in rows(surplus(5))[0]


def test_megabytes_are_written_for_a_person() -> None:
    assert "4 MiB" in rows(*[typed(1 << 16)] * 64)[0]


def test_many_rows_are_folded() -> None:
    parts = [part for _ in range(MOST_ROWS) for part in (typed(1), finished())]
    shown = rows(*parts)
    assert len(shown) <= MOST_ROWS
    assert any("events ..." in row for row in shown)


# Ends.


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (PeerEnd.FIN, "FIN"),
        (PeerEnd.CLOSE, "FIN"),
        (PeerEnd.RESET, "RST"),
        (PeerEnd.UNREAD, "RST (unread input)"),
    ],
)
def test_an_end_of_the_server_is_an_arrow_to_the_client(how: PeerEnd, words: str) -> None:
    (row,) = rows(peer_ended(how))
    assert row.startswith("<")
    assert row.strip("<-| ") == words
    assert set(ENDS) == set(PeerEnd)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (finished("FIN"), "FIN"),
        (finished("ECONNRESET", by_reset=True), "RST"),
        (finished("EPIPE"), "EPIPE"),
    ],
)
def test_an_end_of_the_client_is_an_arrow_to_the_server(event: Event, words: str) -> None:
    (row,) = rows(event)
    assert row.endswith("->")
    assert row.strip("->| ") == words


def test_a_name_is_shown_with_the_addresses_that_it_has() -> None:
    shown = " ".join(" ".join(rows(named())).replace("│", " ").split())
    assert "is to connect to" in shown
    assert "127.0.0.1," in shown


def test_that_a_client_has_no_server_is_shown() -> None:
    assert "is alone in its" in " ".join(rows(alone()))


def test_who_waits_when_nobody_listens_any_more_is_reset() -> None:
    (shown,) = rows(refused(waiting=1))
    assert "RST" in shown
    assert shown.endswith("listens no more")
    assert rows(refused()) == ["listens no more"]


def test_the_end_of_the_input_is_shown_to_a_client_that_lives_to_see_it() -> None:
    (shown,) = rows(input_ended())
    assert shown.endswith("->")
    assert shown.strip("->") == " end of input "
    assert rows(input_ended(client_lives=False)) == []


def test_input_that_was_not_taken_is_told() -> None:
    assert " ".join(rows(input_refused(12))) == "reads no more: 12 bytes left"


def test_below_its_end_the_client_has_no_lifeline() -> None:
    lines = text(history(connected(), ended(3), peer_ended(PeerEnd.FIN))).splitlines()
    assert "│ exited with status 3" in lines[-2]
    assert lines[-1].count("│") == 1


# Faults, waits, words.


def test_a_fault_is_headed_and_its_outcome_told() -> None:
    shown = rows(step("the server resets"), fin(), injected(detail="the server resets"))
    assert shown[0] == "fault: the server resets"
    assert shown[-1] == "fired: the server resets"


def test_a_step_that_is_no_fault_has_no_head() -> None:
    assert rows(step("type 24 bytes"), typed(24), step("the server resets"), injected())[1:] == [
        "fault: the server resets",
        "fired: as asked for",
    ]


def test_a_fault_that_missed_is_told_in_a_colour() -> None:
    missed = injected(Status.MISSED, "the client was not connected")
    assert rows(missed) == ["missed: the client was not connected"]
    assert colours(missed) == {"yellow"}
    assert colours(injected()) == {""}


@pytest.mark.parametrize("what", Awaited)
@pytest.mark.parametrize(
    "conclusion", [Conclusion.SETTLED, Conclusion.BUSY, Conclusion.ASLEEP, Conclusion.STARVED]
)
def test_a_wait_in_vain_is_told_with_its_evidence(what: Awaited, conclusion: Conclusion) -> None:
    event = waited(what, conclusion)
    assert rows(event) == [f"waited in vain for it {what.value}: {EVIDENCE}"]
    assert colours(event) == {"red"}


def test_a_wait_that_was_met_is_not_told() -> None:
    assert rows(noticed()) == []


def test_a_client_that_does_not_rest_is_told() -> None:
    assert rows(rested(Conclusion.BUSY, "4711 used 1.0 s")) == ["4711 used 1.0 s"]
    (starved,) = rows(rested(Conclusion.STARVED))
    assert starved == f"it does not come to rest: {Conclusion.STARVED.value}"


def test_bytes_that_differ_are_told_with_their_place() -> None:
    (shown,) = rows(altered(offset=7))
    assert shown == "what the client printed, at byte 7: b'come' instead of b'due'"
    assert colours(altered()) == {"red"}


def test_what_the_client_says_is_put_into_one_note() -> None:
    assert rows(says("a\n\tb\n")) == ["says: a b"]
    assert rows(says("\n")) == []


def test_what_a_client_says_cannot_disturb_the_screen() -> None:
    (shown,) = rows(says("\x1b[2J\u2500"))
    assert shown == r"says: \x1b[2J\u2500"


def test_a_stopped_client_has_a_lifeline_of_its_own_until_it_is_continued() -> None:
    lines = text(history(started(), marked("SIGSTOP"), typed(1), marked("SIGCONT"), typed(1)))
    assert [line[35] for line in lines.splitlines()[2:-1]] == ["│", "┊", "┊", "│", "│"]


LONG = " ".join(["many words"] * 40)
WIDE: list[Event] = [
    started(),
    step(LONG),
    says(LONG),
    says("w" * 300),
    injected(detail=LONG),
    waited(Awaited.NOTICE, evidence=LONG),
    waited(Awaited.NOTICE, evidence="e" * 300),
    rested(Conclusion.BUSY, LONG),
    altered(),
    input_refused(10**12),
    output_failed(),
    left("O_NONBLOCK " * 20),
    typed(10**15),
    finished("E" * 120),
    marked("S" * 120),
    killed(SIGPIPE),
]


@pytest.mark.parametrize("boxes", [True, False])
def test_no_line_is_wider_than_the_screen(boxes: bool) -> None:
    for recorded in (history(*WIDE), history(*reversed(WIDE)), EARLY_FIN):
        lines = text(recorded, boxes=boxes).splitlines()
        assert max(map(len, lines)) <= WIDTH == 100


def test_every_event_that_is_drawn_fits_after_every_other() -> None:
    kinds = set(FLOWS) | {type(event) for event in WIDE}
    assert len(kinds) > 10
    for pair in itertools.permutations([*WIDE, fin(), input_ended(), refused(1)], 2):
        assert all(len(line) <= WIDTH for line in text(history(*pair)).splitlines())


def test_segments_are_shown_where_asked_for_and_those_that_were_lost_always() -> None:
    seen = history(
        started(),
        *handshake(),
        connected(),
        carried(FROM, "ACK", K + 1, J + 1, 24, Fate.LOST),
    ).events
    (without, with_all) = (
        "\n".join(line.text for line in drawn(picture(seen, "", segments=segments), boxes=False))
        for segments in (False, True)
    )
    assert "connects" in without
    assert "24 bytes, lost" in without
    assert "SYN" not in without
    assert "connects" not in with_all
    assert "SYN K, ACK J+1" in with_all
