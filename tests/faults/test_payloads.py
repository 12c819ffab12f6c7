"""Payloads: a description that always gives the same bytes, as many as it says."""

import pytest

from faults.payloads import CHUNK, MAXLINE, Content, Payload, size

LENGTHS = (0, 1, 2, 7, 23, 24, 255, MAXLINE - 1, MAXLINE, MAXLINE + 1, 65521, 65522, 200_000)

# One byte value, or two clients that stand at the same place of a short pattern: nothing to tell.
ALIKE = {Content.ZEROS, Content.NEWLINES}


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("content", Content)
def test_it_has_the_length_it_says(content: Content, length: int) -> None:
    assert len(Payload(content, length).data(1)) == length


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("content", Content)
def test_it_is_the_same_every_time(content: Content, length: int) -> None:
    assert Payload(content, length).data(7) == Payload(content, length).data(7)


@pytest.mark.parametrize("length", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
@pytest.mark.parametrize("content", Content)
def test_a_long_one_is_made_in_portions_of_one_stream(content: Content, length: int) -> None:
    payload = Payload(content, length)
    chunks = list(payload.chunks(3))
    assert sum(map(len, chunks)) == length
    assert max(map(len, chunks)) <= CHUNK
    # As far as it repeats itself at all, it does so across the borders.
    longer = Payload(content, 4 * CHUNK).data(3)
    assert payload.data(3)[:-1] == longer[: length - 1]


@pytest.mark.parametrize("content", [c for c in Content if c not in ALIKE])
def test_clients_that_stand_side_by_side_send_different_bytes(content: Content) -> None:
    sent = [Payload(content, 64).data(client) for client in range(1, 9)]
    assert len(set(sent)) == len(sent)


@pytest.mark.parametrize("content", Content)
def test_a_longer_payload_begins_with_the_shorter_one(content: Content) -> None:
    # All but the last byte: lines end with a newline wherever they are cut.
    short, long = Payload(content, 5000), Payload(content, 70_000)
    assert long.data(3).startswith(short.data(3)[:-1])


def test_of_a_word_it_is_told_which_one_it_is() -> None:
    assert Payload(Content.WORDS, 4).described(1) == "'quit'"
    assert Payload(Content.WORDS, 5).described(2) == "'exit\\n'"
    assert Payload(Content.LETTERS, 4).described(1) == "4 bytes of letters"


def test_lines_end_with_a_newline_wherever_they_are_cut() -> None:
    for length in range(1, 60):
        assert Payload(Content.LINES, length).data(1).endswith(b"\n")


def test_every_byte_value_is_sent_by_some_content() -> None:
    sent = b"".join(Payload(content, 2000).data(1) for content in Content)
    assert set(sent) == set(range(256))


def test_a_repeated_buffer_of_a_usual_size_does_not_line_up() -> None:
    for content in (Content.LETTERS, Content.RANDOM):
        data = Payload(content, 4 * MAXLINE).data(1)
        assert data[:MAXLINE] != data[MAXLINE : 2 * MAXLINE]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (2, "2 bytes"),
        (4096, "4096 bytes"),
        (1 << 20, "1 MiB"),
        (24 << 20, "24 MiB"),
        ((1 << 20) + 1, "1048577 bytes"),
    ],
)
def test_a_size_is_written_for_a_person(count: int, words: str) -> None:
    assert size(count) == words


def test_a_payload_says_what_it_is() -> None:
    assert str(Payload(Content.CRLF, 100)) == "100 bytes of crlf"
