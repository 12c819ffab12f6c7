"""Segments are named by letters, as in the book's figures 2.5 and 2.6."""

from faults.wire.segments import SEQUENCE, Fate
from properties.engine.segment_names import SegmentNames
from properties.model.events import Carried, Event
from tests.properties.reports.segments import FROM, TO, J, K, carried, handshake


def named(*segments: Event) -> list[str]:
    names = SegmentNames()
    return [names.name(one).words for one in segments if isinstance(one, Carried)]


def test_a_connection_is_named_as_in_the_book() -> None:
    segments = (
        *handshake(),
        carried(TO, "ACK", J + 1, K + 1, 24),
        carried(FROM, "ACK", K + 1, J + 25, 24),
        carried(TO, "ACK", J + 25, K + 25),
        carried(TO, "FIN, ACK", J + 25, K + 25),
        carried(FROM, "ACK", K + 25, J + 26),
        carried(FROM, "FIN, ACK", K + 25, J + 26),
        carried(TO, "ACK", J + 26, K + 26),
    )
    assert named(*segments) == [
        "SYN J",
        "SYN K, ACK J+1",
        "ACK K+1",
        "24 bytes",
        "24 bytes, ACK J+25",
        "ACK K+25",
        "FIN M",
        "ACK M+1",
        "FIN N",
        "ACK N+1",
    ]


def test_the_letters_of_a_connection_that_the_server_ends_are_in_the_order_of_the_fins() -> None:
    ends = (carried(FROM, "FIN, ACK", K + 1, J + 1), carried(TO, "FIN, ACK", J + 1, K + 2))
    assert named(*handshake(), *ends)[3:] == ["FIN M", "FIN N, ACK M+1"]


def test_a_reset_has_no_number() -> None:
    assert named(*handshake(), carried(FROM, "RST, ACK", K + 1, J + 1))[3:] == ["RST"]


def test_the_last_data_may_carry_the_fin() -> None:
    last = carried(TO, "FIN, ACK", J + 1, K + 1, 10)
    assert named(*handshake(), last)[3:] == ["10 bytes, FIN M"]


def test_what_is_sent_again_and_lost_is_named_so() -> None:
    lost = carried(TO, "ACK", J + 1, K + 1, 24, Fate.LOST, again=True)
    assert named(*handshake(), lost)[3:] == ["24 bytes, again, lost"]


def test_numbers_that_begin_anew_after_the_largest_are_named_too() -> None:
    last = SEQUENCE - 1
    segments = (
        carried(TO, "SYN", last),
        carried(FROM, "SYN, ACK", K, 0),
        carried(FROM, "ACK", K + 1, 24),
    )
    assert named(*segments) == ["SYN J", "SYN K, ACK J+1", "ACK J+25"]


def test_the_next_connection_from_the_same_port_has_letters_of_its_own() -> None:
    again = (carried(TO, "SYN", J + 9_000), carried(FROM, "SYN, ACK", K + 9_000, J + 9_001))
    assert named(*handshake(), *again)[3:] == ["SYN J", "SYN K, ACK J+1"]


def test_an_ack_of_an_old_connection_is_not_numbered_by_the_new_one() -> None:
    again, old = carried(TO, "SYN", J + (1 << 31)), carried(FROM, "ACK", K + 1, J + 25)
    assert named(*handshake(), again, old)[3:] == ["SYN J", "ACK"]


def test_a_connection_of_which_the_beginning_was_not_seen_has_no_numbers() -> None:
    assert named(carried(TO, "ACK", 7, 9, 24), carried(FROM, "ACK", 9, 31)) == [
        "24 bytes, ACK",
        "ACK",
    ]


def test_where_there_is_little_room_what_it_carries_and_what_became_of_it_is_named() -> None:
    names = SegmentNames()
    lost = carried(FROM, "SYN, ACK", K, J + 1, fate=Fate.LOST)
    assert names.name(lost).fewer == "SYN J lost"
