"""The segments of the wire in a timeline: those that were lost always, all where asked for."""

from faults.wire.segments import Fate
from properties.model.events import Carried, Event
from properties.reports.ladder_text import drawn
from properties.server.timeline.picture import picture
from tests.properties.reports.segments import FROM, TO, J, K, carried, handshake
from tests.properties.reports.segments import opened as opened_from
from tests.properties.server.histories import (
    LISTENER,
    closed,
    forked,
    history,
    marked,
    received,
    sent,
    server_found,
)

WORKER = 4712
ECHOED: list[Event] = [
    *handshake(),
    opened_from(1),
    *forked(WORKER, 1),
    sent(1, 24),
    carried(TO, "ACK", J + 1, K + 1, 24),
    carried(FROM, "ACK", K + 1, J + 25, 24),
    received(1, 24),
    carried(TO, "ACK", J + 25, K + 25),
]


def lines(*events: Event, segments: bool = False) -> list[str]:
    seen = history(server_found(), *events).events
    return [line.text for line in drawn(picture(seen, "", segments=segments), boxes=False)]


def shown(*events: Event, segments: bool = False) -> str:
    return "\n".join(lines(*events, segments=segments))


def lost(count: int = 1) -> list[Event]:
    again = [carried(FROM, "ACK", K + 25, J + 25, 24, Fate.LOST, again=True) for _ in range(count)]
    return list(again)


def test_segments_that_pass_are_not_shown_unless_asked_for() -> None:
    without = [one for one in ECHOED if not isinstance(one, Carried)]
    arrows = [line.lstrip(" .0123456789") for line in lines(*ECHOED)]
    assert arrows == [line.lstrip(" .0123456789") for line in lines(*without)]


def test_where_asked_for_they_are_shown_instead_of_what_the_clients_did() -> None:
    made = shown(*ECHOED, segments=True)
    names = ("SYN J", "SYN K", "ACK K+1", "24 bytes", "ACK J+25", "ACK K+25")
    places = [made.find(name) for name in names]
    assert places == sorted(places)
    assert min(places) > 0
    assert "connects" not in made
    assert "fork" in made


def test_a_lost_segment_is_an_arrow_that_does_not_arrive() -> None:
    made = next(line for line in lines(*ECHOED, *lost()) if "lost" in line)
    assert "<" not in made
    assert "x" in made.partition("24 bytes")[0]


def test_what_is_lost_again_and_again_is_one_row_with_its_number() -> None:
    made = [line for line in lines(*ECHOED, *lost(7)) if "lost" in line]
    assert len(made) == 1
    assert "7" in made[0].partition("lost")[2]


def test_what_was_held_is_seen_when_it_is_kept_and_when_it_goes_on() -> None:
    fins = [
        carried(FROM, "FIN, ACK", K + 25, J + 25, fate=Fate.HELD),
        marked("the other side is seen"),
        carried(FROM, "FIN, ACK", K + 25, J + 25, fate=Fate.RELEASED),
    ]
    made = [line for line in lines(*ECHOED, *fins) if "FIN M" in line]
    assert len(made) == 2
    assert "held" in made[0]
    assert "<" not in made[0]
    assert "goes on" in made[1]
    assert "<" in made[1]


def test_a_reset_that_never_came_is_not_shown_as_one_that_did() -> None:
    gone = [closed(1, by_reset=True), carried(TO, "RST, ACK", J + 25, K + 25, fate=Fate.LOST)]
    made = [line for line in lines(*ECHOED, *gone) if "RST" in line]
    assert len(made) == 1
    assert "lost" in made[0]


def test_who_comes_back_from_the_same_port_has_its_segments_in_its_own_column() -> None:
    back = [carried(TO, "SYN", J + 9_000), opened_from(2)]
    made = lines(*ECHOED, closed(1), *back, segments=True)
    heads = next(line for line in made if "c2" in line)
    (_, second) = (line for line in made if "SYN J" in line)
    assert second.index("|") >= heads.index("c1")
    assert second.index("SYN J") > heads.index("c2")


def test_a_segment_of_a_port_that_is_no_clients_is_left_out() -> None:
    assert "SYN" not in shown(*ECHOED, carried(TO, "SYN", J, fate=Fate.LOST, port=1))


def test_they_fit_into_eighty_columns() -> None:
    seen = history(server_found(), *ECHOED, *lost(3)).events
    made = drawn(picture(seen, "", segments=True), boxes=False, width=80)
    assert max(len(line.text) for line in made) <= 80
    assert any(str(LISTENER) in line.text for line in made)
