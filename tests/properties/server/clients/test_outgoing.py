"""What a client still has to send: in pieces, each made when it is its turn."""

from collections.abc import Iterator

import pytest

from properties.server.clients.outgoing import Outgoing


def sent(outgoing: Outgoing, most: int = 1000) -> list[tuple[bytes, bool]]:
    """Return each write and whether it ends with a FIN, where the kernel takes `most` bytes."""
    writes = []
    while (piece := outgoing.first) is not None:
        count = min(most, len(piece.data))
        writes.append((bytes(piece.data[:count]), piece.last))
        outgoing.took(count)
    return writes


def with_payload(*chunks: bytes, piece: int = 0, end: bool = False) -> Outgoing:
    outgoing = Outgoing()
    outgoing.add(chunks, sum(map(len, chunks)), piece, end=end)
    return outgoing


def test_without_a_piece_length_chunks_are_written_as_they_are() -> None:
    assert sent(with_payload(b"abc", b"de")) == [(b"abc", False), (b"de", False)]


@pytest.mark.parametrize("chunks", [(b"abcdefg",), (b"ab", b"c", b"defg"), (b"a",) * 7])
def test_pieces_are_full_wherever_the_chunks_end(chunks: tuple[bytes, ...]) -> None:
    writes = sent(with_payload(*chunks, piece=3))
    assert [len(data) for data, _ in writes] == [3, 3, 1]
    assert b"".join(data for data, _ in writes) == b"".join(chunks)


@pytest.mark.parametrize("piece", [0, 1, 2, 5])
def test_only_the_last_piece_brings_the_fin(piece: int) -> None:
    writes = sent(with_payload(b"abc", b"def", piece=piece, end=True))
    assert [last for _, last in writes] == [False] * (len(writes) - 1) + [True]


def test_what_the_kernel_does_not_take_is_written_next() -> None:
    assert [data for data, _ in sent(with_payload(b"abcde"), most=2)] == [b"ab", b"cd", b"e"]


def test_payloads_follow_each_other() -> None:
    outgoing = with_payload(b"ab")
    outgoing.add([b"cd"], 2, 1, end=False)
    assert [data for data, _ in sent(outgoing)] == [b"ab", b"c", b"d"]


def test_it_counts_what_is_left() -> None:
    outgoing = with_payload(b"abcde", piece=2)
    assert (outgoing.left, bool(outgoing)) == (5, True)
    assert outgoing.first is not None
    outgoing.took(1)
    assert outgoing.left == 4
    sent(outgoing)
    assert (outgoing.left, bool(outgoing)) == (0, False)


def test_an_empty_payload_is_nothing_to_send() -> None:
    assert not with_payload()
    assert with_payload().first is None


def test_what_is_dropped_is_not_sent() -> None:
    outgoing = with_payload(b"abc")
    assert outgoing.first is not None
    outgoing.clear()
    assert not outgoing
    assert outgoing.first is None


def test_no_more_is_made_than_is_sent() -> None:
    made = 0

    def chunks() -> Iterator[bytes]:
        nonlocal made
        while True:
            made += 1
            yield b"abcd"

    outgoing = Outgoing()
    outgoing.add(chunks(), 1 << 30, 0, end=False)
    assert outgoing.first is not None
    outgoing.took(4)
    assert outgoing.first is not None
    assert made == 2
