"""Tables of exchanges: what is read from a file, sent for a payload, and owed in return."""

from pathlib import Path
from typing import Any

import pytest

from faults.payloads import A_LINE, Content, Payload
from properties.engine.byte_streams import ExpectedBytes
from properties.services.dialogue import Dialogue
from properties.services.exchanges import MOST
from properties.services.table import ServiceError, read_table, table_of

PING = {"send": "PING\r\n", "expect": "+PONG\r\n"}
TIME = {"send": "TIME\r\n", "matches": r"\+[0-9]+\r\n"}
QUIT = {"send": "QUIT\r\n", "expect": "+OK\r\n", "closes": True}
HELLO = {"send": "HELLO\r\n", "expect": "+HI\r\n", "first": True}

LONG = Payload(Content.LETTERS, 5000)


def never(offset: int, expected: bytes, actual: bytes) -> None:
    raise AssertionError((offset, expected, actual))


def begun(**fields: Any) -> tuple[Dialogue, ExpectedBytes]:
    """Return a connection of a table, and what it owes."""
    dialogue = table_of(fields, "a table").start()
    return dialogue, dialogue.stream(never)


def sent_for(dialogue: Dialogue, payload: Payload) -> bytes:
    """Send what a payload becomes; return it."""
    parts = [part for one in dialogue.requests(payload, 1) for part in one.chunks]
    dialogue.sent(b"".join(parts))
    return b"".join(parts)


def test_a_line_is_one_exchange() -> None:
    dialogue, owed = begun(exchange=[PING, TIME])
    assert sent_for(dialogue, A_LINE) == b"PING\r\n"
    assert owed.missing == len("+PONG\r\n")


def test_nothing_is_owed_before_a_request_is_whole() -> None:
    dialogue, owed = begun(exchange=[PING])
    dialogue.requests(A_LINE, 1)
    dialogue.sent(b"PING\r")
    assert owed.missing == 0
    dialogue.sent(b"\n")
    assert owed.take(b"+PONG\r\n")


def test_a_longer_payload_is_several_whole_exchanges_but_not_without_end() -> None:
    dialogue, owed = begun(exchange=[PING, TIME])
    requests = sent_for(dialogue, LONG)
    assert len(requests) == 6 * MOST
    assert {requests[at : at + 6] for at in range(0, len(requests), 6)} == {
        b"PING\r\n",
        b"TIME\r\n",
    }
    assert owed.missing > 0


def test_the_same_payload_is_the_same_exchanges() -> None:
    first, _ = begun(exchange=[PING, TIME])
    second, _ = begun(exchange=[PING, TIME])
    assert sent_for(first, LONG) == sent_for(second, LONG)


def test_one_at_a_time_each_exchange_is_a_request_of_its_own() -> None:
    dialogue, _ = begun(exchange=[PING], pipelined=False)
    assert dialogue.takes_turns
    assert len(dialogue.requests(Payload(Content.LETTERS, 66), 1)) == 11


def test_a_connection_begins_with_an_exchange_that_is_first() -> None:
    dialogue, _ = begun(exchange=[PING, HELLO])
    assert sent_for(dialogue, A_LINE) == b"HELLO\r\n"
    assert sent_for(dialogue, A_LINE) == b"PING\r\n"


def test_after_an_exchange_that_closes_nothing_is_sent_and_the_server_may_end() -> None:
    dialogue, owed = begun(exchange=[QUIT])
    assert sent_for(dialogue, A_LINE) == b"QUIT\r\n"
    assert not dialogue.may_end(by_reset=False)
    owed.take(b"+OK\r\n")
    assert dialogue.may_end(by_reset=False)
    assert not dialogue.may_end(by_reset=True)
    assert sent_for(dialogue, A_LINE) == b""


def test_more_may_come_after_an_open_ended_answer_until_the_end() -> None:
    dialogue, owed = begun(exchange=[{**QUIT, "open_ended": True}])
    sent_for(dialogue, A_LINE)
    assert owed.take(b"+O")
    assert owed.missing == 3
    assert owed.take(b"K\r\nand more")
    assert owed.take(b", and more")
    assert dialogue.may_end(by_reset=False)


def test_what_an_ordinary_client_sends_closes_nothing_where_another_exchange_is_there() -> None:
    dialogue, _ = begun(exchange=[QUIT, PING])
    assert sent_for(dialogue, A_LINE) == b"PING\r\n"


def test_a_greeting_is_owed_at_once_with_the_rest_of_its_line() -> None:
    dialogue, owed = begun(greeting="220 ", exchange=[PING])
    assert owed.missing == 1
    owed.take(b"220 here I am\r\n")
    assert owed.missing == 0
    assert not dialogue.may_end(by_reset=False)


def test_the_server_may_end_at_the_fin_where_the_table_says_so() -> None:
    dialogue, owed = begun(half_close="ends", exchange=[PING])
    sent_for(dialogue, A_LINE)
    dialogue.ended()
    assert owed.missing == 0
    assert dialogue.may_end(by_reset=True)


def test_a_server_that_was_asked_nothing_may_say_so_at_the_fin() -> None:
    dialogue, owed = begun(exchange=[PING])
    dialogue.ended()
    assert owed.take(b"-ERR\r\n")
    asked, answers = begun(exchange=[QUIT])
    sent_for(asked, A_LINE)
    asked.ended()
    with pytest.raises(AssertionError):
        answers.take(b"+OK\r\n+OK\r\n")


def test_after_half_a_request_anything_may_come() -> None:
    dialogue, owed = begun(exchange=[PING])
    dialogue.requests(A_LINE, 1)
    dialogue.sent(b"PI")
    dialogue.dropped()
    assert owed.take(b"-ERR\r\n")
    assert dialogue.may_end(by_reset=True)
    assert sent_for(dialogue, A_LINE) == b""


BAD = [
    ({}, "it has neither a greeting nor an exchange: add [[exchange]]"),
    ({"greetings": "x"}, "there is no 'greetings'; known are greeting, greeting_matches,"),
    ({"exchange": [{"send": "x"}]}, "exchange 1: say what is owed, either expect or matches"),
    ({"exchange": [PING, {"expect": "x"}]}, "exchange 2: say what is sent"),
    ({"exchange": [{**PING, "closes": 1}]}, "exchange 1: closes = 1 must be true or false"),
    ({"exchange": [{"send": "€", "expect": "x"}]}, "exchange 1: send has '€', which is no byte"),
    ({"exchange": [{"send": "x", "matches": "("}]}, "exchange 1: matches is no regular expression"),
    ({"exchange": [{"send": "x", "matches": ".*"}]}, "exchange 1: matches matches nothing at all"),
    ({"exchange": [PING], "half_close": "no"}, "half_close = 'no' must be"),
    ({"exchange": PING}, "write each exchange as a table [[exchange]]"),
    ({"exchange": ["PING"]}, "exchange 1: write it as a table with send, expect"),
    ({"greeting": "a", "greeting_matches": "a"}, "leave out greeting or greeting_matches"),
]


@pytest.mark.parametrize(("data", "words"), BAD)
def test_a_bad_table_is_refused_with_what_to_do(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ServiceError, match=r"^my\.toml") as refused:
        table_of(data, "my.toml")
    assert words in str(refused.value)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[[exchange]\n")
    with pytest.raises(ServiceError, match="is not TOML"):
        read_table(tmp_path / "bad.toml")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="cannot be read: No such file"):
        read_table(tmp_path / "none.toml")
